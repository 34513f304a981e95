"""ClientHellos for the tests: built field by field, generated, and those of two TLS libraries."""

import itertools
import ssl
import struct

import pytest
from hypothesis import strategies as st
from OpenSSL import SSL

from nf.tls.client_hello import TLS12, ClientHello, NotTls, parse

LABELS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=20)
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(".".join).filter(lambda name: not name.split(".")[-1].isdigit())
CODES = st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=30)


def vector(size: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return len(body).to_bytes(size) + body


def codes(size: int, values: list[int]) -> bytes:
    return vector(size, *(struct.pack("!H", value) for value in values))


def host_name(name: bytes, kind: int = 0) -> bytes:
    return bytes([kind]) + vector(2, name)


def extension(kind: int, body: bytes) -> bytes:
    return struct.pack("!H", kind) + vector(2, body)


def hello(*extensions: bytes, version: int = TLS12, session_id: bytes = b"", ciphers: bytes = b"\x00\x02\x13\x01",
          compression: bytes = b"\x01\x00", tail: bytes | None = None) -> bytes:
    """A handshake message; `tail` replaces the extension block."""
    block = vector(2, *extensions) if tail is None else tail
    body = struct.pack("!H", version) + bytes(range(32)) + vector(1, session_id) + ciphers + compression + block
    return b"\x01" + vector(3, body)


def record(*fragments: bytes, kind: int = 22) -> bytes:
    return b"".join(bytes([kind, 3, 1]) + vector(2, fragment) for fragment in fragments)


def pieces(message: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({0, len(message), *(cut % len(message) for cut in cuts)})
    return [message[low:high] for low, high in itertools.pairwise(edges)]


def parsed(data: bytes) -> ClientHello:
    answer = parse(data)
    assert isinstance(answer, ClientHello), answer
    return answer


def refused(data: bytes) -> NotTls:
    answer = parse(data)
    assert isinstance(answer, NotTls), answer
    assert answer.reason
    assert "\n" not in answer.reason
    return answer


def standard_library_hello() -> bytes:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    outgoing = ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="WWW.Example.test").do_handshake()
    return outgoing.read()


def openssl_hello(version: int | None = None) -> bytes:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    if version is not None:
        context.set_max_proto_version(version)
    client = SSL.Connection(context, None)
    client.set_tlsext_host_name(b"a.test")
    client.set_connect_state()
    with pytest.raises(SSL.WantReadError):
        client.do_handshake()
    return client.bio_read(1 << 16)


@st.composite
def generated(draw: st.DrawFn) -> bytes:
    protocols = draw(st.lists(st.binary(min_size=1, max_size=9), min_size=1, max_size=3))
    kinds = {0: vector(2, host_name(draw(NAMES).encode())), 43: codes(1, draw(CODES)), 10: codes(2, draw(CODES)),
             13: codes(2, draw(CODES)), 16: vector(2, *(vector(1, name) for name in protocols)), 42: b"",
             0xFE0D: draw(st.binary(max_size=40)), 21: draw(st.binary(max_size=200)), 0x3A3A: b""}
    chosen = draw(st.lists(st.sampled_from(sorted(kinds)), unique=True))
    return hello(*(extension(kind, kinds[kind]) for kind in chosen), session_id=draw(st.binary(max_size=32)))
