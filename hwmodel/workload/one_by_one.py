"""Sessions one by one, for the engine that plays them so."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from random import Random

from hwmodel.session import FiveTuple, IpAddress, Packet
from hwmodel.work import Work
from hwmodel.workload.facts import Workload

_CLIENTS = (IPv4Address("10.0.0.1"), IPv6Address("2001:db8:1::1"))
_SERVERS = (IPv4Address("198.18.0.1"), IPv6Address("2001:db8:2::1"))
_FIRST_PORT, _PORTS = 1024, 64512
_SYN_LENGTH = 74  # Ethernet, IPv4, TCP with the usual options
_SEGMENT = 1460
_SEGMENTS_PER_ACK = 6
_SETUP_PACKETS = 7


@dataclass(frozen=True, slots=True)
class Arrival:
    """A session to come: when, its first packet, what opening it costs, what its data costs, how long it stays."""

    at: float
    packet: Packet
    opening: Work
    data: Work
    life: float


def arrivals(workload: Workload, random: Random) -> Iterator[Arrival]:
    """The sessions of a workload in the order of time."""
    weights = [size.weight for size in workload.sizes]
    at = random.expovariate(workload.arrival_rate)
    number = 0
    while at < workload.duration:
        [size] = random.choices(workload.sizes, weights)
        flow = _flow(workload, number, random)
        opening, data = _work(workload, size.bytes, random)
        yield Arrival(at, Packet(flow, _SYN_LENGTH), opening, data, random.expovariate(1 / workload.mean_life))
        at += random.expovariate(workload.arrival_rate)
        number += 1


def _flow(workload: Workload, number: int, random: Random) -> FiveTuple:
    family = int(random.random() < workload.ipv6_share)
    client: IpAddress = _CLIENTS[family] + random.randrange(workload.clients)
    server: IpAddress = _SERVERS[family] + random.randrange(workload.servers)
    return FiveTuple(client, _FIRST_PORT + number % _PORTS, server, 443)


def _work(workload: Workload, size: int, random: Random) -> tuple[Work, Work]:
    """What a session costs when it opens, and what its data costs over its life."""
    tls = random.random() < workload.tls_share
    decrypted = tls and random.random() < workload.decrypted_share
    resumed = decrypted and random.random() < workload.resumed_share
    inspected = (decrypted or not tls) and random.random() < workload.inspected_share
    segments = -(-size // _SEGMENT)
    opening = Work(
        packets=_SETUP_PACKETS,
        sessions=1,
        full_handshakes=int(decrypted and not resumed),
        resumed_handshakes=int(resumed),
    )
    data = Work(
        packets=segments + segments // _SEGMENTS_PER_ACK,
        bytes=size,
        decrypted_bytes=size * decrypted,
        inspected_bytes=size * inspected,
    )
    return opening, data
