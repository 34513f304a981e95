"""The ClientHello, read from the first bytes of a connection before any TLS library sees them."""

import re
import struct
from functools import lru_cache

from msgspec import Struct

from nf.tls.alerts import DECODE_ERROR, ILLEGAL_PARAMETER, PROTOCOL_VERSION
from nf.tls.first_flight import Message, NeedMore, NotTls, NotTlsKind, unframe

__all__ = ["SSL30", "TLS12", "ClientHello", "NeedMore", "NotTls", "NotTlsKind", "is_grease", "parse"]

SSL30, TLS12 = 0x0300, 0x0303

_SERVER_NAME, _GROUPS, _SIGNATURE_ALGORITHMS, _ALPN = 0, 10, 13, 16  # RFC 6066, 8422, 8446, 7301
_EARLY_DATA, _VERSIONS, _ECH = 42, 43, 0xFE0D  # RFC 8446 §4.2; RFC 9849
_HOST_NAME = 0
_SESSION_ID = 34  # where it begins, behind version and random
_EXTENSION = struct.Struct("!HH")  # type and length
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")  # underscores stand in many a real name
_LONGEST_NAME = 259  # bytes of a server_name extension with a name of 253 bytes, its dot, and three lengths

# Clients of one make send the same lists each time, and many ask for the same servers: what was read is remembered.
_remembered = lru_cache(128)


class ClientHello(Struct, frozen=True, gc=False):
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
    answer = unframe(data)
    if not isinstance(answer, Message):
        return answer
    try:
        return _hello(answer.body, answer.consumed)
    except _MalformedError as wrong:
        return NotTls(NotTlsKind.MALFORMED, f"ClientHello: {wrong}", wrong.alert)


def is_grease(value: int) -> bool:
    """Whether a 16-bit code point is one of the sixteen that mean nothing (RFC 8701)."""
    return value & 0x0F0F == 0x0A0A and value >> 8 == value & 0xFF


class _MalformedError(Exception):
    """A field does not fit; never leaves this file."""

    def __init__(self, reason: str, alert: int = DECODE_ERROR) -> None:
        super().__init__(reason)
        self.alert = alert


def _block(data: bytes, at: int, size: int) -> tuple[bytes, int]:
    """The bytes of a vector at `at` whose length is written in `size` bytes (RFC 8446 §3.4), and where it ends."""
    begin = at + size
    end = begin + int.from_bytes(data[at:begin])
    if end > len(data) or begin > len(data):
        raise _MalformedError("a field is longer than what holds it")
    return data[begin:end], end


def _whole(data: bytes, size: int, what: str) -> bytes:
    """The bytes of a vector that is all there is."""
    values, end = _block(data, 0, size)
    if end != len(data):
        raise _MalformedError(f"bytes after {what}")
    return values


@_remembered
def _numbers(values: bytes, what: str) -> tuple[int, ...]:
    """16-bit code points, one at least."""
    if not values or len(values) % 2:
        raise _MalformedError(f"{what} of {len(values)} bytes")
    return struct.unpack(f"!{len(values) // 2}H", values)


def _hello(body: bytes, consumed: int) -> ClientHello:
    legacy_version = int.from_bytes(body[:2])
    if legacy_version >> 8 != SSL30 >> 8:
        raise _MalformedError(f"version {legacy_version:#06x}", PROTOCOL_VERSION)
    try:
        suites = _SESSION_ID + 1 + body[_SESSION_ID]
        compressions = suites + 2 + (body[suites] << 8 | body[suites + 1])
        at = compressions + 1 + body[compressions]
    except IndexError:
        raise _MalformedError("a field is longer than what holds it") from None
    session_id, offered = body[_SESSION_ID + 1:suites], body[compressions + 1:at]
    if len(session_id) > 32:
        raise _MalformedError(f"session id of {len(session_id)} bytes")
    cipher_suites = _numbers(body[suites + 2:compressions], "cipher suites")
    if 0 not in offered:  # which every hello must offer, RFC 5246 §7.4.1.2
        raise _MalformedError("no null compression", ILLEGAL_PARAMETER if offered else DECODE_ERROR)
    found = _extensions(body, at) if at != len(body) else {}
    server_name = _server_name(found[_SERVER_NAME]) if _SERVER_NAME in found else None
    return ClientHello(
        legacy_version, _versions(found[_VERSIONS]) if _VERSIONS in found else (), body[2:_SESSION_ID], session_id,
        cipher_suites, tuple(found), server_name, _SERVER_NAME in found and server_name is None,
        _protocols(found[_ALPN]) if _ALPN in found else (),
        _listed(found[_GROUPS], 2, "supported groups") if _GROUPS in found else (),
        _listed(found[_SIGNATURE_ALGORITHMS], 2, "signature algorithms") if _SIGNATURE_ALGORITHMS in found else (), consumed)


def _extensions(body: bytes, at: int) -> dict[int, bytes]:
    """Extension bodies by type, in order; a type sent twice is an error, for two readers could take different ones."""
    found: dict[int, bytes] = {}
    end, read = len(body), _EXTENSION.unpack_from
    if at + 2 + int.from_bytes(body[at:at + 2]) != end:
        raise _MalformedError("the extensions end elsewhere than the message")
    at += 2
    try:
        while at < end:
            kind, size = read(body, at)
            begin = at + 4
            at = begin + size
            if kind in found and at <= end:
                raise _MalformedError(f"extension {kind} twice", ILLEGAL_PARAMETER)
            found[kind] = body[begin:at]
    except struct.error:  # too few bytes are left for type and length
        at = -1
    if at != end:
        raise _MalformedError("a field is longer than what holds it")
    return found


@_remembered
def _listed(value: bytes, size: int, what: str) -> tuple[int, ...]:
    return _numbers(_whole(value, size, what), what)


@_remembered
def _versions(value: bytes) -> tuple[int, ...]:
    return tuple([version for version in _listed(value, 1, "supported versions") if not is_grease(version)])


@_remembered
def _protocols(value: bytes) -> tuple[bytes, ...]:
    """The names of an ALPN extension, RFC 7301 §3.1."""
    names = _whole(value, 2, "the ALPN protocols")
    protocols, at = [], 0
    while at < len(names):
        protocol, at = _block(names, at, 1)
        if not protocol:
            raise _MalformedError("an empty ALPN protocol")
        protocols.append(protocol)
    return tuple(protocols)


@lru_cache(1024)
def _server_name(value: bytes) -> str | None:
    """The one host name of a server_name extension (RFC 6066 §3), or None if it is not one A-label name."""
    if len(value) > _LONGEST_NAME:
        return None
    try:
        names = _whole(value, 2, "the server names")
        text = _whole(names[1:], 2, "the server name").decode("ascii").lower().removesuffix(".")
    except (_MalformedError, UnicodeDecodeError):
        return None
    labels = text.split(".")
    if names[0] != _HOST_NAME or len(text) > 253 or labels[-1].isdigit() or not all(map(_LABEL.fullmatch, labels)):
        return None  # a last label of digits is an IPv4 address to some readers
    return text
