"""Blocks of a pcapng file (draft-ietf-opsawg-pcapng): section, interface, packet, and the secrets that decrypt packets.

A file is a section header, an interface description, and any blocks after that, in the order of their making.
"""

from struct import pack, unpack_from
from typing import Final

ETHERNET: Final = 1  # LINKTYPE_ETHERNET

_SECTION, _INTERFACE, _PACKET, _SECRETS = 0x0A0D0D0A, 1, 6, 10
_BYTE_ORDER: Final = 0x1A2B3C4D
_TLS_KEY_LOG: Final = 0x544C534B
_COMMENT, _NAME, _APPLICATION = 1, 2, 4  # options; 4 in a section header
_LONGEST: Final = 0xFFFF  # of an option


def section_header(application: str = "srxnf") -> bytes:
    """What a file begins with; `application` is who writes it."""
    return _block(_SECTION, pack("<IHHq", _BYTE_ORDER, 1, 0, -1), _option(_APPLICATION, application.encode()))


def interface_description(name: str = "", link_type: int = ETHERNET) -> bytes:
    """Where packets were seen; the first one described is number 0."""
    return _block(_INTERFACE, pack("<HHI", link_type, 0, 0), _option(_NAME, name.encode()))


def enhanced_packet(frame: bytes, at: float, interface: int = 0, comment: str = "") -> bytes:
    """A packet seen `at` so many seconds since 1970."""
    ticks = round(at * 1e6)  # microseconds are the standard's default
    head = pack("<IIIII", interface, ticks >> 32, ticks & 0xFFFFFFFF, len(frame), len(frame))
    return _block(_PACKET, head + _padded(frame), _option(_COMMENT, comment.encode()))


def decryption_secrets(key_log: bytes) -> bytes:
    """Lines of a TLS key log (RFC 9850), for the packets that follow."""
    return _block(_SECRETS, pack("<II", _TLS_KEY_LOG, len(key_log)) + _padded(key_log))


def with_secrets(capture: bytes, key_log: bytes) -> bytes:
    """A capture (little-endian, one section) that brings along what decrypts it: before its packets, which need it first."""
    at = 0
    while at + 8 <= len(capture):
        kind, length = unpack_from("<II", capture, at)
        if kind not in (_SECTION, _INTERFACE) or length < 12:
            break
        at += length
    return capture[:at] + decryption_secrets(key_log) + capture[at:]


def is_capture(data: bytes) -> bool:
    """Whether this begins a file of this form, as `with_secrets` reads it."""
    return data[:4] == pack("<I", _SECTION) and data[8:12] == pack("<I", _BYTE_ORDER)


def _block(kind: int, body: bytes, *options: bytes) -> bytes:
    written = b"".join(options)
    content = body + written + (bytes(4) if written else b"")  # the end of options
    length = pack("<I", len(content) + 12)
    return pack("<I", kind) + length + content + length


def _option(code: int, value: bytes) -> bytes:
    value = value[:_LONGEST]
    return pack("<HH", code, len(value)) + _padded(value) if value else b""


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
