"""The ClientHello, read from the first bytes of a connection before any TLS library sees them."""

import re
import struct
from dataclasses import dataclass

from nf.tls.first_flight import NeedMore, NotTls, NotTlsKind, unframe

__all__ = ["SSL30", "TLS12", "ClientHello", "NeedMore", "NotTls", "NotTlsKind", "is_grease", "parse"]

SSL30, TLS12 = 0x0300, 0x0303

_SERVER_NAME, _GROUPS, _SIGNATURE_ALGORITHMS, _ALPN = 0, 10, 13, 16  # RFC 6066, 8422, 8446, 7301
_EARLY_DATA, _VERSIONS, _ECH = 42, 43, 0xFE0D  # RFC 8446 §4.2; RFC 9849
_HOST_NAME = 0
_EXTENSION = struct.Struct("!HH")  # type and length
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")  # underscores stand in many a real name


@dataclass(frozen=True, slots=True)
class ClientHello:
    """What a client offers (RFC 8446 §4.1.2), lists in its own order and with its GREASE values, except in `versions`.

    `server_name` is lower case without a trailing dot; `sni_malformed` says that the client sent a name that is none:
    empty, not ASCII, an address, two names, over 253 bytes.
    """

    legacy_version: int
    versions: tuple[int, ...]  # supported_versions; empty when the client did not send them
    random: bytes
    session_id: bytes
    cipher_suites: tuple[int, ...]
    extensions: tuple[int, ...]  # their types
    server_name: str | None
    sni_malformed: bool
    alpn: tuple[bytes, ...]
    groups: tuple[int, ...]
    signature_algorithms: tuple[int, ...]
    consumed: int  # bytes of the stream that the hello took, record headers included

    @property
    def highest_version(self) -> int:
        """The newest protocol version on offer; without supported_versions TLS 1.2 at most (RFC 8446 §4.2.1)."""
        return max(self.versions, default=min(self.legacy_version, TLS12))

    @property
    def has_ech(self) -> bool:
        """Whether the real name may lie in an encrypted inner hello; true of GREASE too, made to look the same."""
        return _ECH in self.extensions

    @property
    def early_data(self) -> bool:
        """Whether TLS 1.3 early data follow."""
        return _EARLY_DATA in self.extensions


def parse(data: bytes | bytearray | memoryview) -> ClientHello | NeedMore | NotTls:
    """Read the ClientHello at the start of what a client has sent so far; never raises, keeps no reference to `data`.

    Cheap enough to call again after every segment: before the last byte is there only record headers are looked at.
    """
    with memoryview(data) as view:
        answer = unframe(view)
    if isinstance(answer, NeedMore | NotTls):
        return answer
    try:
        return _hello(_Cursor(answer.body), answer.consumed)
    except _MalformedError as wrong:
        return NotTls(NotTlsKind.MALFORMED, f"ClientHello: {wrong}")


def is_grease(value: int) -> bool:
    """Whether a 16-bit code point is one of the sixteen that mean nothing (RFC 8701)."""
    return value & 0x0F0F == 0x0A0A and value >> 8 == value & 0xFF


class _MalformedError(Exception):
    """A field does not fit; never leaves this file."""


class _Cursor:
    """Takes the presentation language's fields (RFC 8446 §3) off the front of some bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def take(self, count: int) -> bytes:
        self._at += count
        if self._at > len(self._data):
            raise _MalformedError("a field is longer than what holds it")
        return self._data[self._at - count:self._at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size))

    def block(self, size: int) -> bytes:
        """The bytes of a vector whose length is written in `size` bytes."""
        return self.take(int.from_bytes(self.take(size)))

    def vector(self, size: int) -> "_Cursor":
        """The same, to be read field by field."""
        return _Cursor(self.block(size))

    def rest(self) -> bytes:
        return self.take(len(self._data) - self._at)

    def end(self, what: str) -> None:
        if self:
            raise _MalformedError(f"bytes after {what}")

    def numbers(self, size: int, what: str) -> tuple[int, ...]:
        """A vector of 16-bit code points, one at least."""
        values = self.block(size)
        if not values or len(values) % 2:
            raise _MalformedError(f"{what} of {len(values)} bytes")
        return struct.unpack(f"!{len(values) // 2}H", values)


def _hello(body: _Cursor, consumed: int) -> ClientHello:
    legacy_version = body.number(2)
    if legacy_version >> 8 != SSL30 >> 8:
        raise _MalformedError(f"version {legacy_version:#06x}")
    random, session_id = body.take(32), body.block(1)
    if len(session_id) > 32:
        raise _MalformedError(f"session id of {len(session_id)} bytes")
    cipher_suites = body.numbers(2, "cipher suites")
    if 0 not in body.block(1):
        raise _MalformedError("no null compression")  # which every hello must offer, RFC 5246 §7.4.1.2
    found = _extensions(body)
    server_name = _server_name(found[_SERVER_NAME]) if _SERVER_NAME in found else None
    return ClientHello(
        legacy_version=legacy_version, random=random, session_id=session_id, cipher_suites=cipher_suites,
        versions=tuple(value for value in _listed(found, _VERSIONS, 1, "supported versions") if not is_grease(value)),
        extensions=tuple(found), server_name=server_name, sni_malformed=_SERVER_NAME in found and server_name is None,
        alpn=_protocols(_Cursor(found[_ALPN])) if _ALPN in found else (),
        groups=_listed(found, _GROUPS, 2, "supported groups"),
        signature_algorithms=_listed(found, _SIGNATURE_ALGORITHMS, 2, "signature algorithms"), consumed=consumed)


def _extensions(body: _Cursor) -> dict[int, bytes]:
    """Extension bodies by type, in order; a type sent twice is an error, for two readers could take different ones."""
    found: dict[int, bytes] = {}
    extensions = body.block(2) if body else b""
    body.end("the extensions")
    at, end = 0, len(extensions)
    while at < end:
        if end - at < _EXTENSION.size:
            raise _MalformedError("a field is longer than what holds it")
        kind, size = _EXTENSION.unpack_from(extensions, at)
        at += _EXTENSION.size + size
        if at > end:
            raise _MalformedError("a field is longer than what holds it")
        if kind in found:
            raise _MalformedError(f"extension {kind} twice")
        found[kind] = extensions[at - size:at]
    return found


def _listed(found: dict[int, bytes], kind: int, size: int, what: str) -> tuple[int, ...]:
    if kind not in found:
        return ()
    body = _Cursor(found[kind])
    values = body.numbers(size, what)
    body.end(what)
    return values


def _protocols(body: _Cursor) -> tuple[bytes, ...]:
    """The names of an ALPN extension, RFC 7301 §3.1."""
    names = body.vector(2)
    body.end("the ALPN protocols")
    protocols = []
    while names:
        protocols.append(names.block(1))
    if not all(protocols):
        raise _MalformedError("an empty ALPN protocol")
    return tuple(protocols)


def _server_name(value: bytes) -> str | None:
    """The one host name of a server_name extension (RFC 6066 §3), or None if it is not one A-label name."""
    try:
        body = _Cursor(value)
        names = body.vector(2)
        body.end("the server names")
        kind, name = names.number(1), names.block(2)
        names.end("the server name")
        text = name.decode("ascii").lower().removesuffix(".")
    except (_MalformedError, UnicodeDecodeError):
        return None
    labels = text.split(".")
    if kind != _HOST_NAME or len(text) > 253 or labels[-1].isdigit() or not all(map(_LABEL.fullmatch, labels)):
        return None  # a last label of digits is an IPv4 address to some readers
    return text
