"""Session distribution: the rule by which a new session gets its SPU; one file each, the file name its name.

In: the SPU session weight table. Out: an SPU for a five-tuple. A file offers `DISTRIBUTION`, a `Build`, and its
docstring's first line is its summary. Knows nothing of packets, time, or what happens to a session afterwards.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from pkgutil import iter_modules
from typing import ClassVar, Protocol, TypeAlias, cast

from hwmodel.document import ModelError
from hwmodel.session import FiveTuple, SpuId


class DistributionError(ModelError):
    """An unknown distribution."""


@dataclass(frozen=True, slots=True)
class WeightTable:
    """What a distribution may go by: each SPU's weight (its session capacity), who lives, how large tables are."""

    weights: Mapping[SpuId, int]
    living: frozenset[SpuId]  # never empty, all of them in `weights`
    entries: int
    sessions_on: Callable[[SpuId], int]  # sessions that an SPU holds at the moment of the call


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

    def choose(self, flow: FiveTuple) -> SpuId:
        """A living SPU for a new session."""
        ...


Build: TypeAlias = Callable[[WeightTable], Distribution]


def available() -> tuple[str, ...]:
    """The names of all distributions."""
    return tuple(sorted(module.name for module in iter_modules(__path__) if not module.name.startswith("_")))


def load(name: str) -> Build:
    """The distribution of that name; raises DistributionError."""
    if name not in available():
        raise DistributionError("", name, f"unknown distribution; available: {', '.join(available())}")
    return cast("Build", import_module(f"{__name__}.{name}").DISTRIBUTION)
