"""What a simulation found: shares, refusals and loads, as an object, as JSON, as a table to read."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from hwmodel.platform import Kind, Platform
from hwmodel.session import SpuId
from hwmodel.work import Work
from hwmodel.workload import Workload

_COLUMNS = "{:<10} {:<12} {:>7} {:>7} {:>9} {:>7} {:>9} {:>9} {:>6} {:>6}"
_TITLES = ("SPU", "role", "weight", "share", "created", "failed", "peak", "maximum", "mean", "peak")
_UNITS = ("", "", "%", "%", "sessions", "", "sessions", "sessions", "CPU %", "CPU %")


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


@dataclass(frozen=True, slots=True)
class Totals:
    """The chassis as a whole; `joined` arrivals hit a session that still lived on their five-tuple."""

    offered: int
    created: int
    joined: int
    closed: int
    open_at_end: int
    peak_sessions: int
    refused: Mapping[str, int]
    cpu_seconds: float
    work: Work


@dataclass(frozen=True, slots=True)
class Report:
    """A simulation's result with all that is needed to repeat it."""

    platform: Platform
    distribution: str
    workload: Workload
    seed: int
    spus: tuple[SpuReport, ...]
    totals: Totals

    @property
    def skew(self) -> float:
        """How far the busiest SPU's share of sessions lies above its weight: 0.1 is 10 % more; 0 without sessions."""
        if not self.totals.created:
            return 0.0
        return max(spu.share / spu.weight_share for spu in self.spus if spu.weight_share) - 1

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
            "workload": asdict(self.workload) | {"sizes": [asdict(size) for size in self.workload.sizes]},
            "spus": [asdict(spu) | {"overloaded": spu.overloaded} for spu in self.spus],
            "totals": asdict(self.totals) | {"refused": dict(self.totals.refused)},
            "skew": self.skew,
            "assumed": list(self.assumed),
        }

    def __str__(self) -> str:
        totals = self.totals
        refused = ", ".join(f"{count} {reason}" for reason, count in totals.refused.items()) or "none"
        lines = [
            f"{self.platform.name}, {self.distribution}, seed {self.seed}: {self.platform.description}",
            f"{totals.offered} sessions offered in {self.workload.duration:g} s, {totals.created} created",
            f"refused: {refused}",
            f"{totals.peak_sessions} at once at most, {totals.open_at_end} open at the end, skew {self.skew:+.1%}",
            "",
            _COLUMNS.format(*_TITLES).rstrip(),
            _COLUMNS.format(*_UNITS).rstrip(),
            *(self._row(spu) for spu in self.spus),
        ]
        if self.assumed:
            lines += ["", f"assumed, not measured: {', '.join(self.assumed)}"]
        return "\n".join(lines)

    @staticmethod
    def _row(spu: SpuReport) -> str:
        mark = "  overloaded" if spu.overloaded else ""
        shares = (f"{100 * spu.weight_share:.1f}", f"{100 * spu.share:.1f}")
        counts = (spu.created, spu.failed, spu.peak_sessions, spu.max_sessions)
        loads = (f"{100 * spu.mean_load:.1f}", f"{100 * spu.peak_load:.1f}")
        return _COLUMNS.format(spu.name, spu.role, *shares, *counts, *loads) + mark
