"""Packets as a pcapng file (draft-ietf-opsawg-pcapng): one section, one Ethernet interface, nanoseconds, direction."""

import struct
from typing import Final

_SECTION: Final = 0x0A0D0D0A
_INTERFACE: Final = 1
_PACKET: Final = 6
_BYTE_ORDER: Final = 0x1A2B3C4D
_ETHERNET: Final = 1  # LINKTYPE_ETHERNET
_IF_NAME, _IF_TSRESOL, _EPB_FLAGS = 2, 9, 2
_NANOSECONDS: Final = b"\x09"
_INBOUND, _OUTBOUND = 1, 2


def header(interface: str) -> bytes:
    """The start of a file with packets of one interface."""
    section = struct.pack("<IHHq", _BYTE_ORDER, 1, 0, -1)
    options = _option(_IF_NAME, interface.encode()) + _option(_IF_TSRESOL, _NANOSECONDS) + _option(0, b"")
    return _block(_SECTION, section) + _block(_INTERFACE, struct.pack("<HHI", _ETHERNET, 0, 0) + options)


def packet(frame: bytes, at: int, *, outbound: bool) -> bytes:
    """One whole frame; `at` is nanoseconds since 1970."""
    flags = _option(_EPB_FLAGS, struct.pack("<I", _OUTBOUND if outbound else _INBOUND)) + _option(0, b"")
    head = struct.pack("<IIIII", 0, at >> 32, at & 0xFFFFFFFF, len(frame), len(frame))
    return _block(_PACKET, head + _padded(frame) + flags)


def _block(kind: int, body: bytes) -> bytes:
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("<HH", code, len(value)) + _padded(value)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
