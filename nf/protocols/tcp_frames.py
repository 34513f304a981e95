"""A TCP connection rebuilt as Ethernet frames around data that came another way, out of TLS for one.

Each side's sequence numbers count its data from the start of its stream; nothing is lost or retransmitted, so each segment
acknowledges all that came the other way.
"""

from struct import pack
from typing import Final

from hwmodel.session import TCP, Direction, FiveTuple

CLIENT, SERVER = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")  # MAC addresses of nobody

_IPV4, _IPV6 = pack("!H", 0x0800), pack("!H", 0x86DD)
_FIN, _SYN, _RST, _PSH, _ACK = 1, 2, 4, 8, 16
_WINDOW: Final = 0xFFFF
_HOPS: Final = 64
MTU: Final = 1500
_MOD: Final = 1 << 32


class TcpFrames:
    """The frames of one connection between a client and a server with these MAC addresses; `flow` is the client's.

    With a MAC address of their own to go `to`, the frames of both directions go there.
    """

    def __init__(self, flow: FiveTuple, client: bytes = CLIENT, server: bytes = SERVER, to: bytes = b"",
                 mtu: int = MTU) -> None:
        version = _IPV4 if flow.src.version == 4 else _IPV6
        self._ways = {Direction.C2S: _Way(flow, (to or server) + client + version),
                      Direction.S2C: _Way(flow.reversed(), (to or client) + server + version)}
        self._mtu = mtu

    def go_to(self, direction: Direction, offset: int) -> None:
        """The next data of a direction begin here in its stream, whatever was before them."""
        self._ways[direction].sent = 1 + offset

    def open(self) -> list[bytes]:
        """The handshake."""
        frames = [self._segment(Direction.C2S, _SYN), self._segment(Direction.S2C, _SYN | _ACK)]
        return [*frames, self._segment(Direction.C2S, _ACK)]

    def data(self, direction: Direction, data: bytes) -> list[bytes]:
        """Segments of one direction, no longer than an Ethernet takes."""
        longest = self._mtu - self._ways[direction].overhead
        return [self._segment(direction, _PSH | _ACK, data[at:at + longest]) for at in range(0, len(data), longest)]

    def finish(self, direction: Direction) -> list[bytes]:
        """The end of one direction, and that the other side has seen it."""
        return [self._segment(direction, _FIN | _ACK), self._segment(direction.opposite, _ACK)]

    def reset(self, direction: Direction) -> list[bytes]:
        """The end of the connection."""
        return [self._segment(direction, _RST | _ACK)]

    def _segment(self, direction: Direction, flags: int, data: bytes = b"") -> bytes:
        way, other = self._ways[direction], self._ways[direction.opposite]
        return way.frame(flags, other.sent if flags & _ACK else 0, data)


class _Way:
    """One direction: its addresses, and how far it is."""

    def __init__(self, flow: FiveTuple, ethernet: bytes) -> None:
        self.sent = 0  # the next sequence number: SYN and FIN count as a byte each
        self._ports = pack("!HH", flow.sport, flow.dport)
        self._addresses = flow.src.packed + flow.dst.packed
        self._is_ipv4 = flow.src.version == 4
        self.overhead = (20 if self._is_ipv4 else 40) + 20
        self._ethernet = ethernet

    def frame(self, flags: int, acknowledged: int, data: bytes) -> bytes:
        sequence = pack("!II", self.sent % _MOD, acknowledged % _MOD)
        self.sent += len(data) + bool(flags & (_SYN | _FIN))
        head, tail = self._ports + sequence + pack("!BBH", 5 << 4, flags, _WINDOW), bytes(2)
        length = 20 + len(data)
        pseudo = self._addresses + pack("!II", length, TCP)  # as IPv6 has it; the sum is the same for IPv4
        summed = pack("!H", _checksum(pseudo + head + bytes(2) + tail + data))
        return self._ethernet + self._network(length) + head + summed + tail + data

    def _network(self, length: int) -> bytes:
        if not self._is_ipv4:
            return pack("!IHBB", 6 << 28, length, TCP, _HOPS) + self._addresses
        head = pack("!BBHIBB", 0x45, 0, 20 + length, 0x4000, _HOPS, TCP)  # 0x4000: may not be fragmented
        return head + pack("!H", _checksum(head + self._addresses)) + self._addresses


def _checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071): a sum of 16-bit words in ones' complement is the remainder by 65,535."""
    total: int = int.from_bytes(data + bytes(len(data) % 2), "big") % 0xFFFF
    return 0xFFFF - total
