"""What holds between two failures: the SPUs that live, the tables made for them, and who hosts the central point."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from hwmodel import distribution as distributions
from hwmodel.distribution import Distribution, WeightTable
from hwmodel.engine.fates import NO_CENTRAL_POINT, NO_LIVE_SPU
from hwmodel.failure import Failure
from hwmodel.platform import Platform, Role
from hwmodel.session import SpuId


@dataclass(frozen=True, slots=True)
class Epoch:
    """From `at` on: the distribution, the SPU that hosts the central point, or why no new session can be (a fate)."""

    at: float
    distribution: Distribution
    host: SpuId | None
    refusal: int = 0


def epochs(platform: Platform, distribution: str, failures: Iterable[Failure]) -> tuple[Epoch, ...]:
    """All of a simulation's, in the order of time. Raises DistributionError, ModelError."""
    changes: dict[float, list[tuple[SpuId, bool]]] = {0.0: []}
    for failure in failures:
        spu = failure.place(platform)
        changes.setdefault(failure.at, []).append((spu, False))
        if failure.back < inf:
            changes.setdefault(failure.back, []).append((spu, True))
    living, made = set(range(len(platform.spus))), []
    for at in sorted(changes):
        for spu, lives in changes[at]:
            living = living | {spu} if lives else living - {spu}
        made.append(_epoch(platform, distribution, at, frozenset(living)))
    return tuple(made)


def _epoch(platform: Platform, distribution: str, at: float, living: frozenset[SpuId]) -> Epoch:
    hosts = [number for number, spu in enumerate(platform.spus) if spu.role is not Role.FLOW]
    there = [host for host in hosts if host in living]
    refusal = NO_CENTRAL_POINT if hosts and not there else 0
    if not any(platform.spus[spu].max_sessions for spu in living):
        living, refusal = frozenset(range(len(platform.spus))), NO_LIVE_SPU  # tables of nobody cannot be made
    return Epoch(at, build(platform, distribution, living), next(iter(there), None), refusal)


def build(platform: Platform, distribution: str, living: frozenset[SpuId]) -> Distribution:
    """The distribution over a platform's SPUs, of which those live; raises DistributionError."""
    weights = {number: spu.max_sessions for number, spu in enumerate(platform.spus) if spu.max_sessions}
    facts = WeightTable(weights, frozenset(weights) & living, platform.hash_entries, _untold,
                        ingresses=platform.network_processors)  # fmt: skip
    return distributions.load(distribution)(facts)


def _untold(spu: SpuId) -> int:
    raise LookupError(spu)  # engines step a rule themselves, with what they count
