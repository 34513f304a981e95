"""Ethernet frames with everything that stacks seldom send: VLAN tags, IP options, extension headers, fragments."""

import struct
from collections.abc import Sequence
from ipaddress import ip_address

HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION_OPTIONS = 0, 43, 44, 60
SYN, ACK = 0x02, 0x10
PADDING = bytes([1, 4]) + bytes(4)  # the options of an extension header of eight bytes: one that is skipped


def tcp(sport: int, dport: int, flags: int = SYN, options: bytes = b"", payload: bytes = b"") -> bytes:
    """A TCP segment; the options are filled up with end-of-options."""
    options += bytes(-len(options) % 4)
    offset = (5 + len(options) // 4) << 4
    return struct.pack("!HHIIBBHHH", sport, dport, 1000, 0, offset, flags, 65535, 0, 0) + options + payload


def ip(source: str, destination: str, protocol: int, payload: bytes, *, options: bytes = b"",
       extensions: Sequence[tuple[int, bytes]] = (), fragment: int = 0) -> bytes:
    """An IP packet; `fragment` is IPv4's flags and offset, `extensions` IPv6's headers, each with all but its first byte."""
    ends = ip_address(source).packed + ip_address(destination).packed
    if len(ends) == 8:
        options += bytes(-len(options) % 4)
        first, length = 0x45 + len(options) // 4, 20 + len(options) + len(payload)
        return struct.pack("!BBHHHBBH", first, 0, length, 1, fragment, 64, protocol, 0) + ends + options + payload
    kinds = [*(kind for kind, _ in extensions), protocol]
    chain = b"".join(bytes([following]) + body for following, (_, body) in zip(kinds[1:], extensions, strict=True))
    return struct.pack("!IHBB", 6 << 28, len(chain) + len(payload), kinds[0], 64) + ends + chain + payload


def extension(kind: int) -> tuple[int, bytes]:
    """An extension header of eight bytes that changes nothing."""
    return kind, bytes(7) if kind in {ROUTING, FRAGMENT} else bytes(1) + PADDING


def ethernet(packet: bytes, source: int, destination: int, vlan: int | None = None) -> bytes:
    """A frame around an IP packet."""
    tag = b"" if vlan is None else struct.pack("!HH", 0x8100, vlan)
    kind = 0x0800 if packet[0] >> 4 == 4 else 0x86DD
    return destination.to_bytes(6) + source.to_bytes(6) + tag + kind.to_bytes(2) + packet
