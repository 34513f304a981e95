"""Where a box saturates: the load is raised until the first limit is reached."""

from collections.abc import Callable
from dataclasses import dataclass

from hwmodel.flow_settings import FlowSettings
from hwmodel.platform import Platform
from hwmodel.report import LINE_FULL, Report
from hwmodel.simulate import simulate
from hwmodel.workload import Workload

_PRECISION = 0.01
_MOST = 1e6  # times the load that was given; further up nobody looks
_BURST = 0.01  # of new sessions may meet a full line: they come again, and a thread's load tells more
_LEAST = 1e-3  # below it the limit is not the rate's
_PROBES = 40
_SESSIONS = 4e6  # in one simulation
_FEW_SESSIONS = 2e5  # the same, as long as nothing is known of where the limit is
_COARSE = 0.05


@dataclass(frozen=True, slots=True)
class Pressure:
    """How near to its first limit a box is (1: there), and what that limit is."""

    share: float
    limit: str


@dataclass(frozen=True, slots=True)
class Saturation:
    """The highest load that stays below every limit, in sessions a second, and the limit that the next step meets.

    `factor` is that load against the one that was given; `reached` is false where no load up to the bound met a limit.
    """

    rate: float
    factor: float
    limit: str
    reached: bool = True

    def __str__(self) -> str:
        if not self.factor:
            return f"first limit reached: {self.limit}, however few sessions come a second"
        if not self.reached:
            return f"no limit reached up to {self.rate:,.0f} CPS"
        return f"first limit reached: {self.limit} at {self.rate:,.0f} CPS"


def pressure(report: Report) -> Pressure:
    """The busiest thread or the throughput in the mean of the second half, or the fullest session table: the nearest.

    A burst that fills a thread's line for a moment is no limit yet.
    """
    found = [Pressure(0.0, "nothing")]
    if (ceiling := report.platform.published.get("large_gbps")) is not None:
        known = f"throughput ({ceiling.value:,} Gbps of large packets, {ceiling.kind.value})"
        found.append(Pressure(report.totals.gbps / float(ceiling.value), known))
    for spu, threads in zip(report.spus, report.series.load, strict=True):
        for number, load in enumerate(threads):
            later = load[len(load) // 2 :]
            found.append(Pressure(float(sum(later)) / max(1, len(later)), f"SPU CPU ({spu.name}, thread {number})"))
        if spu.max_sessions:
            full = max(spu.peak_sessions / spu.max_sessions, float(spu.failed > 0))
            found.append(Pressure(full, f"session table of {spu.name}"))
    turned_away = {reason: count for reason, count in report.totals.refused.items()
                   if reason != LINE_FULL or count > _BURST * report.totals.offered}  # fmt: skip
    if turned_away:
        found.append(Pressure(1.0, f"sessions refused ({', '.join(turned_away)})"))
    return max(found, key=lambda entry: entry.share)


def saturation(
    platform: Platform,
    workload: Workload,
    distribution: str = "hash_based",
    seed: int = 0,
    settings: FlowSettings | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> Saturation:
    """Search the first limit to one per cent; the load keeps its shape and only its rate changes.

    Loads of more than some million sessions are watched for a shorter time, so session tables that fill over longer
    than that are not seen to fill. Where the limit may lie is searched with fewer sessions still. `told` hears of every step.
    """

    def search(most: float, precision: float) -> _Search:
        return _Search(lambda load: simulate(platform, load, distribution, seed, settings=settings), workload, most, precision,
                       told)  # fmt: skip

    coarse = search(_FEW_SESSIONS, _COARSE)
    found = coarse.run(1.0)
    return search(_SESSIONS, _PRECISION).run(found.factor) if found.reached and found.factor else found


def _expected(workload: Workload) -> float:
    """Sessions of a load, about."""
    if workload.parts:
        return sum(map(_expected, workload.parts))
    rates = [state.rate for state in workload.states] or [workload.arrival_rate, workload.final_rate]
    return workload.sessions or max(rates) * (workload.duration - workload.start)


class _Search:
    """The highest factor that held, the lowest that did not, and what it met."""

    def __init__(
        self, play: Callable[[Workload], Report], workload: Workload, most: float, precision: float,
        told: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._play, self._workload, self._most, self._precision, self._told = play, workload, most, precision, told
        self.held, self.failed = 0.0, float("inf")
        self.rate, self.limit = 0.0, ""
        self.sessions = _expected(workload)  # that the load as given comes to

    def run(self, factor: float) -> Saturation:
        """Search from that load on."""
        for _ in range(_PROBES):
            share = self._probe(factor)
            if self._narrow or self.held >= _MOST or self.failed < _LEAST:
                break
            factor = self._next(factor, share)
        return Saturation(self.rate, self.held, self.limit, self.failed < float("inf"))

    @property
    def _narrow(self) -> bool:
        return self.failed < float("inf") and self.failed - self.held <= self._precision * self.failed

    def _probe(self, factor: float) -> float:
        share = min(1.0, self._most / max(1.0, self.sessions * factor))
        report = self._play(self._workload.faster(factor).shorter(share))
        self.sessions = report.totals.offered / factor / share
        near = pressure(report)
        self._told(f"searching the first limit: {report.totals.offered / report.duration:,.0f} CPS are {near.share:.0%} of it")
        if near.share < 1:
            self.held, self.rate = max(self.held, factor), max(self.rate, report.totals.offered / report.duration)
        elif factor < self.failed:
            self.failed, self.limit = factor, near.limit
        return near.share

    def _next(self, factor: float, share: float) -> float:
        """Loads grow with the rate, so what was seen says where the limit is; near it, halve what is left."""
        guess = min(factor / max(share, 1e-3), factor * 100, _MOST)
        if self.held < guess < self.failed and abs(guess / factor - 1) > 2 * self._precision:
            return guess
        if self.failed == float("inf"):
            return min(factor * (1 + 2 * self._precision), _MOST)
        return (self.held + self.failed) / 2
