"""The vectorised engine's inner loop, compiled: batches, arrivals and departures merged in the order of time.

Every stream of batches comes once a second, so what has been served goes to the end of one queue and that queue is in
order of time by itself: no heap, no sorting.
"""

from collections.abc import Callable
from functools import partial
from math import exp
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit, types

from hwmodel.engine.play import CREATED, FULL, JOINED, NOT_AN_OPENER

_BINS = 1 << 13  # of waits: 64 between a power of two and the next, from 2**-64 s on
_LOWEST = (1023 - 64) << 6
_LOWER_32 = np.uint64(0xFFFF_FFFF)
_NONE = -1

_floats, _wholes = types.float64[::1], types.int64[::1]
RULE = types.int64(types.int64, types.int64, _wholes, _floats, _floats, _floats, _floats)

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(*signature: Any) -> Callable[[_Function], _Function]:
    """Compile for this machine; what was compiled is kept beside the function's file, where that is writable."""

    made = partial(njit, *signature, nogil=True)

    def compile_it(function: _Function) -> _Function:
        try:
            return cast("_Function", made(cache=True)(function))
        except RuntimeError:  # nowhere to keep it
            return cast("_Function", made(cache=False)(function))

    return compile_it


@compiled()
def _bin(wait: float, double: Any, bits: Any) -> int:
    """The place of a wait: the upper bits of its number, which grow with it. `bits` views the memory of `double`."""
    double[0] = wait
    place: int = min(max((bits[0] >> 46) - _LOWEST, 0), _BINS - 1)
    return place


def bin_floors() -> Any:
    """The least wait of every place but the first, which holds those that did not wait."""
    bits = (np.arange(_BINS, dtype=np.int64) + _LOWEST) << 46
    floors = bits.view(np.float64)
    floors[0] = 0.0
    return floors


@compiled()
def _record(wait: float, counts: Any, sums: Any, double: Any, bits: Any) -> None:
    counts[_bin(wait, double, bits)] += 1
    sums[0] += wait
    sums[1] = max(sums[1], wait)


@compiled()
def _finish(now: float, thread: int, free: Any, head: Any, line: Any, counts: Any, sums: Any, double: Any, bits: Any) -> None:
    """Begin everything on a thread that begins before `now`, the highest priority first."""
    while free[thread] <= now:
        level = 0
        while level < 3 and head[thread, level, 0] == _NONE:
            level += 1
        if level == 3:
            return
        job = head[thread, level, 0]
        head[thread, level, 0] = int(line[job, 0])
        _record(free[thread] - line[job, 1], counts, sums, double, bits)
        free[thread] += line[job, 2]
        # the place is free again: the last row's first number begins the list of free places
        line[job, 0] = line[-1, 0]
        line[-1, 0] = job


@compiled()
def _wait_in_line(at: float, service: float, thread: int, level: int, head: Any, line: Any) -> Any:
    """Put a batch at the end of its priority's line; returns the lines, which may have grown."""
    job = int(line[-1, 0])
    if job == _NONE:
        line = _longer(line)
        job = int(line[-1, 0])
    line[-1, 0] = line[job, 0]
    line[job, 0], line[job, 1], line[job, 2] = _NONE, at, service
    if head[thread, level, 0] == _NONE:
        head[thread, level, 0] = job
    else:
        line[head[thread, level, 1], 0] = job
    head[thread, level, 1] = job
    return line


@compiled()
def _longer(line: Any) -> Any:
    """The lines with as many free places more as there were."""
    used = len(line) - 1
    grown = np.empty((2 * used + 1, 3))
    grown[:used] = line[:used]
    for job in range(used, 2 * used):
        grown[job, 0] = job + 1
    grown[2 * used - 1, 0] = _NONE
    grown[2 * used, 0] = used
    return grown


@compiled()
def _still_open(arrival: int, at: Any, ends: Any, keys: Any, previous: Any, fate: Any) -> int:
    """The session of the same flow that has not ended, or none."""
    earlier = previous[arrival]
    while earlier != _NONE:
        if fate[earlier] == CREATED and ends[earlier] > at[arrival] and keys[earlier] == keys[arrival]:
            return int(earlier)
        earlier = previous[earlier]
    return _NONE


@compiled()
def _leave(at: float, taken: int, held: Any, used: Any, closed: Any) -> int:
    """A session's end, if it was created; `taken` is its SPU and slots. Returns how many are gone."""
    if not taken:
        return 0
    held[taken >> 8] -= 1
    used[taken >> 8] -= taken & 0xFF
    closed[min(int(at), len(closed) - 1), taken >> 8] += 1
    return 1


@compiled()
def _grown(ring: Any, jobs: Any, first: int, last: int) -> Any:
    """The ring twice as long, each of its places at the same number."""
    size = len(ring)
    longer, more = np.empty((2 * size, 2)), np.empty((2 * size, 3), np.int32)
    for number in range(first, last):
        longer[number & (2 * size - 1)] = ring[number & (size - 1)]
        more[number & (2 * size - 1)] = jobs[number & (size - 1)]
    return longer, more


_int8s, _int16s, _int32s, _bytes = types.int8[::1], types.int16[::1], types.int32[::1], types.uint8[::1]
_keys, _table, _by_second = types.uint64[::1], types.float64[:, ::1], types.int64[:, ::1]


@compiled(
    types.void(
        types.FunctionType(RULE), types.boolean, types.boolean, types.float64,
        _int16s, _keys, _floats, _floats, _bytes, _bytes, _bytes, _int32s,
        _floats, _floats, _int32s, _floats, _int32s, _int32s, _floats, _int32s,
        _wholes, _floats, _floats, _floats, _floats, _wholes, _wholes, _wholes,
        _int8s, _int16s, _table, _by_second, _by_second, _by_second, _wholes, _wholes, _floats,
    )
)  # fmt: skip
def play(  # noqa: C901, PLR0912, PLR0915  # one loop: what it would hand to functions is all it works on
    rule: Any, wants_load: bool, strict: bool, duration: float,
    chosen: Any, keys: Any, at: Any, ends: Any, slots: Any, opens: Any, priority: Any, previous: Any,
    opening: Any, batch: Any, batches: Any, start: Any, session: Any, further: Any, leaving: Any, leavers: Any,
    spus: Any, weights: Any, held: Any, load: Any, memory: Any, limits: Any, threads: Any, first_thread: Any,
    fate: Any, owner: Any, asked: Any, created: Any, closed: Any, refused: Any, peaks: Any, wait_counts: Any, sums: Any,
) -> None:  # fmt: skip
    """Play all sessions; the arrays of the last line, `held`, `load` and `memory` are changed.

    `leaving` and `leavers` are the ends in order and whose they are; `peaks` has one place more, for all SPUs.
    """
    seconds = len(asked)
    free = np.zeros(asked.shape[1])
    spu_of = np.repeat(np.arange(len(threads)), threads)
    head = np.full((len(free), 3, 2), _NONE, np.int64)
    line = np.full((2, 3), float(_NONE))
    line[-1, 0] = 0
    double = np.zeros(1)
    bits = double.view(np.int64)
    used = np.zeros(len(limits), np.int64)
    takes = np.zeros(len(at), np.int32)  # by session that was created: SPU and slots, so that its end is one look
    since = np.zeros(len(limits))
    ring, jobs = np.empty((1 << 10, 2)), np.empty((1 << 10, 3), np.int32)  # time, service; thread, level, batches left
    first = last = arrival = extra = gone = now_open = 0
    while True:
        place = first & (len(ring) - 1)
        again_at = ring[place, 0] if first < last else np.inf
        arrives = at[arrival] if arrival < len(at) else np.inf
        begins = start[extra] if extra < len(start) else np.inf
        now = min(again_at, arrives, begins)
        if now >= duration:
            break
        second = min(int(now), seconds - 1)
        if again_at == now:
            thread, level, left = int(jobs[place, 0]), int(jobs[place, 1]), int(jobs[place, 2])
            batch_service = service = ring[place, 1]
            first += 1
        else:
            service = 0.0
            if begins == now:
                number, left = int(session[extra]), int(further[extra])
                extra += 1
                if owner[number] == _NONE:
                    continue
            else:
                number, left = arrival, int(batches[arrival])
                arrival += 1
                while gone < len(leaving) and leaving[gone] <= now:
                    now_open -= _leave(leaving[gone], takes[leavers[gone]], held, used, closed)
                    gone += 1
                other = _still_open(number, at, ends, keys, previous, fate)
                if other != _NONE:
                    fate[number], owner[number] = JOINED, owner[other]
                else:
                    if len(chosen):
                        spu = int(chosen[number])
                    else:
                        if wants_load:
                            for each in spus:
                                load[each] *= exp(since[each] - now)
                                since[each] = now
                        key = keys[number]
                        upper, lower = np.int64(key >> np.uint64(32)), np.int64(key & _LOWER_32)
                        spu = rule(upper, lower, spus, weights, held, load, memory)
                    if not opens[number]:
                        fate[number] = NOT_AN_OPENER
                        continue
                    if used[spu] + slots[number] > limits[spu]:
                        fate[number] = FULL
                        refused[second, spu] += 1
                        continue
                    fate[number], owner[number], takes[number] = CREATED, spu, spu << 8 | slots[number]
                    held[spu] += 1
                    now_open += 1
                    used[spu] += slots[number]
                    created[second, spu] += 1
                    peaks[spu] = max(peaks[spu], int(held[spu]))
                    peaks[-1] = max(peaks[-1], now_open)
                    service = opening[number]
            spu = int(owner[number])
            thread = first_thread[spu] + (np.int64(keys[number] & _LOWER_32) * threads[spu] >> 32)
            level = min(priority[number], 2)
            batch_service = batch[number]
            service += batch_service
        asked[second, thread] += service
        if wants_load:
            spu = spu_of[thread]
            load[spu] = load[spu] * exp(since[spu] - now) + service / threads[spu]
            since[spu] = now
        if strict:
            _finish(now, thread, free, head, line, wait_counts, sums, double, bits)
        if free[thread] <= now:
            wait_counts[0] += 1
            free[thread] = now + service
        elif strict:
            line = _wait_in_line(now, service, thread, level, head, line)
        else:
            _record(free[thread] - now, wait_counts, sums, double, bits)
            free[thread] += service
        if left > 1:
            if last - first == len(ring):
                ring, jobs = _grown(ring, jobs, first, last)
            place = last & (len(ring) - 1)
            ring[place, 0], ring[place, 1] = now + 1.0, batch_service
            jobs[place, 0], jobs[place, 1], jobs[place, 2] = thread, level, left - 1
            last += 1
    while gone < len(leaving) and leaving[gone] < duration:
        _leave(leaving[gone], takes[leavers[gone]], held, used, closed)
        gone += 1
    for thread in range(len(free) if strict else 0):
        _finish(np.inf, thread, free, head, line, wait_counts, sums, double, bits)
