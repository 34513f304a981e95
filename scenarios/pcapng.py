"""Packets as a pcapng file (draft-ietf-opsawg-pcapng): one section, one Ethernet interface, nanoseconds, direction."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_SECTION: Final = 0x0A0D0D0A
_INTERFACE: Final = 1
_PACKET: Final = 6
_BYTE_ORDER: Final = 0x1A2B3C4D
_ETHERNET: Final = 1  # LINKTYPE_ETHERNET
_IF_NAME, _IF_TSRESOL, _EPB_FLAGS = 2, 9, 2
_NANOSECONDS: Final = b"\x09"
_INBOUND, _OUTBOUND = 1, 2
_PACKET_HEAD: Final = struct.Struct("<IIIII")


@dataclass(frozen=True, slots=True)
class Packet:
    """A frame, when it was seen in nanoseconds since 1970, and whether the device sent it."""

    at: int
    frame: bytes
    outbound: bool


def header(interface: str) -> bytes:
    """The start of a file with packets of one interface."""
    section = struct.pack("<IHHq", _BYTE_ORDER, 1, 0, -1)
    options = _option(_IF_NAME, interface.encode()) + _option(_IF_TSRESOL, _NANOSECONDS) + _option(0, b"")
    return _block(_SECTION, section) + _block(_INTERFACE, struct.pack("<HHI", _ETHERNET, 0, 0) + options)


def packet(frame: bytes, at: int, *, outbound: bool) -> bytes:
    """One whole frame; `at` is nanoseconds since 1970."""
    flags = _option(_EPB_FLAGS, struct.pack("<I", _OUTBOUND if outbound else _INBOUND)) + _option(0, b"")
    head = _PACKET_HEAD.pack(0, at >> 32, at & 0xFFFFFFFF, len(frame), len(frame))
    return _block(_PACKET, head + _padded(frame) + flags)


def read(data: bytes) -> Iterator[Packet]:
    """The packets of a file that `header` and `packet` wrote; it may end within a block, being still written."""
    at = 0
    while at + 12 <= len(data):
        kind, length = struct.unpack_from("<II", data, at)
        if length < 12 or at + length > len(data):
            return
        if kind == _PACKET:
            yield _packet(data[at + 8:at + length - 4])
        at += length


def _packet(body: bytes) -> Packet:
    _, high, low, size, _ = _PACKET_HEAD.unpack_from(body)
    start = _PACKET_HEAD.size
    (flags,) = struct.unpack_from("<I", body, start + size + -size % 4 + 4)  # behind the option's code and length
    return Packet(high << 32 | low, body[start:start + size], flags & 3 == _OUTBOUND)


def _block(kind: int, body: bytes) -> bytes:
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("<HH", code, len(value)) + _padded(value)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
