"""The words that every room shares: five-tuples, wings, sessions and the packets that belong to them."""

from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from typing import TypeAlias

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


@dataclass(frozen=True, slots=True)
class FiveTuple:
    """Addresses, ports and IP protocol number of one way of a flow; ports are 0 where the protocol has none."""

    src: IpAddress
    sport: int
    dst: IpAddress
    dport: int
    proto: int = TCP
    _hash: int = field(init=False, repr=False, compare=False)  # every table asks for it, and that of an address is dear

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.src, self.sport, self.dst, self.dport, self.proto)))

    def __hash__(self) -> int:
        return self._hash

    def reversed(self) -> "FiveTuple":
        """The same flow, seen from its other end."""
        return FiveTuple(self.dst, self.dport, self.src, self.sport, self.proto)

    def __str__(self) -> str:
        return f"{self.src}/{self.sport}->{self.dst}/{self.dport};{self.proto}"


@dataclass(frozen=True, slots=True)
class Packet:
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


@dataclass(frozen=True, slots=True)
class Wing:
    """One way of a session: the tuple that a network processor looks packets up by."""

    five_tuple: FiveTuple
    direction: Direction


@dataclass(frozen=True, slots=True)
class Session:
    """Two wings on one SPU; `id` is the device-wide session identifier."""

    id: int
    c2s: Wing
    s2c: Wing
    spu: SpuId
