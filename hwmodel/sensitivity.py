"""Which figure moves the answer most: each one changed by a tenth, the same load played again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace

from hwmodel.flow_settings import FlowSettings
from hwmodel.platform import Kind, Platform
from hwmodel.saturation import pressure
from hwmodel.simulate import simulate
from hwmodel.work import CostTable
from hwmodel.workload import Workload

_CHANGE = 0.1


@dataclass(frozen=True, slots=True)
class Effect:
    """A figure, how it is known, and per cent of change in the pressure on the first limit for each per cent of its own."""

    figure: str
    kind: Kind | None
    elasticity: float


def sensitivity(
    platform: Platform,
    workload: Workload,
    distribution: str = "hash_based",
    seed: int = 0,
    settings: FlowSettings | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> tuple[Effect, ...]:
    """The effect of every cost and capacity on how near the box is to its first limit, the strongest first.

    `told` hears which figure is being changed.
    """
    before = pressure(simulate(platform, workload, distribution, seed, settings=settings)).share
    effects = []
    for name, changed in _changed(platform):
        told(f"changing {name}")
        after = pressure(simulate(changed, workload, distribution, seed, settings=settings)).share
        elasticity = (after / before - 1) / _CHANGE if before else 0.0
        effects.append(Effect(name, _kind(platform, name), elasticity))
    return tuple(sorted(effects, key=lambda effect: -abs(effect.elasticity)))


def _changed(platform: Platform) -> Iterator[tuple[str, Platform]]:
    for field in fields(CostTable):
        value = getattr(platform.costs, field.name)
        if isinstance(value, float | int) and value:
            costs = replace(platform.costs, **{field.name: value * (1 + _CHANGE)})  # type: ignore[arg-type]  # those are numbers
            yield f"costs.{field.name}", replace(platform, costs=costs)
    larger = tuple(replace(spu, max_sessions=round(spu.max_sessions * (1 + _CHANGE))) for spu in platform.spus)
    yield "spu.max_sessions", replace(platform, spus=larger)
    if (ceiling := platform.published.get("large_gbps")) is not None:
        wider = replace(ceiling, value=float(ceiling.value) * (1 + _CHANGE))
        yield "published.large_gbps", replace(platform, published={**platform.published, "large_gbps": wider})


def _kind(platform: Platform, name: str) -> Kind | None:
    """How a figure is known; of several SPUs, the weakest word."""
    head, _, tail = name.partition(".")
    if head == "published":
        return platform.published[tail].kind
    kinds = {figure.kind for key, figure in platform.figures.items() if key.startswith(head) and key.endswith(tail)}
    return max(kinds, key=list(Kind).index, default=None)
