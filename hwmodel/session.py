"""The words that every room shares: five-tuples, wings, sessions and the packets that belong to them."""

from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from typing import TypeAlias

import msgspec

IpAddress: TypeAlias = IPv4Address | IPv6Address
SpuId: TypeAlias = int  # index of an SPU in its chassis, from 0

ICMP = 1
TCP = 6
UDP = 17
ICMPV6 = 58


class Direction(Enum):
    """The way data goes, as Junos writes it: client to server, or server to client."""

    C2S = "c2s"
    S2C = "s2c"

    __hash__ = object.__hash__  # members are single; Enum's own hashes their names at every look-up

    @property
    def opposite(self) -> "Direction":
        """The other way."""
        return Direction.S2C if self is Direction.C2S else Direction.C2S


C2S, S2C = Direction  # for whoever needs them often: Python 3.11 is slow to read a member off its class


class FiveTuple(msgspec.Struct, frozen=True, cache_hash=True, gc=False):  # an address's hash is dear
    """Addresses, ports and IP protocol number of one way of a flow; ports are 0 where the protocol has none."""

    src: IpAddress
    sport: int
    dst: IpAddress
    dport: int
    proto: int = TCP

    def reversed(self) -> "FiveTuple":
        """The same flow, seen from its other end."""
        return FiveTuple(self.dst, self.dport, self.src, self.sport, self.proto)

    def __str__(self) -> str:
        return f"{self.src}/{self.sport}->{self.dst}/{self.dport};{self.proto}"


class Packet(msgspec.Struct, frozen=True, gc=False):
    """What the hardware sees of a packet: five-tuple, length in bytes on the wire, whether it may open a session.

    `reply` is the five-tuple of its answers where that is not simply the way back (address translation), `outer` that
    of the tunnel it came in; `zone` names where it came in, which matters to limits alone.
    """

    five_tuple: FiveTuple
    length: int = 64
    opens: bool = True  # a TCP SYN without ACK, or any packet of a protocol without handshake
    fragment: bool = False
    reply: FiveTuple | None = None
    outer: FiveTuple | None = None
    zone: str = ""


class Wing(msgspec.Struct, frozen=True, gc=False):
    """One way of a session: the tuple that a network processor looks packets up by."""

    five_tuple: FiveTuple
    direction: Direction


class Session(msgspec.Struct, frozen=True, gc=False):
    """Two wings on one SPU, and which of its threads they belong to; `id` is the device-wide session identifier."""

    id: int
    c2s: Wing
    s2c: Wing
    spu: SpuId
    thread: int = 0
