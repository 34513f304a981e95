"""The ends of sessions in order of time, as the vectorised engine takes them."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hwmodel.engine.compiled import compiled

_CROWD: Final = 32  # ends in a span of time, above which sorting everything is faster


def departures(ends: NDArray[np.float64], duration: float) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """The ends before `duration` in order, and whose they are.

    There are as many equal spans of time as sessions. Ends lie near their arrivals, so what is dealt to the spans by
    turns lies near as well: a quarter of the time that a sort of everything takes.
    """
    borders, most = _spans(ends, duration)
    if most > _CROWD:
        order = np.argsort(ends)[: borders[-1]].astype(np.int32)
        return ends[order], order
    leaving, leavers = np.empty(borders[-1]), np.empty(borders[-1], np.int32)
    _deal(ends, duration, borders, leaving, leavers)
    return leaving, leavers


@compiled()
def _span(end: float, duration: float, spans: int) -> int:
    return min(int(end * (spans / duration)), spans - 1)


@compiled()
def _spans(ends: Any, duration: float) -> Any:
    """How many ends there are before each span, and in all; how many there are in the fullest one."""
    borders, most = np.zeros(len(ends) + 2, np.int32), 0
    for end in ends:
        if end < duration:
            borders[_span(end, duration, len(ends)) + 1] += 1
    for span in range(len(ends) + 1):
        most = max(most, borders[span + 1])
        borders[span + 1] += borders[span]
    return borders, most


@compiled()
def _deal(ends: Any, duration: float, places: Any, leaving: Any, leavers: Any) -> None:
    """Every end to the next place of its span; then each before those that are later."""
    for row, end in enumerate(ends):
        if end < duration:
            span = _span(end, duration, len(ends))
            leaving[places[span]], leavers[places[span]] = end, row
            places[span] += 1
    for last in range(1, len(leaving)):
        end, row, place = leaving[last], leavers[last], last
        while place > 0 and leaving[place - 1] > end:
            leaving[place], leavers[place] = leaving[place - 1], leavers[place - 1]
            place -= 1
        leaving[place], leavers[place] = end, row
