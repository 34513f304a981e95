"""Many simulations at once: a grid of platforms, distributions and loads, each point on its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from hwmodel.platform import load_platform
from hwmodel.saturation import pressure
from hwmodel.simulate import simulate
from hwmodel.workload import Workload


@dataclass(frozen=True, slots=True)
class Point:
    """What to simulate; `load` is how many times the workload's rate."""

    platform: str
    distribution: str
    load: float
    seed: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a point came to: rates in sessions a second, waiting in seconds, shares of 1.

    `pressure` is how near the box is to its first limit, and `limit` what that is; at 1 or more it does not carry the load.
    """

    platform: str
    distribution: str
    load: float
    seed: int
    offered: float
    created: int
    refused: int
    mean_cpu: float
    pressure: float
    limit: str
    waiting_p99: float
    skew: float
    assumed: tuple[str, ...]  # figures of the platform that were

    @property
    def carried(self) -> bool:
        """Whether every limit was kept."""
        return self.pressure < 1


def grid(
    platforms: Sequence[str], distributions: Sequence[str], loads: Sequence[float] = (1.0,), seeds: Sequence[int] = (0,)
) -> tuple[Point, ...]:
    """Every combination."""
    return tuple(Point(*values) for values in product(platforms, distributions, loads, seeds))


def outcome(point: Point, workload: Workload) -> Outcome:
    """Simulate one point. Raises ModelError for unknown names."""
    platform = load_platform(point.platform)
    report = simulate(platform, workload.faster(point.load), point.distribution, point.seed)
    near = pressure(report)
    return Outcome(
        platform=point.platform,
        distribution=point.distribution,
        load=point.load,
        seed=point.seed,
        offered=report.totals.offered / report.duration,
        created=report.totals.created,
        refused=sum(report.totals.refused.values()),
        mean_cpu=report.totals.cpu_seconds / (report.duration * platform.threads),
        pressure=near.share,
        limit=near.limit,
        waiting_p99=report.delays.p99,
        skew=report.skew,
        assumed=platform.assumed,
    )
