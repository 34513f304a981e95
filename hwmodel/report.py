"""What a simulation found: shares, refusals, loads and waits, as facts."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import inf
from typing import Final

from hwmodel.platform import Kind, Platform
from hwmodel.session import SpuId
from hwmodel.work import Work
from hwmodel.workload import Workload

LINE_FULL: Final = "queue full"  # why a session is refused whose first packet finds its thread's line full


@dataclass(frozen=True, slots=True)
class SpuReport:
    """One SPU's part: shares of 1, loads in CPU time asked for over CPU time there is (above 1: overloaded)."""

    spu: SpuId
    name: str
    role: str
    weight_share: float
    share: float
    created: int
    failed: int
    peak_sessions: int
    max_sessions: int
    mean_load: float
    peak_load: float  # of the busiest second
    work: Work

    @property
    def overloaded(self) -> bool:
        """Whether some second asked for more CPU than there is."""
        return self.peak_load > 1

    @property
    def skew(self) -> float:
        """How far its share of sessions lies above its weight (below: negative); 0 where it has no weight."""
        return self.share / self.weight_share - 1 if self.weight_share else 0.0


@dataclass(frozen=True, slots=True)
class Totals:
    """The chassis as a whole; `joined` arrivals hit a session that still lived on their five-tuple.

    `dropped` are batches of packets of sessions that were there, for want of room in their thread's line.
    """

    offered: int
    created: int
    joined: int
    closed: int
    lost: int  # with an SPU
    aged: int  # early, to make room in their SPU's table
    open_at_end: int
    peak_sessions: int
    peak_wings: int  # in the fullest network processor's cache
    turned_away: int  # wings that found no room there
    refused: Mapping[str, int]
    dropped: int
    cpu_seconds: float
    gbps: float  # that created sessions brought in the second half, in the mean, dropped and offloaded packets included
    work: Work


@dataclass(frozen=True, slots=True)
class Delays:
    """How long batches of packets wait for their thread, in seconds; `p99` is what 99 in 100 do not exceed."""

    mean: float
    p50: float
    p90: float
    p99: float
    p999: float
    max: float


@dataclass(frozen=True, slots=True)
class Series:
    """What happened in every second; the last one may be shorter."""

    load: tuple[tuple[tuple[float, ...], ...], ...]  # by SPU, thread, second: CPU time asked for over what there is
    sessions: tuple[tuple[int, ...], ...]  # by SPU and second: held at its end
    created: tuple[tuple[int, ...], ...]
    refused: tuple[tuple[int, ...], ...]  # for want of room in the session table
    dropped: tuple[tuple[int, ...], ...]  # batches of packets, for want of room in a thread's line


@dataclass(frozen=True, slots=True)
class Limit:
    """Where a platform has no more to give: what, of which SPU, from which second on."""

    at: int
    spu: SpuId
    what: str


@dataclass(frozen=True, slots=True)
class Interruption:
    """An SPU's failure, by its place or number: when, until when, whether it was alone; sessions open, lost and moved.

    Moved ones are on other SPUs and their flow has another SPU since: the session table keeps them where they are.
    """

    spu: str
    at: float
    back: float
    graceful: bool
    open: int
    lost: int
    moved: int


@dataclass(frozen=True, slots=True)
class Report:
    """A simulation's result with all that is needed to repeat it; sessions that came as such have no workload."""

    platform: Platform
    distribution: str
    workload: Workload | None
    seed: int
    engine: str
    duration: float
    spus: tuple[SpuReport, ...]
    totals: Totals
    delays: Delays
    series: Series
    first_limit: Limit | None
    interruptions: tuple[Interruption, ...] = ()

    @property
    def skew(self) -> float:
        """How far the busiest SPU's share of sessions lies above its weight: 0.1 is 10 % more; 0 without sessions."""
        return max(spu.skew for spu in self.spus if spu.weight_share) if self.totals.created else 0.0

    @property
    def assumed(self) -> tuple[str, ...]:
        """The platform's figures that nobody has published or measured."""
        return tuple(key for key, figure in self.platform.figures.items() if figure.kind is Kind.ASSUMED)

    def as_dict(self) -> dict[str, object]:
        """The report in numbers, texts, lists and dictionaries alone."""
        return {
            "platform": self.platform.name,
            "distribution": self.distribution,
            "seed": self.seed,
            "engine": self.engine,
            "duration": self.duration,
            "workload": self.workload.as_dict() if self.workload else None,
            "spus": [asdict(spu) | {"overloaded": spu.overloaded} for spu in self.spus],
            "totals": asdict(self.totals) | {"refused": dict(self.totals.refused)},
            "skew": self.skew,
            "delays": asdict(self.delays),
            "first_limit": asdict(self.first_limit) if self.first_limit else None,
            "interruptions": [asdict(entry) | {"back": entry.back if entry.back < inf else None}
                              for entry in self.interruptions],
            "assumed": list(self.assumed),
        }
