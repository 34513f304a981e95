"""What stands in a ClientHello, read from hellos of two TLS libraries, from generated ones, and from damaged ones."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from OpenSSL import SSL

from nf.tls.client_hello import SSL30, TLS12, ClientHello, NeedMore, NotTls, NotTlsKind, is_grease, parse
from tests.tls.hello_bytes import (
    CODES,
    NAMES,
    codes,
    extension,
    generated,
    hello,
    host_name,
    openssl_hello,
    parsed,
    record,
    refused,
    standard_library_hello,
    vector,
)

TLS13 = 0x0304


def test_standard_library_client_is_read() -> None:
    data = standard_library_hello()
    found = parsed(data)
    assert (found.server_name, found.sni_malformed) == ("www.example.test", False)
    assert found.alpn == (b"h2", b"http/1.1")
    assert found.highest_version == TLS13
    assert found.legacy_version == TLS12
    assert (len(found.random), len(found.session_id), found.consumed) == (32, 32, len(data))
    assert 0x1301 in found.cipher_suites
    assert 29 in found.groups
    assert 0x0403 in found.signature_algorithms
    assert not found.has_ech
    assert not found.early_data


def test_post_quantum_client_is_read() -> None:
    data = openssl_hello()
    found = parsed(data)
    assert found.server_name == "a.test"
    assert found.highest_version == TLS13
    assert found.consumed == len(data)
    if len(data) > 1500:  # an ML-KEM share, where the library has it
        assert 0x11EC in found.groups


def test_client_without_supported_versions_offers_its_legacy_version() -> None:
    found = parsed(openssl_hello(SSL.TLS1_2_VERSION))
    assert found.highest_version == TLS12
    assert parsed(record(hello(version=0x0304))).highest_version == TLS12
    assert parsed(record(hello(version=SSL30, tail=b""))).highest_version == SSL30


def test_vsrx_style_hello_without_extensions_to_speak_of() -> None:
    signatures = [value for high in (6, 5, 4, 3, 2) for value in (high << 8 | 1, high << 8 | 2, high << 8 | 3)]
    found = parsed(record(hello(extension(13, codes(2, signatures)), extension(15, b"\x01"),
                                ciphers=codes(2, [0x35, 0x0A, 0xFF]))))
    assert found.cipher_suites == (0x35, 0x0A, 0xFF)
    assert found.extensions == (13, 15)
    assert (found.server_name, found.alpn, found.groups, found.versions) == (None, (), (), ())


@given(CODES, CODES, st.lists(st.binary(min_size=1, max_size=255), min_size=1, max_size=5), NAMES)
def test_what_was_written_is_read(versions: list[int], suites: list[int], protocols: list[bytes], name: str) -> None:
    found = parsed(record(hello(
        extension(0x0A0A, b""), extension(43, codes(1, versions)), extension(10, codes(2, suites)),
        extension(16, vector(2, *(vector(1, each) for each in protocols))), extension(42, b""), extension(0xFE0D, b"x"),
        extension(0, vector(2, host_name(name.upper().encode() + b"."))), ciphers=codes(2, suites))))
    assert found.versions == tuple(value for value in versions if not is_grease(value))
    assert found.cipher_suites == found.groups == tuple(suites)
    assert found.alpn == tuple(protocols)
    assert found.server_name == name
    assert found.extensions == (0x0A0A, 43, 10, 16, 42, 0xFE0D, 0)
    assert found.early_data
    assert found.has_ech


@given(st.binary(max_size=300), st.sampled_from([
    b"", b"\x16", b"\x16\x03\x01", b"\x16\x03\x01\x00\x40\x01\x00\x00\x3c\x03\x03", b"\x80\x2e\x01\x00\x02"]))
@example(b"\x00\x00", b"\x16\x03\x01")
def test_noise_is_answered_never_raised(noise: bytes, start: bytes) -> None:
    assert isinstance(parse(start + noise), ClientHello | NeedMore | NotTls)


@given(generated(), st.integers(0, 10_000), st.integers(0, 255))
def test_damaged_hello_is_answered_never_raised(message: bytes, position: int, byte: int) -> None:
    damaged = bytearray(record(message))
    damaged[position % len(damaged)] = byte
    assert isinstance(parse(damaged), ClientHello | NeedMore | NotTls)


@given(st.integers(0, 0xFFFF))
def test_grease_is_sixteen_code_points(value: int) -> None:
    assert is_grease(value) is (f"{value:04x}" in {f"{digit:x}a{digit:x}a" for digit in range(16)})


@pytest.mark.parametrize("name", [
    b"", b".", b"..", b"a..test", b"a.test..", b"192.0.2.1", b"2001:db8::1", b"a\0.test", b"caf\xc3\xa9.test",
    b"a b.test", b"*.test", b"a.123", b"x" * 64 + b".test", (b"x" * 49 + b".") * 5 + b"abcde", b"a\n.test"])
def test_name_that_is_none_is_flagged(name: bytes) -> None:
    found = parsed(record(hello(extension(0, vector(2, host_name(name))))))
    assert (found.server_name, found.sni_malformed) == (None, True)


@pytest.mark.parametrize("body", [
    b"", vector(2), vector(2, host_name(b"a.test"), host_name(b"b.test")), vector(2, host_name(b"a.test", kind=1)),
    vector(2, host_name(b"a.test")) + b"x", b"\x00\xff\x00", vector(2, host_name(b"a.test")[:-1])])
def test_name_list_that_is_none_is_flagged(body: bytes) -> None:
    found = parsed(record(hello(extension(0, body))))
    assert (found.server_name, found.sni_malformed) == (None, True)


def test_longest_name_is_a_name() -> None:
    name = ".".join(["x" * 63] * 3 + ["y" * 61])
    assert len(name) == 253
    assert parsed(record(hello(extension(0, vector(2, host_name(name.encode())))))).server_name == name


@pytest.mark.parametrize("data", [
    record(hello(tail=b"\x00")),
    record(hello(extension(10, codes(2, [29])), extension(10, codes(2, [23])))), record(hello(version=0x0200)),
    record(hello(session_id=bytes(33))), record(hello(ciphers=b"\x00\x00")), record(hello(ciphers=b"\x00\x01\x13")),
    record(hello(compression=b"\x00")), record(hello(compression=b"\x01\x01")), record(hello(tail=b"\x00\x00x")),
    record(hello(extension(43, b"\x03\x03\x04\x03"))), record(hello(extension(43, b"\x02\x03\x04x"))),
    record(hello(extension(16, vector(2, b"\x00")))), record(hello(extension(16, b"\x00\x03\x02h2x"))),
    record(b"\x01\x00\x00\x00")])
def test_broken_hello_is_malformed(data: bytes) -> None:
    assert refused(data).kind is NotTlsKind.MALFORMED
