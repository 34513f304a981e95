"""A response in HTTP/2 that leaves the dynamic table alone, and the end of the connection behind it (RFC 7541 §6.2.2)."""

from typing import Final

from nf.protocols.http2_frames import END_HEADERS, END_STREAM, Kind, write
from nf.protocols.notice import Notice

_GOAWAY: Final = 7
_LARGEST: Final = 1 << 14  # bytes of a frame that everybody takes


def page(notice: Notice, method: str, last_stream: int, *, first: bool) -> bytes:
    """The frames; `first` where the client has had nothing from the server yet, and awaits its settings."""
    content = b"" if method == "HEAD" else notice.content()
    block = b"".join(_literal(name, value) for name, value in [(":status", str(notice.code)), *notice.fields()])
    pieces = [content[at:at + _LARGEST] for at in range(0, len(content), _LARGEST)]
    frames = [write(Kind.SETTINGS, 0, 0, b"")] if first else []
    frames.append(write(Kind.HEADERS, END_HEADERS | (0 if pieces else END_STREAM), notice.exchange, block))
    frames += [write(Kind.DATA, END_STREAM if number == len(pieces) else 0, notice.exchange, piece)
               for number, piece in enumerate(pieces, 1)]
    return b"".join([*frames, write(_GOAWAY, 0, 0, last_stream.to_bytes(4) + bytes(4))])


def _literal(name: str, value: str) -> bytes:
    return b"\0" + _string(name) + _string(value)


def _string(text: str) -> bytes:
    raw = text.encode("latin-1", "replace")
    return _integer(len(raw)) + raw


def _integer(value: int) -> bytes:
    """With a prefix of seven bits (RFC 7541 §5.1)."""
    if value < 127:
        return bytes([value])
    value, octets = value - 127, bytearray([127])
    while value >= 128:
        octets.append(value & 127 | 128)
        value >>= 7
    return bytes([*octets, value])
