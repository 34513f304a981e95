"""The ends of sessions in order of time, as the vectorised engine takes them."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hwmodel.engine.compiled import compiled

_CROWD: Final = 32  # ends in a span of time, above which sorting everything is faster
_SHORTEST: Final = 1e-9  # seconds: a failure may come at once


def departures(
    ends: NDArray[np.float64], duration: float, chosen: NDArray[np.int16], spus: tuple[int, int]
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """The ends before `duration` in order, and whose they are; where SPUs are chosen, of those from the first to the last.

    There are as many equal spans of time as sessions. Ends lie near their arrivals, so what is dealt to the spans by
    turns lies near as well: a quarter of the time that a sort of everything takes.
    """
    borders, most = _spans(ends, duration, chosen, *spus)
    leaving, leavers = np.empty(borders[-1]), np.empty(borders[-1], np.int32)
    _deal(ends, duration, chosen, *spus, borders, leaving, leavers)
    if most > _CROWD:
        order = np.argsort(leaving)
        return leaving[order], leavers[order]
    _put_in_order(leaving, leavers)
    return leaving, leavers


@compiled()
def _spans(ends: Any, duration: float, chosen: Any, first: int, last: int) -> Any:
    """How many ends there are before each span, and in all; how many there are in the fullest one."""
    borders, most, scale = np.zeros(len(ends) + 2, np.int32), 0, len(ends) / max(duration, _SHORTEST)
    for row, end in enumerate(ends):
        if end < duration and (not len(chosen) or first <= chosen[row] <= last):
            borders[min(int(end * scale), len(ends) - 1) + 1] += 1
    for span in range(len(ends) + 1):
        most = max(most, borders[span + 1])
        borders[span + 1] += borders[span]
    return borders, most


@compiled()
def _deal(ends: Any, duration: float, chosen: Any, first: int, last: int, places: Any, leaving: Any, leavers: Any) -> None:
    """Every end to the next place of its span."""
    scale = len(ends) / max(duration, _SHORTEST)
    for row, end in enumerate(ends):
        if end < duration and (not len(chosen) or first <= chosen[row] <= last):
            span = min(int(end * scale), len(ends) - 1)
            leaving[places[span]], leavers[places[span]] = end, row
            places[span] += 1


@compiled()
def _put_in_order(leaving: Any, leavers: Any) -> None:
    """Each before those that are later, which are few and near."""
    for last in range(1, len(leaving)):
        end, row, place = leaving[last], leavers[last], last
        while place > 0 and leaving[place - 1] > end:
            leaving[place], leavers[place] = leaving[place - 1], leavers[place - 1]
            place -= 1
        leaving[place], leavers[place] = end, row
