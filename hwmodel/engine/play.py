"""One play: a platform, its settings, a distribution and sessions, made ready for either engine; and what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from hwmodel.classic import CLASSIC_MESSAGES, classic_capacity
from hwmodel.distribution import Stateless
from hwmodel.engine.demand import Demand, demand
from hwmodel.engine.epochs import Epoch, epochs
from hwmodel.failure import Failure
from hwmodel.flow_hash import flow_hashes
from hwmodel.flow_settings import FlowSettings
from hwmodel.platform import Platform
from hwmodel.sessions import Sessions
from hwmodel.work import Work


@dataclass(frozen=True, slots=True, eq=False)
class Play:
    """What an engine is given; arrays without another word are by session."""

    platform: Platform
    settings: FlowSettings
    sessions: Sessions
    keys: NDArray[np.uint64]  # the flows' hashes
    ends: NDArray[np.float64]  # seconds, later than the arrival
    slots: NDArray[np.uint8]  # places in the session table
    clients: NDArray[np.int32]  # numbers of addresses, where their sessions are limited; else empty
    servers: NDArray[np.int32]
    demand: Demand
    epochs: tuple[Epoch, ...]
    failures: tuple[Failure, ...]
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

    @property
    def central_point(self) -> tuple[int, float]:
        """Sessions that a classic central point knows, and CPU seconds that each new one costs it; else no bound, 0."""
        if not self.settings.classic_central_point:
            return 1 << 62, 0.0
        room = classic_capacity(self.platform)
        if room is None:
            return self.platform.max_sessions, 0.0
        return room, self.platform.costs.seconds(Work(packets=CLASSIC_MESSAGES))


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What came of a play."""

    fate: NDArray[np.int8]  # by session: CREATED, JOINED …
    owner: NDArray[np.int16]  # by session: the SPU that it was given to
    crowded: NDArray[np.bool_]  # by session: a network processor had no room for its wings; empty without Express Path
    load: NDArray[np.float64]  # by thread of all SPUs, and second: CPU seconds asked for
    created: NDArray[np.int64]  # by SPU and second
    closed: NDArray[np.int64]
    refused: NDArray[np.int64]  # for want of room in the session table
    dropped: NDArray[np.int64]  # batches of packets, for want of room in their thread's line
    peaks: NDArray[np.int64]  # by SPU: sessions at once
    peak: int  # sessions at once on all SPUs
    wings: NDArray[np.int64]  # by network processor: in its cache at once
    turned_away: int  # wings that found the cache full
    waits: NDArray[np.float64]  # seconds before service, those of `wait_counts` batches each, ascending
    wait_counts: NDArray[np.int64]
    mean_wait: float
    longest_wait: float


def prepare(
    platform: Platform,
    sessions: Sessions,
    distribution: str,
    settings: FlowSettings | None = None,
    failures: Sequence[Failure] = (),
) -> Play:
    """Everything that does not depend on the engine; raises ModelError."""
    settings = settings or FlowSettings()
    watched = tuple(sorted((one for one in failures if one.at < sessions.duration), key=lambda one: one.at))
    made = epochs(platform, distribution, watched)
    keys = flow_hashes(sessions)
    none = np.empty(0, np.int32)
    return Play(
        platform=platform,
        settings=settings,
        sessions=sessions,
        keys=keys,
        ends=_ends(sessions),
        slots=np.where(sessions.v6, np.uint8(platform.ipv6_slots), np.uint8(1)),
        clients=none if settings.source_limit is None else _numbered(sessions.client_low, sessions.client_high),
        servers=none if settings.destination_limit is None else _numbered(sessions.server_low, sessions.server_high),
        demand=demand(platform, sessions, settings),
        epochs=made,
        failures=watched,
        chosen=_chosen(sessions, keys, made),
    )


def _ends(sessions: Sessions) -> NDArray[np.float64]:
    """When each ends: later than it begins, be it by the least number that there is."""
    ends = sessions.at + sessions.life
    short = np.flatnonzero(ends <= sessions.at)
    ends[short] = np.nextafter(sessions.at[short], np.inf)
    return ends


def _chosen(sessions: Sessions, keys: NDArray[np.uint64], made: tuple[Epoch, ...]) -> NDArray[np.int16]:
    """What every epoch's tables say of the sessions that come in it; empty where a rule goes by more than the flow."""
    found, borders = [], [0, *(int(np.searchsorted(sessions.at, epoch.at)) for epoch in made[1:]), len(sessions)]
    for epoch, first, last in zip(made, borders, borders[1:], strict=False):
        if not isinstance(epoch.distribution, Stateless):
            return np.empty(0, np.int16)
        found.append(epoch.distribution.choose_many(sessions.rows(slice(first, last)), keys[first:last]))
    return found[0] if len(found) == 1 else np.concatenate(found)


def _numbered(low: NDArray[np.uint64], high: NDArray[np.uint64]) -> NDArray[np.int32]:
    """A number for every address, from 0 on."""
    whole = low if not high.any() else np.stack((low, high), axis=1)
    return np.unique(whole, axis=None if whole is low else 0, return_inverse=True)[1].ravel().astype(np.int32)
