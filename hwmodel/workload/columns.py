"""What each arrival is: its five-tuple, what it carries, how long it stays, and what the box will do to it."""

from typing import Any, cast

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from hwmodel.session import TCP, UDP
from hwmodel.sessions import (
    DECRYPTED,
    FRAGMENTED,
    INSPECTED,
    OFFLOADABLE,
    OPENS,
    PRIORITIES,
    RESUMED,
    TLS,
    Sessions,
    from_columns,
)
from hwmodel.work import HANDSHAKES
from hwmodel.workload.facts import SizeClass, Workload
from hwmodel.workload.times import arrival_times, spread

_CLIENTS = (0x0A000001, 0x20010DB800010000)  # 10.0.0.1 and the upper half of 2001:db8:1::
_SERVERS = (0xC6120001, 0x20010DB800020000)  # 198.18.0.1 and the upper half of 2001:db8:2::
_PORTS = np.arange(1024, 65536, dtype=np.uint16)  # each session takes the next

# 44 KB in 43 packets, as a transaction on an SRX1600 was measured: 31 full segments, 12 others
_SEGMENT = 1460
_SEGMENTS_PER_ACK = 6
_SETUP_PACKETS = 7
_CHUNK = 1 << 14  # an even number: two of 32 bits are drawn at once


def sessions_of(workload: Workload, chance: Generator) -> Sessions:
    """The sessions of one part of a load."""
    at = arrival_times(workload, chance)
    count = len(at)
    life = spread(chance, workload.lives, count)
    life *= workload.mean_life
    carried = _bytes(workload, chance, count)
    packets = _packets(workload, carried)
    client_low = chance.integers(workload.clients, size=count, dtype=np.uint64)
    server_low = chance.integers(workload.servers, size=count, dtype=np.uint64)
    ingress = np.empty(count, np.uint16)  # a client's cable is in one port
    np.remainder(client_low, np.uint64(workload.ingress_ports), out=ingress, casting="unsafe")
    v6 = _some(chance, workload.ipv6_share, count)
    client_low += _first(_CLIENTS[0], v6)
    server_low += _first(_SERVERS[0], v6)
    return from_columns(
        workload.duration,
        at=at,
        life=life,
        client_low=client_low,
        client_high=v6 * np.uint64(_CLIENTS[1]) if workload.ipv6_share else 0,
        server_low=server_low,
        server_high=v6 * np.uint64(_SERVERS[1]) if workload.ipv6_share else 0,
        v6=v6,
        client_port=np.resize(_PORTS, count),
        server_port=workload.server_port,
        protocol=UDP if workload.protocol == "udp" else TCP,
        ingress=ingress,
        packets=packets,
        bytes=carried,
        flags=_flags(workload, chance, count),
        priority=PRIORITIES.index(workload.priority),
        handshake=HANDSHAKES.index(workload.handshake),
    )


def _some(chance: Generator, share: float, count: int) -> "NDArray[np.bool_] | np.bool_":
    """Each with that probability; a certainty is one value for all."""
    if share in (0, 1):
        return np.bool_(share)
    chosen, drawn = np.empty(count, np.bool_), np.empty(min(count, _CHUNK), np.float32)
    for first in range(0, count, _CHUNK):
        rows = chosen[first : first + _CHUNK]
        np.less(chance.random(out=drawn[: len(rows)], dtype=np.float32), share, out=rows)
    return chosen


def _first(v4: int, v6: "NDArray[np.bool_] | np.bool_") -> "NDArray[np.uint64] | np.uint64":
    """The lower half of the first address, from which on hosts are counted."""
    return np.where(v6, np.uint64(1), np.uint64(v4)) if v6.any() else np.uint64(v4)


def _flags(workload: Workload, chance: Generator, count: int) -> NDArray[np.uint8]:
    """What the box does to each session."""
    tls = _some(chance, workload.tls_share, count)
    decrypted = tls & _some(chance, workload.decrypted_share, count)
    flags = np.full(count, OPENS, np.uint8)
    for bit, on in (
        (TLS, tls),
        (DECRYPTED, decrypted),
        (RESUMED, decrypted & _some(chance, workload.resumed_share, count)),
        (INSPECTED, (decrypted | ~tls) & _some(chance, workload.inspected_share, count)),
        (OFFLOADABLE, _some(chance, workload.offloadable_share, count)),
        (FRAGMENTED, _some(chance, workload.fragmented_share, count)),
    ):
        flags |= on.view(np.uint8) * np.uint8(bit)
    return flags


def _bytes(workload: Workload, chance: Generator, count: int) -> "NDArray[np.int64] | np.int64":
    """Bytes that each session carries; one number if they all carry the same."""
    sizes = workload.sizes
    carried: Any = np.int64(sizes[0].bytes)
    if len(sizes) > 1:
        limits = np.cumsum([size.weight for size in sizes])
        carried = np.array([size.bytes for size in sizes])[np.searchsorted(limits / limits[-1], chance.random(count), "right")]
    if workload.size_spread.distribution != "constant":
        carried = np.rint(carried * spread(chance, workload.size_spread, count)).astype(np.int64)
    return cast("NDArray[np.int64]", carried)


def _packets(workload: Workload, carried: "NDArray[np.int64] | np.int64") -> "NDArray[np.int64] | np.int64":
    """Packets of both directions together."""
    if workload.half_open:
        return np.int64(1)
    if workload.packet_sizes:
        return np.maximum(1, np.rint(carried / mean_size(workload.packet_sizes)).astype(np.int64))
    segments = -(-carried // _SEGMENT)
    if workload.protocol == "udp":
        return np.maximum(1, segments)
    return _SETUP_PACKETS + segments + segments // _SEGMENTS_PER_ACK


def mean_size(sizes: tuple[SizeClass, ...]) -> float:
    """Bytes in the mean of a mix."""
    return sum(size.bytes * size.weight for size in sizes) / sum(size.weight for size in sizes)
