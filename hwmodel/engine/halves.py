"""Two halves of a box that do not touch, played at once, and what they have in common, counted afterwards.

What a session meets depends on others by its SPU's table and its thread's line, where the flow alone chooses the SPU and
no limit and no classic central point knows of all. The caches of network processors only count, if they do not fill.
"""

from typing import Any

import numpy as np

from hwmodel.engine.compiled import Load, State, compiled
from hwmodel.engine.fates import CREATED
from hwmodel.engine.play import Play
from hwmodel.session import TCP

_TCP = int(TCP)


def falls_apart(ready: Play, load: Load) -> bool:
    """Whether the SPUs' sessions have nothing to do with each other but places in network processors' caches."""
    again = np.flatnonzero(load.previous >= 0)
    return bool(
        len(load.chosen)
        and len(ready.epochs) == 1
        and not ready.settings.classic_central_point
        and not len(load.clients) + len(load.servers) + len(load.crowded)
        and (load.chosen[again] == load.chosen[load.previous[again]]).all()
    )


def joined(one: State, other: State) -> State:
    """What came of both halves, but for peaks of the whole box; the first one is changed."""
    for name in ("fate", "asked", "created", "closed", "refused", "dropped", "peaks", "counts"):
        whole = getattr(one, name)
        whole += getattr(other, name)
    np.maximum(one.owner, other.owner, out=one.owner)
    one.sums[0] += other.sums[0]
    one.sums[1] = max(one.sums[1], other.sums[1])
    return one


@compiled()
def census(
    at: Any, fate: Any, protocol: Any, ingress: Any, leaving: Any, held: Any, others_leaving: Any, others_held: Any, peaks: Any
) -> int:
    """The most sessions at once, and of each network processor the most wings, after both halves are played."""
    gone = others_gone = there = peak = 0
    wings = np.zeros(len(peaks), np.int64)
    for row in range(len(at)):
        if fate[row] != CREATED:
            continue
        while gone < len(leaving) and leaving[gone] <= at[row]:
            there -= held[gone] != 0
            wings[held[gone] >> 10 & 0xFF] -= held[gone] >> 8 & 3
            gone += 1
        while others_gone < len(others_leaving) and others_leaving[others_gone] <= at[row]:
            there -= others_held[others_gone] != 0
            wings[others_held[others_gone] >> 10 & 0xFF] -= others_held[others_gone] >> 8 & 3
            others_gone += 1
        there += 1
        peak = max(peak, there)
        wings[ingress[row]] += 2 if protocol[row] == _TCP else 1
        peaks[ingress[row]] = max(peaks[ingress[row]], wings[ingress[row]])
    return peak
