"""Denied packets as bytes: what one is, and the answers that a rejected sender gets."""

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from hwmodel.session import FiveTuple
from nf.controller.pipeline import ACK, ETH_IPV4, ETH_IPV6, ICMP, ICMPV6, SYN, TCP, UDP

_ETHERNET, _IPV4, _IPV6, _TCP = 14, 20, 40, 20  # bytes of the shortest header
_RST, _FIN = 0x04, 0x01
_FRAGMENT = 44
_EXTENSIONS = {0: (8, 8), 43: (8, 8), _FRAGMENT: (0, 8), 51: (4, 8), 60: (8, 8)}  # bytes for each unit of length, and least
_DONT_FRAGMENT, _HOPS = 0x4000, 64
# Destination unreachable, port unreachable: type, code, and how much of the packet is sent back.
_UNREACHABLE = {ICMP: (3, 3, 548), ICMPV6: (1, 4, 1232)}  # RFC 792, RFC 1812 §4.3.2.3; RFC 4443 §3.1


@dataclass(frozen=True, slots=True)
class Seen:
    """A packet from its Ethernet header on; `packet` begins with the IP header, `payload` follows it."""

    macs: bytes  # destination and source
    flow: FiveTuple  # without ports where it has none
    packet: bytes
    payload: bytes

    @property
    def icmp(self) -> tuple[int, int] | None:
        """Type and code of an ICMP message."""
        return (self.payload[0], self.payload[1]) if self.flow.proto in _UNREACHABLE and len(self.payload) > 1 else None


def read(frame: bytes) -> Seen | None:
    """The IP packet in a frame; None for what is none, is cut short, or is a later fragment."""
    kind, packet = int.from_bytes(frame[12:14]), frame[_ETHERNET:]
    if kind == ETH_IPV4 and len(packet) >= _IPV4:
        header = (packet[0] & 0xF) * 4
        length, offset = int.from_bytes(packet[2:4]), int.from_bytes(packet[6:8]) & 0x1FFF
        if packet[0] >> 4 == 4 and _IPV4 <= header <= length <= len(packet) and not offset:
            ends = IPv4Address(packet[12:16]), IPv4Address(packet[16:20])
            return _seen(frame, ends, packet[9], packet[:length], packet[header:length])
    if kind == ETH_IPV6 and len(packet) >= _IPV6:
        length = _IPV6 + int.from_bytes(packet[4:6])
        behind = _behind_extensions(packet[:length]) if packet[0] >> 4 == 6 and length <= len(packet) else None
        if behind:
            ends6 = IPv6Address(packet[8:24]), IPv6Address(packet[24:40])
            return _seen(frame, ends6, behind[0], packet[:length], behind[1])
    return None


def _behind_extensions(packet: bytes) -> tuple[int, bytes] | None:
    """The protocol behind IPv6's extension headers and its payload (RFC 8200 §4, RFC 4302 §2.2)."""
    kind, at = packet[6], _IPV6
    while kind in _EXTENSIONS:
        if at + 8 > len(packet) or (kind == _FRAGMENT and int.from_bytes(packet[at + 2:at + 4]) & 0xFFF8):
            return None
        unit, shortest = _EXTENSIONS[kind]
        kind, at = packet[at], at + unit * packet[at + 1] + shortest
    return (kind, packet[at:]) if at <= len(packet) else None


def _seen(frame: bytes, ends: tuple[IPv4Address, IPv4Address] | tuple[IPv6Address, IPv6Address], protocol: int,
          packet: bytes, payload: bytes) -> Seen | None:
    ports = (0, 0)
    if protocol in {TCP, UDP}:
        if len(payload) < (_TCP if protocol == TCP else 8):
            return None
        ports = struct.unpack_from("!HH", payload)
    return Seen(frame[:12], FiveTuple(ends[0], ports[0], ends[1], ports[1], protocol), packet, payload)


def answer(seen: Seen) -> bytes | None:
    """The frame that tells the sender: a TCP reset, or ICMP's port unreachable for UDP; other protocols get no answer.

    Nothing is said to a group, nor in answer to what went to one (RFC 1122 §3.2.2); a reset answers a SYN alone.
    """
    if (seen.macs[0] | seen.macs[6]) & 1 or seen.flow.dst.is_multicast or seen.flow.src.is_multicast:
        return None
    if seen.flow.proto == TCP:
        return _reset(seen) if seen.payload[13] & (SYN | ACK | _RST) == SYN else None
    return _unreachable(seen) if seen.flow.proto == UDP else None


def echo_reply(seen: Seen) -> bytes | None:
    """The frame that answers an echo request, as if from whom it is for; None for anything else (RFC 792, RFC 4443 §4)."""
    kinds = {ICMP: (8, 0), ICMPV6: (128, 129)}.get(seen.flow.proto)
    if kinds is None or seen.icmp != (kinds[0], 0) or len(seen.payload) < 8:
        return None
    covered = _pseudo(seen, ICMPV6, len(seen.payload)) if seen.flow.proto == ICMPV6 else b""
    return _back(seen, seen.flow.proto, summed(bytes([kinds[1]]) + seen.payload[1:], 2, covered))


def _reset(seen: Seen) -> bytes:
    """From the other end, numbered as RFC 9293 §3.10.7.1 says: <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>."""
    sequence, offset, flags = int.from_bytes(seen.payload[4:8]), seen.payload[12] >> 4, seen.payload[13]
    length = max(len(seen.payload) - 4 * offset, 0) + 1 + (flags & _FIN)
    segment = struct.pack("!HHIIBBHHH", seen.flow.dport, seen.flow.sport, 0, (sequence + length) & 0xFFFFFFFF, 5 << 4,
                          _RST | ACK, 0, 0, 0)
    return _back(seen, TCP, summed(segment, 16, _pseudo(seen, TCP, len(segment))))


def _unreachable(seen: Seen) -> bytes:
    protocol = ICMP if seen.flow.src.version == 4 else ICMPV6
    kind, code, most = _UNREACHABLE[protocol]
    message = struct.pack("!BBHI", kind, code, 0, 0) + seen.packet[:most]
    covered = _pseudo(seen, ICMPV6, len(message)) if protocol == ICMPV6 else b""
    return _back(seen, protocol, summed(message, 2, covered))


def _back(seen: Seen, protocol: int, payload: bytes) -> bytes:
    """A frame to the sender, as if from the other end."""
    source, target = seen.flow.dst.packed, seen.flow.src.packed
    macs = seen.macs[6:] + seen.macs[:6]
    if seen.flow.src.version == 4:
        header = struct.pack("!BBHHHBBH", 0x45, 0, _IPV4 + len(payload), 0, _DONT_FRAGMENT, _HOPS, protocol, 0)
        return macs + ETH_IPV4.to_bytes(2) + summed(header + source + target, 10, b"") + payload
    header = struct.pack("!IHBB", 6 << 28, len(payload), protocol, _HOPS)
    return macs + ETH_IPV6.to_bytes(2) + header + source + target + payload


def _pseudo(seen: Seen, protocol: int, length: int) -> bytes:
    """What a checksum covers beside the payload (RFC 9293 §3.1, RFC 8200 §8.1)."""
    ends = seen.flow.dst.packed + seen.flow.src.packed
    return ends + (struct.pack("!BBH", 0, protocol, length) if len(ends) == 8 else struct.pack("!II", length, protocol))


def summed(data: bytes, at: int, covered: bytes) -> bytes:
    """The data with its checksum (RFC 1071), which covers something more, at its place, whatever stood there."""
    data = data[:at] + bytes(2) + data[at + 2:]
    whole = covered + data + b"\0" * (len(data) % 2)
    words: tuple[int, ...] = struct.unpack(f"!{len(whole) // 2}H", whole)
    total = sum(words)
    while total > 0xFFFF:
        total = (total >> 16) + (total & 0xFFFF)
    return data[:at] + (~total & 0xFFFF).to_bytes(2) + data[at + 2:]
