"""Early ageout in a play: where a table has filled to its high watermark, those that have been silent make room.

As in a live chassis it is looked at once a second. Whoever has to go is cut short, and the play is run again with that, as
after a failure; so both engines say the same of it. An arrival that joined a session keeps it no longer awake.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf

import numpy as np
from numpy.typing import NDArray

from hwmodel.engine.cut import cut_short
from hwmodel.engine.fates import CREATED
from hwmodel.engine.play import Outcome, Play
from hwmodel.sessions import Sessions


@dataclass(slots=True, eq=False)
class Watermarks:
    """Since when each SPU's table has been above its watermark (never: inf), the next second, and who had to go so far."""

    since: NDArray[np.float64]
    second: int = 1
    aged: int = 0

    def heeded(self, ready: Play, run: Callable[[Play], Outcome], until: float) -> Play:
        """The play with those cut short that had to make room before that time."""
        if ready.settings.high_watermark >= 100:  # Junos' default: it never starts
            return ready
        part = replace(ready.sessions, duration=until)
        outcome = run(replace(ready, sessions=part))
        while self.second < until:
            victims = self._due(ready, outcome, float(self.second))
            if victims.size:
                gone = np.zeros(len(ready.sessions), np.bool_)
                gone[victims] = True
                ready = cut_short(ready, gone, float(self.second))
                outcome = run(replace(ready, sessions=part))
                self.aged += victims.size
            self.second += 1
        return ready

    def _due(self, ready: Play, outcome: Outcome, now: float) -> NDArray[np.int64]:
        """Rows of the sessions that have to go: on each SPU those silent for the longest, down to the low watermark."""
        settings, limits = ready.settings, ready.limits
        there = np.flatnonzero((outcome.fate == CREATED) & (ready.sessions.at < now) & (ready.ends > now))
        owners = outcome.owner[there]
        used = np.bincount(owners, ready.slots[there], len(limits))
        calm = 100 * used <= settings.low_watermark * limits
        self.since[calm] = inf
        self.since[~calm & (self.since == inf) & (100 * used >= settings.high_watermark * limits)] = now
        due = []
        for spu in np.flatnonzero(self.since <= now - settings.early_ageout):
            rows = there[owners == spu]
            last = last_packets(ready.sessions, rows, now)
            early = now - np.maximum(last, self.since[spu]) >= settings.early_ageout
            most = int(used[spu]) - int(settings.low_watermark * limits[spu] / 100)
            due.append(rows[early][np.argsort(last[early], kind="stable")][: max(0, most)])
        return np.concatenate(due) if due else np.empty(0, np.int64)


def watermarks(ready: Play) -> Watermarks:
    """Of a play that has not begun."""
    return Watermarks(np.full(len(ready.limits), inf))


def last_packets(sessions: Sessions, rows: NDArray[np.int64], now: float) -> NDArray[np.float64]:
    """When each session had its last packet, its packets being spread evenly over its life."""
    gap = np.maximum(sessions.life[rows], 1e-9) / np.maximum(sessions.packets[rows], 1)
    at = sessions.at[rows]
    return at + np.floor((now - at) / gap) * gap
