"""First packets that wait for their session's way: told to go once every switch has done what it was told."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from nf.controller.topology import Leg
from nf.protocols.ways import Moved

FORGOTTEN = 5.0  # seconds; the NF has long let them go
Barrier: TypeAlias = tuple[int, int]  # datapath and transaction id


@dataclass(slots=True)
class _Waiting:
    rows: tuple[Moved, ...]
    leg: Leg
    barriers: set[Barrier]
    since: float


class Settling:
    """Owned by the controller's one thread; `now` is monotonic, in seconds."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []

    def begin(self, rows: tuple[Moved, ...], leg: Leg, barriers: Collection[Barrier], now: float) -> None:
        """Rows that the NF has said at a leg wait for these replies."""
        self._waiting = [one for one in self._waiting if now < one.since + FORGOTTEN]
        self._waiting.append(_Waiting(rows, leg, set(barriers), now))

    def replied(self, barrier: Barrier) -> Iterator[tuple[Leg, tuple[Moved, ...]]]:
        """A switch has done what it was told: who need not wait any longer."""
        for one in tuple(self._waiting):
            one.barriers.discard(barrier)
            if not one.barriers:
                self._waiting.remove(one)
                yield one.leg, one.rows
