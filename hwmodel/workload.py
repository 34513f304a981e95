"""Workloads: who opens sessions, how often, how long they live and how much they carry."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from random import Random

from hwmodel.document import ModelError, Section, read_toml
from hwmodel.session import FiveTuple, IpAddress, Packet
from hwmodel.work import Work

_CLIENTS = (IPv4Address("10.0.0.1"), IPv6Address("2001:db8:1::1"))
_SERVERS = (IPv4Address("198.18.0.1"), IPv6Address("2001:db8:2::1"))
_FIRST_PORT, _PORTS = 1024, 64512
_SYN_LENGTH = 74  # Ethernet, IPv4, TCP with the usual options

# 44 KB in 43 packets, as a transaction on an SRX1600 was measured: 31 full segments, 12 others
_SEGMENT = 1460
_SEGMENTS_PER_ACK = 6
_SETUP_PACKETS = 7


class WorkloadError(ModelError):
    """A workload file that cannot be understood."""


@dataclass(frozen=True, slots=True)
class SizeClass:
    """Sessions that carry so many bytes, and how frequent they are among all."""

    bytes: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Workload:
    """An open load of TCP sessions that arrive at random (Poisson); the default is a lecture-sized piece of a lab test.

    Rates are sessions a second, times seconds, shares between 0 and 1. 4 s and 44 KB are what an SRX1600 was measured
    with; `resumed_share` counts among decrypted sessions, `decrypted_share` among TLS sessions.
    """

    arrival_rate: float = 1000.0
    duration: float = 10.0
    mean_life: float = 4.0
    sizes: tuple[SizeClass, ...] = (SizeClass(45_056),)
    tls_share: float = 0.8
    decrypted_share: float = 1.0
    resumed_share: float = 0.5
    inspected_share: float = 1.0  # of the sessions whose plaintext can be seen
    ipv6_share: float = 0.0
    clients: int = 1000
    servers: int = 50


@dataclass(frozen=True, slots=True)
class Arrival:
    """A session to come: when, its first packet, what opening it costs, what its data costs, how long it stays."""

    at: float
    packet: Packet
    opening: Work
    data: Work
    life: float


def load_workload(path: str) -> Workload:
    """The workload in a TOML file; what it leaves out has its default. Raises WorkloadError."""
    root = read_toml(Path(path), WorkloadError)
    root.only(field.name for field in fields(Workload))
    return Workload(**{key: _read(root, key) for key in root.data})  # type: ignore[arg-type]  # each key has its reader


def _read(root: Section, key: str) -> float | int | tuple[SizeClass, ...]:
    if key == "sizes":
        return tuple(_size_class(section) for section in root.sections(key))
    if key in ("clients", "servers"):
        return root.whole(key, 1, 1 << 20)
    if key.endswith("_share"):
        return float(root.number(key, 0, 1))
    return float(root.number(key, 0.001))


def _size_class(section: Section) -> SizeClass:
    section.only(("bytes", "weight"))
    weight = section.number("weight", 0.000_001) if "weight" in section.data else 1.0
    return SizeClass(section.whole("bytes"), float(weight))


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
