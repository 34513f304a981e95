"""Session distribution: the rule by which a new session gets its SPU; one file each, the file name its name.

In: the SPU session weight table. Out: an SPU for a five-tuple, or for a column of them. A file offers `DISTRIBUTION`, a
`Build`, and its docstring's first line is its summary. Knows nothing of packets, time, or what happens to a session
afterwards. What depends on the flow alone offers `choose_many` beside `choose`; what depends on what came before offers
the `rule` that its `choose` goes by, which the vector engine compiles.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias, cast, runtime_checkable

from hwmodel.document import ModelError
from hwmodel.session import FiveTuple, SpuId

if TYPE_CHECKING:
    import numpy as np

    from hwmodel.sessions import Sessions

    Keys: TypeAlias = np.ndarray[Any, np.dtype[np.uint64]]  # `flow_hash` of every session
    Spus: TypeAlias = np.ndarray[Any, np.dtype[np.int16]]


def _idle(spu: SpuId) -> float:  # noqa: ARG001  # a chassis that tells no loads
    return 0.0


class DistributionError(ModelError):
    """An unknown distribution."""


@dataclass(frozen=True, slots=True)
class WeightTable:
    """What a distribution may go by: each SPU's weight (its session capacity), who lives, how large tables are."""

    weights: Mapping[SpuId, int]
    living: frozenset[SpuId]  # never empty, all of them in `weights`
    entries: int
    sessions_on: Callable[[SpuId], int]  # sessions that an SPU holds at the moment of the call
    load_on: Callable[[SpuId], float] = _idle  # CPU time a thread of it was asked for lately (1 s, decaying)
    ingresses: int = 1  # network processors


class Chooser(Enum):
    """Who gives a new session its SPU."""

    NETWORK_PROCESSOR = "network processor"  # by tables of which every card holds the same copy
    CENTRAL_POINT = "central point"  # network processors send it what belongs to no session


class Distribution(Protocol):
    """A rule made for the SPUs that live at the moment; a new one is built when that changes.

    What network processors choose by depends on the flow alone and is the same for both its directions, since their
    copies never talk to each other. The central point is one, so its choice may go by what it chose before.
    """

    chooser: ClassVar[Chooser]

    def choose(self, flow: FiveTuple, ingress: int = 0) -> SpuId:
        """A living SPU for a new session that came in through that network processor."""
        ...


@runtime_checkable
class Stateless(Distribution, Protocol):
    """A distribution that depends on the flow (and its ingress) alone."""

    def choose_many(self, sessions: "Sessions", keys: "Keys") -> "Spus":
        """What `choose` says of every session; `keys` are their hashes."""
        ...


@runtime_checkable
class Stateful(Distribution, Protocol):
    """A distribution that goes by what SPUs hold, or by what it has chosen before.

    `rule(upper, lower, spus, weights, held, load, memory)` gives the SPU: the halves of the flow's hash; living SPUs in
    order; by SPU number weights, sessions held, load; and what the rule keeps between calls. It is plain enough for numba.
    """

    rule: "Rule"
    spus: list[SpuId]
    weights: list[float]
    memory: list[float]
    wants_load: ClassVar[bool]


Rule: TypeAlias = Callable[[int, int, Any, Any, Any, Any, Any], SpuId]  # lists for one flow, arrays for many
Build: TypeAlias = Callable[[WeightTable], Distribution]


def available() -> tuple[str, ...]:
    """The names of all distributions."""
    return tuple(sorted(module.name for module in iter_modules(__path__) if not module.name.startswith("_")))


def load(name: str) -> Build:
    """The distribution of that name; raises DistributionError."""
    if name not in available():
        raise DistributionError("", name, f"unknown distribution; available: {', '.join(available())}")
    return cast("Build", import_module(f"{__name__}.{name}").DISTRIBUTION)
