"""Ageing: network processors forget who is silent, and of a full table the longest idle sessions end before their time."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from hwmodel import Chassis
from nf.dataplane.ledger import Row
from nf.dataplane.loop import Chore, Loop

INTERVAL: Final = 1.0  # seconds between two looks; workers tell once a second who is not idle


class Ageing:
    """Asks the chassis who is to make room, and their workers, which know it exactly, to end those that are still silent.

    Sessions whose own time is up are their workers' affair alone.
    """

    def __init__(self, loop: Loop, chassis: Chassis, rows: Mapping[int, Row],
                 end: Callable[[Iterable[int], float], None]) -> None:
        self._loop, self._chassis, self._rows, self._end = loop, chassis, rows, end
        self._looks = Chore(self._look)

    def start(self) -> None:
        """Look from now on."""
        self._loop.arm(self._looks, INTERVAL)

    def _look(self) -> None:
        self._loop.arm(self._looks, INTERVAL)
        self._chassis.age_wings(self._loop.now)
        rows = ((session.id, self._rows.get(session.id)) for session in self._chassis.early_ageouts(self._loop.now))
        self._end([session_id for session_id, row in rows if row is not None and not row.cleared],
                  self._chassis.settings.early_ageout)
