"""Small loads and platforms for the engines: exact services, one batch a session, tables that fill."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hwmodel.engine.play import Outcome, prepare
from hwmodel.engine.vector import run
from hwmodel.platform import Platform, Role, SpuSpec, load_platform
from hwmodel.sessions import OPENS, Sessions, from_columns
from hwmodel.work import CostTable


def servers(count: int = 1, threads: int = 1, room: int = 1 << 24, packet_us: float = 1.0) -> Platform:
    """SPUs whose only cost is that of packets."""
    costs = CostTable(packet_us, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    spus = tuple(SpuSpec(place // 4, place % 4, Role.FLOW, threads, room) for place in range(count))
    return replace(load_platform("srx1600"), spus=spus, costs=costs, express_path=False)


def flows(at: NDArray[np.float64], duration: float, packets: object = 1, life: object = 1e-9, **more: object) -> Sessions:
    """Sessions of distinct flows at those times, by default of one batch each."""
    number = np.arange(len(at), dtype=np.uint64)
    columns = {
        "at": at, "packets": packets, "life": life, "flags": OPENS, "protocol": 6, "client_low": number + (10 << 24),
        "client_port": number % 60_000 + 1024, "server_low": 7, "server_port": 443, **more,
    }  # fmt: skip
    return from_columns(duration, **columns)  # type: ignore[arg-type]  # columns or single values


def poisson(chance: np.random.Generator, rate: float, duration: float) -> NDArray[np.float64]:
    """Times of a Poisson process."""
    return np.sort(chance.random(chance.poisson(rate * duration)) * duration)


def played(platform: Platform, sessions: Sessions, distribution: str = "hash_based") -> Outcome:
    """What comes of it, by the vectorised engine."""
    return run(prepare(platform, sessions, distribution))


def bounds_hold(found: Sequence[float], expected: float, share: float) -> bool:
    """Whether the mean of several runs lies so close to what theory says."""
    return abs(float(np.mean(found)) / expected - 1) < share
