"""The record layer under the ClientHello: any cut, any split, limits, and what is no TLS."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.tls.client_hello import ClientHello, NeedMore, NotTls, NotTlsKind, parse
from tests.tls.hello_bytes import (
    extension,
    generated,
    hello,
    openssl_hello,
    parsed,
    pieces,
    record,
    refused,
    standard_library_hello,
)


@pytest.mark.parametrize("make", [standard_library_hello, openssl_hello])
def test_every_prefix_of_a_real_hello_needs_more(make: Callable[[], bytes]) -> None:
    data = make()
    buffer = bytearray()
    for byte in data[:-1]:
        answer = parse(buffer)
        assert isinstance(answer, NeedMore)
        assert len(buffer) < answer.at_least <= len(data)
        buffer.append(byte)  # which a kept reference would forbid
    assert parse(buffer + data[-1:] + b"early data") == parsed(data)


@given(generated(), st.lists(st.integers(0, 5000), max_size=20), st.integers(0, 10_000))
def test_cut_and_split_anywhere(message: bytes, cuts: list[int], length: int) -> None:
    data = record(*pieces(message, cuts))
    found = parsed(data)
    assert found.consumed == len(data)
    whole = parsed(record(message))
    assert [getattr(found, name) for name in ClientHello.__slots__ if name != "consumed"] == \
        [getattr(whole, name) for name in ClientHello.__slots__ if name != "consumed"]
    prefix = parse(data[:length % len(data)])
    assert isinstance(prefix, NeedMore)
    assert length % len(data) < prefix.at_least <= len(data)
    assert parse(memoryview(data + b"\x17\x03\x03")) == found


@pytest.mark.parametrize("data", [
    b"GET / HTTP/1.1\r\n", b"SSH-2.0-x", b"\x00", b"\x15\x03\x01\x00\x02", b"\x17", b"\x16\x02", b"\x80\x00\x02",
    b"\xff\xff\xff", b"\x80\x2e\x01\x04", b"\x80\x2e\x01\x00\x03", b"\x80\x2e\x01\x00\x02\x00\x00\x00\x00\x00\x10"])
def test_other_protocols_are_told_at_once(data: bytes) -> None:
    assert refused(data).kind is NotTlsKind.OTHER


@pytest.mark.parametrize("version", [b"\x00\x02", b"\x03\x00", b"\x03\x01"])
def test_sslv2_hello_is_recognised(version: bytes) -> None:
    hello2 = b"\x80\x1c\x01" + version + b"\x00\x03\x00\x00\x00\x10" + b"\x07\x00\xc0" + bytes(16)
    assert refused(hello2).kind is NotTlsKind.SSLV2
    assert all(parse(hello2[:length]) == NeedMore(11) for length in range(1, 11))


def test_sixteen_kilobytes_are_read_and_seventeen_refused_at_the_header() -> None:
    bare = len(hello(extension(21, b"")))
    largest = hello(extension(21, bytes(16384 + 4 - bare)))
    assert len(largest) == 16384 + 4
    assert parsed(record(largest[:9000], largest[9000:])).extensions == (21,)
    larger = hello(extension(21, bytes(17_000)))
    assert refused(record(larger[:9000])[:9]).kind is NotTlsKind.MALFORMED


def test_sixty_four_records_are_read_and_no_more() -> None:
    message = hello(extension(21, bytes(60)))
    assert parsed(record(*pieces(message, list(range(64))))).extensions == (21,)
    assert isinstance(parse(record(*pieces(message, list(range(66))))), NotTls)


@pytest.mark.parametrize("data", [
    b"\x16\x03\x01\x00\x00", b"\x16\x03\x01\x40\x01", b"\x16\x03\x01\x00\x05\x02", record(b"\x01\x00\x40\x01"),
    record(b"\x01\x00") + b"\x15", record(b"\x01\x00") + b"\x16\x02", record(hello() + b"\x0b"),
    record(hello() + b"\x0b")[:9]])
def test_broken_framing_is_malformed_at_its_first_wrong_byte(data: bytes) -> None:
    assert refused(data).kind is NotTlsKind.MALFORMED
