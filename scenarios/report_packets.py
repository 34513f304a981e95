"""Frames captured on a network function's legs, as its TCP connections: client with SSL-T, SSL-I with server.

A transparent network function keeps addresses and ports, so both halves look alike; what tells them apart is the
direction: the client's packets come in and SSL-I's go out.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from ipaddress import ip_address
from typing import Final, TypeAlias

from scenarios.pcapng import Packet

FIN, SYN, RST, ACK = 1, 2, 4, 16
_IPV4, _IPV6, _TCP = 0x0800, 0x86DD, 6
_PORTS: Final = struct.Struct("!HHII BB")
Endpoint: TypeAlias = tuple[str, int]  # address and port


class Side(Enum):
    """Which of its two ends the network function speaks with."""

    CLIENT = "SSL-T"
    SERVER = "SSL-I"


@dataclass(frozen=True, slots=True)
class Segment:
    """A TCP segment on a leg; `at` is nanoseconds since 1970."""

    at: int
    outbound: bool
    source: Endpoint
    destination: Endpoint
    seq: int
    flags: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Half:
    """One TCP connection of the network function, from its SYN on; `device` is the leg where that was seen."""

    side: Side
    device: str
    client: Endpoint
    server: Endpoint
    segments: tuple[Segment, ...]

    @property
    def began(self) -> int:
        """When the SYN was seen."""
        return self.segments[0].at


@dataclass(frozen=True, slots=True)
class Connection:
    """What a client opened, and what SSL-I opened for it, if it did."""

    client: Half
    server: Half | None = None


def segment(packet: Packet) -> Segment | None:
    """The TCP segment in an Ethernet frame, None where there is none or it is cut short."""
    kind = int.from_bytes(packet.frame[12:14])
    network = packet.frame[14:]
    if kind == _IPV4 and len(network) >= 20 and network[9] == _TCP:
        source, destination = network[12:16], network[16:20]
        tcp = network[(network[0] & 15) * 4:int.from_bytes(network[2:4])]
    elif kind == _IPV6 and len(network) >= 40 and network[6] == _TCP:
        source, destination = network[8:24], network[24:40]
        tcp = network[40:40 + int.from_bytes(network[4:6])]
    else:
        return None
    if len(tcp) < 20:
        return None
    sport, dport, seq, _, offset, flags = _PORTS.unpack_from(tcp)
    return Segment(packet.at, packet.outbound, (str(ip_address(source)), sport), (str(ip_address(destination)), dport),
                   seq, flags, tcp[(offset >> 4) * 4:])


@dataclass(slots=True)
class _Growing:
    first: Segment
    half: Half
    segments: list[Segment] = field(default_factory=list)

    def done(self) -> Half:
        return replace(self.half, segments=tuple(self.segments))


def halves(device: str, packets: Iterable[Packet]) -> list[Half]:
    """The TCP connections whose SYN was seen on a leg, in the order of those."""
    found: list[_Growing] = []
    current: dict[tuple[Side, Endpoint, Endpoint], _Growing] = {}
    for it in filter(None, map(segment, packets)):
        if it.flags & (SYN | ACK) == SYN:
            side = Side.SERVER if it.outbound else Side.CLIENT
            key = side, it.source, it.destination
            if key not in current or current[key].first.seq != it.seq:  # else the SYN was sent again
                current[key] = _Growing(it, Half(side, device, it.source, it.destination, ()))
                found.append(current[key])
        for key in ((Side.SERVER if it.outbound else Side.CLIENT, it.source, it.destination),
                    (Side.CLIENT if it.outbound else Side.SERVER, it.destination, it.source)):
            if key in current:
                current[key].segments.append(it)
                break
    return [growing.done() for growing in found]


def connections(captured: Mapping[str, Sequence[Packet]]) -> list[Connection]:
    """What clients opened, each with what SSL-I opened for it; `captured` holds each leg's packets by its device."""
    every = sorted((half for device, packets in captured.items() for half in halves(device, packets)),
                   key=lambda half: half.began)
    upstream = [half for half in every if half.side is Side.SERVER]
    return list(_joined((half for half in every if half.side is Side.CLIENT), upstream))


def _joined(clients: Iterable[Half], upstream: list[Half]) -> Iterator[Connection]:
    """SSL-I keeps the client's port where that is free, so the same port goes before the next in time."""
    for client in clients:
        later = [half for half in upstream if half.began >= client.began and half.server == client.server
                 and half.client[0] == client.client[0]]
        same = [half for half in later if half.client == client.client]
        server = next(iter(same or later), None)
        if server:
            upstream.remove(server)
        yield Connection(client, server)
