"""Captures in libpcap's older form (draft-ietf-opsawg-pcap), as tcpdump writes them."""

from collections.abc import Iterator
from struct import Struct, unpack_from
from typing import Final

from nf.protocols import pcapng

_FRACTIONS: Final = {0xA1B2C3D4: 1e6, 0xA1B23C4D: 1e9}  # of a second, by the file's first word
_HEAD: Final = 24  # bytes
_LINK_TYPE: Final = 20


def is_capture(data: bytes) -> bool:
    """Whether this begins a file of this form, whatever its byte order."""
    return len(data) >= _HEAD and _order(data) is not None


def with_secrets(capture: bytes, key_log: bytes) -> bytes:
    """The capture as pcapng that brings along what decrypts it; it may end within a packet, being still written."""
    return b"".join(_blocks(capture, key_log))


def _blocks(data: bytes, key_log: bytes) -> Iterator[bytes]:
    order = _order(data) or "<"
    first, link_type = unpack_from(f"{order}I", data)[0], unpack_from(f"{order}I", data, _LINK_TYPE)[0] & 0xFFFF
    yield pcapng.section_header() + pcapng.interface_description(link_type=link_type) + pcapng.decryption_secrets(key_log)
    head, at = Struct(f"{order}4I"), _HEAD
    while at + head.size <= len(data):
        seconds, fraction, size, _ = head.unpack_from(data, at)
        at += head.size + size
        if at <= len(data):
            yield pcapng.enhanced_packet(data[at - size:at], seconds + fraction / _FRACTIONS[first])


def _order(data: bytes) -> str | None:
    return next((order for order in "<>" if unpack_from(f"{order}I", data)[0] in _FRACTIONS), None)
