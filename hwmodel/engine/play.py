"""One play: a platform, a distribution and sessions, made ready for either engine; and what comes of it."""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from hwmodel import distribution as distributions
from hwmodel.distribution import Distribution, Stateless, WeightTable
from hwmodel.engine.demand import Demand, demand
from hwmodel.flow_hash import flow_hashes
from hwmodel.platform import Platform
from hwmodel.session import SpuId
from hwmodel.sessions import Sessions

CREATED, JOINED, FULL, NOT_AN_OPENER = 1, 2, 3, 4  # what became of a session; 0 is not yet anything


@dataclass(frozen=True, slots=True, eq=False)
class Play:
    """What an engine is given; arrays without another word are by session."""

    platform: Platform
    sessions: Sessions
    keys: NDArray[np.uint64]  # the flows' hashes
    ends: NDArray[np.float64]  # seconds, later than the arrival
    slots: NDArray[np.uint8]  # places in the session table
    demand: Demand
    distribution: Distribution
    chosen: NDArray[np.int16]  # SPUs, where they depend on the flow alone; else empty

    @property
    def seconds(self) -> int:
        """How many seconds are watched, the last perhaps not whole."""
        return max(1, ceil(self.sessions.duration))

    @property
    def limits(self) -> NDArray[np.int64]:
        """By SPU: places in its session table."""
        return np.array([spu.max_sessions for spu in self.platform.spus], np.int64)

    @property
    def threads(self) -> NDArray[np.int64]:
        """By SPU: its threads."""
        return np.array([spu.threads for spu in self.platform.spus], np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What came of a play."""

    fate: NDArray[np.int8]  # by session: CREATED, JOINED …
    owner: NDArray[np.int16]  # by session: the SPU that it was given to
    load: NDArray[np.float64]  # by thread of all SPUs, and second: CPU seconds asked for
    created: NDArray[np.int64]  # by SPU and second
    closed: NDArray[np.int64]
    refused: NDArray[np.int64]
    peaks: NDArray[np.int64]  # by SPU: sessions at once
    peak: int  # sessions at once on all SPUs
    waits: NDArray[np.float64]  # seconds before service, those of `wait_counts` batches each, ascending
    wait_counts: NDArray[np.int64]
    mean_wait: float
    longest_wait: float


def build(platform: Platform, distribution: str, without: SpuId | None = None) -> Distribution:
    """The distribution over a platform's SPUs, one of several perhaps failed; raises DistributionError."""
    weights = {number: spu.max_sessions for number, spu in enumerate(platform.spus) if spu.max_sessions}
    living = frozenset(weights) - {without}
    facts = WeightTable(weights, living, platform.hash_entries, _untold, ingresses=platform.network_processors)
    return distributions.load(distribution)(facts)


def _untold(spu: SpuId) -> int:
    raise LookupError(spu)  # engines step a rule themselves, with what they count


def prepare(platform: Platform, sessions: Sessions, distribution: str) -> Play:
    """Everything that does not depend on the engine; raises DistributionError."""
    made = build(platform, distribution)
    keys = flow_hashes(sessions)
    return Play(
        platform=platform,
        sessions=sessions,
        keys=keys,
        ends=np.maximum(sessions.at + sessions.life, np.nextafter(sessions.at, np.inf)),
        slots=np.where(sessions.v6, platform.ipv6_slots, 1).astype(np.uint8),
        demand=demand(platform, sessions),
        distribution=made,
        chosen=made.choose_many(sessions, keys) if isinstance(made, Stateless) else np.empty(0, np.int16),
    )
