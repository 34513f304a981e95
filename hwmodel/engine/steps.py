"""What the vectorised engine's loop does at each event, compiled: lines of threads, tables, caches, limits.

Functions take single columns: what is handed over in a tuple is counted anew by numba at every use, which costs more than
all that is done with it.
"""

from typing import Any

import numpy as np

from hwmodel.engine.compiled import compiled
from hwmodel.engine.fates import CREATED
from hwmodel.engine.waits import BINS, LOWEST

NONE = -1


@compiled()
def record(wait: float, counts: Any, sums: Any, double: Any, bits: Any) -> None:
    """Count a wait in its place: the upper bits of its number, which grow with it. `bits` views the memory of `double`."""
    double[0] = wait
    counts[min(max((bits[0] >> 46) - LOWEST, 0), BINS - 1)] += 1
    sums[0] += wait
    sums[1] = max(sums[1], wait)


@compiled()
def finish(
    now: float, thread: int, free: Any, head: Any, lengths: Any, line: Any, counts: Any, sums: Any, double: Any, bits: Any
) -> None:
    """Begin everything on a thread that begins before `now`, the highest priority first."""
    while free[thread] <= now:
        level = 0
        while level < 3 and head[thread, level, 0] == NONE:
            level += 1
        if level == 3:
            return
        job = head[thread, level, 0]
        head[thread, level, 0] = int(line[job, 0])
        lengths[thread, level] -= 1
        record(free[thread] - line[job, 1], counts, sums, double, bits)
        free[thread] += line[job, 2]
        # the place is free again: the last row's first number begins the list of free places
        line[job, 0] = line[-1, 0]
        line[-1, 0] = job


@compiled()
def wait_in_line(at: float, service: float, thread: int, level: int, head: Any, lengths: Any, line: Any) -> Any:
    """Put a batch at the end of its priority's line; returns the lines, which may have grown."""
    if int(line[-1, 0]) == NONE:
        line = _longer(line)
    job = int(line[-1, 0])
    line[-1, 0] = line[job, 0]
    line[job, 0], line[job, 1], line[job, 2] = NONE, at, service
    if head[thread, level, 0] == NONE:
        head[thread, level, 0] = job
    else:
        line[head[thread, level, 1], 0] = job
    head[thread, level, 1] = job
    lengths[thread, level] += 1
    return line


@compiled()
def _longer(line: Any) -> Any:
    """The lines with as many free places more as there were."""
    used = len(line) - 1
    grown = np.empty((2 * used + 1, 3))
    grown[:used] = line[:used]
    for job in range(used, 2 * used):
        grown[job, 0] = job + 1
    grown[2 * used - 1, 0] = NONE
    grown[2 * used, 0] = used
    return grown


@compiled()
def no_room(
    now: float, thread: int, level: int, queue: int, mask: int, strict: bool, free: Any, lengths: Any, waited: Any, begins: Any
) -> bool:
    """Whether a batch that comes now finds its line full; with strict priorities after the thread's `finish`."""
    if free[thread] <= now:
        return False
    if strict:
        return bool(lengths[thread, level] >= queue)
    return bool(waited[thread] >= queue and begins[thread, waited[thread] - queue & mask] > now)


@compiled()
def still_open(arrival: int, at: Any, ends: Any, keys: Any, previous: Any, fate: Any) -> int:
    """The session of the same flow that has not ended, or none."""
    earlier = previous[arrival]
    while earlier != NONE:
        if fate[earlier] == CREATED and ends[earlier] > at[arrival] and keys[earlier] == keys[arrival]:
            return int(earlier)
        earlier = previous[earlier]
    return NONE


@compiled()
def wings(place: int, wanted: int, room: int, cached: Any, peaks: Any) -> int:
    """Put wings into a network processor's cache; returns how many it took."""
    took: int = max(0, min(wanted, room - cached[place]))
    cached[place] += took
    cached[-1] += wanted - took
    peaks[place] = max(peaks[place], cached[place])
    return took


@compiled()
def leave(at: float, taken: int, held: Any, used: Any, cached: Any, closed: Any) -> int:
    """A session's end, if it was created; `taken` is all that it holds. Returns how many are gone."""
    if not taken:
        return 0
    held[taken >> 18] -= 1
    used[taken >> 18] -= taken & 0xFF
    cached[taken >> 10 & 0xFF] -= taken >> 8 & 3
    closed[min(int(at), len(closed) - 1), taken >> 18] += 1
    return 1


@compiled()
def count(row: int, addresses: Any, sessions: Any, change: int) -> None:
    """One session more or less of an address, where that is limited."""
    if len(addresses):
        sessions[addresses[row]] += change


@compiled()
def reached(row: int, addresses: Any, sessions: Any, limit: int) -> bool:
    """Whether an address has as many sessions as it may have."""
    return bool(len(addresses) and sessions[addresses[row]] >= limit)


@compiled()
def grown(ring: Any, jobs: Any, first: int, last: int) -> Any:
    """The ring twice as long, each of its places at the same number."""
    size = len(ring)
    longer, more = np.empty((2 * size, 2)), np.empty((2 * size, 3), np.int32)
    for number in range(first, last):
        longer[number & (2 * size - 1)] = ring[number & (size - 1)]
        more[number & (2 * size - 1)] = jobs[number & (size - 1)]
    return longer, more
