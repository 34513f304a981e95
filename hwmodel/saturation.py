"""Where a box saturates: the load is raised until the first limit is reached."""

from dataclasses import dataclass

from hwmodel.platform import Platform
from hwmodel.report import Report
from hwmodel.simulate import simulate
from hwmodel.workload import Workload

_PRECISION = 0.01
_MOST = 1e6  # times the load that was given; further up nobody looks
_PROBES = 40
_SESSIONS = 4e6  # in one simulation


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
        if not self.reached:
            return f"no limit reached up to {self.rate:,.0f} CPS"
        return f"first limit reached: {self.limit} at {self.rate:,.0f} CPS"


def pressure(report: Report) -> Pressure:
    """The busiest thread in the mean of the second half, or the fullest session table, whichever is nearer."""
    found = [Pressure(0.0, "nothing")]
    for spu, threads in zip(report.spus, report.series.load, strict=True):
        for number, load in enumerate(threads):
            later = load[len(load) // 2 :]
            found.append(Pressure(float(sum(later)) / max(1, len(later)), f"SPU CPU ({spu.name}, thread {number})"))
        if spu.max_sessions:
            full = max(spu.peak_sessions / spu.max_sessions, float(spu.failed > 0))
            found.append(Pressure(full, f"session table of {spu.name}"))
    if report.totals.refused:
        found.append(Pressure(1.0, f"sessions refused ({', '.join(report.totals.refused)})"))
    return max(found, key=lambda entry: entry.share)


def saturation(platform: Platform, workload: Workload, distribution: str = "hash_based", seed: int = 0) -> Saturation:
    """Search the first limit to one per cent; the load keeps its shape and only its rate changes.

    Loads of more than some million sessions are watched for a shorter time, so session tables that fill over longer
    than that are not seen to fill.
    """
    return _Search(platform, workload, distribution, seed).run()


class _Search:
    """The highest factor that held, the lowest that did not, and what it met."""

    def __init__(self, platform: Platform, workload: Workload, distribution: str, seed: int) -> None:
        self._arguments = (platform, workload, distribution, seed)
        self.held, self.failed = 0.0, float("inf")
        self.rate, self.limit = 0.0, ""
        self.sessions = 0.0  # that the load as given comes to

    def run(self) -> Saturation:
        factor = 1.0
        for _ in range(_PROBES):
            share = self._probe(factor)
            if self._narrow or self.held >= _MOST:
                break
            factor = self._next(factor, share)
        return Saturation(self.rate, self.held, self.limit, self.failed < float("inf"))

    @property
    def _narrow(self) -> bool:
        return self.failed < float("inf") and self.failed - self.held <= _PRECISION * self.failed

    def _probe(self, factor: float) -> float:
        platform, workload, distribution, seed = self._arguments
        share = min(1.0, _SESSIONS / max(1.0, self.sessions * factor))
        report = simulate(platform, workload.faster(factor).shorter(share), distribution, seed)
        self.sessions = report.totals.offered / factor / share
        near = pressure(report)
        if near.share < 1:
            self.held, self.rate = max(self.held, factor), max(self.rate, report.totals.offered / report.duration)
        elif factor < self.failed:
            self.failed, self.limit = factor, near.limit
        return near.share

    def _next(self, factor: float, share: float) -> float:
        """Loads grow with the rate, so what was seen says where the limit is; near it, halve what is left."""
        guess = min(factor / max(share, 1e-3), factor * 100, _MOST)
        if self.held < guess < self.failed and abs(guess / factor - 1) > 2 * _PRECISION:
            return guess
        if self.failed == float("inf"):
            return min(factor * (1 + 2 * _PRECISION), _MOST)
        return (self.held + self.failed) / 2
