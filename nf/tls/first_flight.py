"""The record layer of a client's first flight: whole TLS records in, the one handshake message they carry out."""

from dataclasses import dataclass
from enum import Enum

from msgspec import Struct

from nf.tls.alerts import DECODE_ERROR, ILLEGAL_PARAMETER, RECORD_OVERFLOW, UNEXPECTED_MESSAGE

MAX_HELLO = 16384  # bytes of a ClientHello after its four-byte header; post-quantum ones need about 1,800
MAX_RECORDS = 64  # a hello in more records than this is an attack, not a client

_HANDSHAKE = 22  # ContentType handshake, RFC 8446 §5.1
_CLIENT_HELLO = 1
_TLS_HANDSHAKE = b"\x16\x03"  # content type and major version
_RECORD_HEADER = 5
_HANDSHAKE_HEADER = 4
_MAX_RECORD = 16384  # TLSPlaintext.length, RFC 8446 §5.1
_SSL2_HELLO = 11  # bytes of an SSLv2 CLIENT-HELLO up to its first variable part


class NotTlsKind(Enum):
    """What came instead of a ClientHello; only OTHER can be an application that never meant to speak TLS."""

    SSLV2 = "SSLv2"
    MALFORMED = "malformed"  # a TLS record, and then something that TLS forbids
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class NotTls:
    """The bytes are no ClientHello and will not become one; `reason` is one line for a log.

    `alert` tells the client of a malformed one (RFC 8446 §6.2).
    """

    kind: NotTlsKind
    reason: str
    alert: int = DECODE_ERROR


@dataclass(frozen=True, slots=True)
class NeedMore:
    """The bytes are the beginning of a ClientHello; `at_least` is the fewest bytes, in all, that it can end with."""

    at_least: int


class Message(Struct, frozen=True, gc=False):
    """A ClientHello without its handshake header, and how many bytes of the stream its records took."""

    body: bytes
    consumed: int


def unframe(data: bytes | bytearray | memoryview) -> Message | NeedMore | NotTls:
    """Join the fragments of the first handshake message (RFC 8446 §5.1); a fault shows at its first wrong byte.

    Where one record holds the message and no more, as nearly all clients send it, there is nothing to join.
    """
    start = bytes(data[:_RECORD_HEADER + _HANDSHAKE_HEADER])
    end = _RECORD_HEADER + int.from_bytes(start[3:5])
    if start[:2] == _TLS_HANDSHAKE and start[5:6] == b"\x01" and end <= len(data) and end <= _MAX_RECORD:
        body = bytes(data[_RECORD_HEADER + _HANDSHAKE_HEADER:end])
        if int.from_bytes(start[6:]) == len(body):
            return Message(body, end)
    with memoryview(data) as view:
        return _join(view)


def _join(data: memoryview) -> Message | NeedMore | NotTls:
    if data and data[0] & 0x80:
        return _sslv2(bytes(data[:_SSL2_HELLO]))
    gathered = bytearray()
    offset = 0
    for number in range(MAX_RECORDS):
        header = bytes(data[offset:offset + _RECORD_HEADER])
        wrong = _fault_in_record(header, first=number == 0)
        if wrong:
            return wrong
        offset += _RECORD_HEADER
        if len(header) < _RECORD_HEADER:
            return NeedMore(offset + _missing(gathered))
        fragment = data[offset:offset + int.from_bytes(header[3:])]
        gathered += fragment
        offset += int.from_bytes(header[3:])
        answer = _judge(gathered, offset, announced=max(0, offset - len(data)))
        if answer:
            return answer
    return _malformed(f"a ClientHello in more than {MAX_RECORDS} records")


def _judge(gathered: bytearray, offset: int, announced: int) -> Message | NeedMore | NotTls | None:
    """The answer after a record that ends at `offset` and still owes `announced` bytes; None: look at the next."""
    if gathered and gathered[0] != _CLIENT_HELLO:
        return _malformed(f"handshake type {gathered[0]} where a ClientHello was expected", UNEXPECTED_MESSAGE)
    if len(gathered) >= _HANDSHAKE_HEADER and int.from_bytes(gathered[1:4]) > MAX_HELLO:
        return _malformed(f"a ClientHello of {int.from_bytes(gathered[1:4])} bytes, more than {MAX_HELLO}", ILLEGAL_PARAMETER)
    missing = _missing(gathered) - announced
    if missing < 0 and len(gathered) >= _HANDSHAKE_HEADER:
        return _malformed("bytes follow the ClientHello in its record", UNEXPECTED_MESSAGE)
    if announced:
        return NeedMore(offset + (_RECORD_HEADER + missing if missing > 0 else 0))
    return None if missing else Message(bytes(gathered[_HANDSHAKE_HEADER:]), offset)


def _missing(gathered: bytearray) -> int:
    """How many bytes the message lacks: exact once its header is there, before that the rest of the header."""
    length = int.from_bytes(gathered[1:4]) if len(gathered) >= _HANDSHAKE_HEADER else 0
    return _HANDSHAKE_HEADER + length - len(gathered)


def _fault_in_record(header: bytes, *, first: bool) -> NotTls | None:
    """Whether the part of a record header that is there rules a handshake record out."""
    kind = NotTlsKind.OTHER if first else NotTlsKind.MALFORMED
    if header[:1] and header[0] != _HANDSHAKE:
        return NotTls(kind, f"record type {header[0]} where a handshake record was expected", UNEXPECTED_MESSAGE)
    if header[1:2] and header[1] != 3:
        return NotTls(kind, f"record version {header[1]} where 3 was expected")
    if len(header) == _RECORD_HEADER and not 1 <= int.from_bytes(header[3:]) <= _MAX_RECORD:
        length = int.from_bytes(header[3:])
        return _malformed(f"a handshake record of {length} bytes", RECORD_OVERFLOW if length else UNEXPECTED_MESSAGE)
    return None


def _sslv2(start: bytes) -> NeedMore | NotTls:
    """Tell an SSLv2 CLIENT-HELLO, also one that offers TLS (RFC 5246 appendix E.2), from any other bytes."""
    version = start[3:5]
    shaped = (start[2:3] in {b"", b"\x01"} and version[:1] in {b"", b"\x00", b"\x03"}
              and (version[:1] != b"\x00" or version[1:] in {b"", b"\x02"}))
    if shaped and len(start) < _SSL2_HELLO:
        return NeedMore(_SSL2_HELLO)
    ciphers, session_id, challenge = (int.from_bytes(start[at:at + 2]) for at in (5, 7, 9))
    length = int.from_bytes(start[:2]) & 0x7FFF
    if shaped and ciphers and ciphers % 3 == 0 and length == 9 + ciphers + session_id + challenge:
        return NotTls(NotTlsKind.SSLV2, f"an SSLv2 hello that offers version {version[0]}.{version[1]}")
    return NotTls(NotTlsKind.OTHER, "neither a TLS record nor an SSLv2 hello")


def _malformed(reason: str, alert: int = DECODE_ERROR) -> NotTls:
    return NotTls(NotTlsKind.MALFORMED, reason, alert)
