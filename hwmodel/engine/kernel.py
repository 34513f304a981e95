"""The vectorised engine's inner loop, compiled: batches, arrivals and departures merged in the order of time.

Every stream of batches comes once a second, so what has been served goes to the end of one queue and that queue is in
order of time by itself: no heap, no sorting.
"""

from math import exp
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import numpy as np

from hwmodel.engine import steps as _steps
from hwmodel.engine.compiled import PLAY, compiled
from hwmodel.engine.fates import (
    CENTRAL_POINT_FULL,
    CREATED,
    DESTINATION_LIMIT,
    FULL,
    JOINED,
    NOT_AN_OPENER,
    QUEUE_FULL,
    SOURCE_LIMIT,
)
from hwmodel.engine.steps import (
    NONE,
    count,
    finish,
    grown,
    leave,
    no_room,
    reached,
    record,
    still_open,
    wait_in_line,
    wings,
)

_LOWER_32: Final = np.uint64(0xFFFF_FFFF)
_TCP = 6


def _loop(steps: int) -> Any:  # noqa: C901, PLR0915  # one loop over one state
    """The loop; the sum of the file of its steps is part of what numba knows it by, or it would take an old one."""

    @compiled(PLAY)
    def play(rule: Any, load: Any, box: Any, state: Any) -> None:  # noqa: C901, PLR0912, PLR0915  # the same
        """Play all sessions; `state` is changed."""
        steps  # noqa: B018  # see above
        (
            chosen, keys, at, ends, slots, opens, priority, protocol, ingress, clients, servers, previous,
            opening, batch, crowded, batches, start, session, further, leaving, leavers,
        ) = load  # fmt: skip
        (
            duration, first_mine, last_mine, strict, wants_load, queue, limits, threads, first_thread, wing_room, central_point,
            told, source_limit, destination_limit, epochs, refusals, hosts, spus_of, first_spu, weights, memory_of,
            first_memory,
        ) = box  # fmt: skip
        (
            held, used, recent, since, peaks, free, waited, begins, head, lengths, cached, wing_peaks, by_client, by_server,
            takes, fate, owner, full, asked, created, closed, refused, dropped, counts, sums, double, bits,
        ) = state  # fmt: skip
        spu_of = np.repeat(np.arange(len(threads)), threads)
        line = np.full((2, 3), float(NONE))
        line[-1, 0] = 0
        mask = 1
        while mask < queue:
            mask *= 2
        mask -= 1  # of the places that hold when a thread's last batches begin
        ring, jobs = np.empty((1 << 10, 2)), np.empty((1 << 10, 3), np.int32)  # time, service; thread, level, batches left
        first = last = arrival = extra = gone = open_now = epoch = 0
        told_first, later, later_thread, later_left = False, 0.0, 0, 0  # a batch, while its central point is told
        now, second, thread, level, left, service, batch_service = 0.0, 0, 0, 0, 0, 0.0, 0.0
        while True:
            while arrival < len(chosen) and not first_mine <= chosen[arrival] <= last_mine:
                arrival += 1
            place = first & (len(ring) - 1)
            again_at = ring[place, 0] if first < last else np.inf
            arrives = at[arrival] if arrival < len(at) else np.inf
            starts = start[extra] if extra < len(start) else np.inf
            if not told_first:
                now = min(again_at, arrives, starts)
                if now >= duration:
                    break
                second = min(int(now), len(asked) - 1)
            if told_first:
                told_first, thread, left, service = False, later_thread, later_left, later
            elif again_at == now:
                thread, level, left = int(jobs[place, 0]), int(jobs[place, 1]), int(jobs[place, 2])
                batch_service = service = ring[place, 1]
                first += 1
            else:
                if starts == now:
                    number, left, other = int(session[extra]), int(further[extra]), NONE
                    extra += 1
                    if owner[number] == NONE:
                        continue
                else:
                    number, left = arrival, int(batches[arrival])
                    arrival += 1
                    while gone < len(leaving) and leaving[gone] <= now:
                        leaver = leavers[gone]
                        leavers[gone] = takes[leaver]
                        if leave(leaving[gone], takes[leaver], held, used, cached, closed):
                            open_now -= 1
                            count(leaver, clients, by_client, -1)
                            count(leaver, servers, by_server, -1)
                        gone += 1
                    while epoch + 1 < len(epochs) and epochs[epoch + 1] <= now:
                        epoch += 1
                    other = still_open(number, at, ends, keys, previous, fate)
                    if other != NONE:
                        fate[number], owner[number] = JOINED, owner[other]
                        if len(full):
                            full[number] = full[other]
                        if not takes[other] >> 8 & 3 and wings(takes[other] >> 10 & 0xFF, 1, wing_room, cached, wing_peaks):
                            takes[other] |= 1 << 8
                    elif refusals[epoch]:
                        fate[number] = refusals[epoch]
                        continue
                new = owner[number] == NONE
                key = keys[number]
                upper, lower = np.int64(key >> np.uint64(32)), np.int64(key & _LOWER_32)
                level = min(priority[number], 2)
                spu = int(owner[number])
                if new and len(chosen):
                    spu = int(chosen[number])
                elif new:
                    spus = spus_of[first_spu[epoch] : first_spu[epoch + 1]]
                    if wants_load:
                        for each in spus:
                            recent[each] *= exp(since[each] - now)
                            since[each] = now
                    memory = memory_of[first_memory[epoch] : first_memory[epoch + 1]]
                    spu = rule(upper, lower, spus, weights, held, recent, memory)
                thread = first_thread[spu] + (lower * threads[spu] >> 32)
                service = 0.0
                if new:
                    host = first_thread[hosts[epoch]] if told > 0 else thread
                    if strict:
                        finish(now, thread, free, head, lengths, line, counts, sums, double, bits)
                        finish(now, host, free, head, lengths, line, counts, sums, double, bits)
                    if no_room(now, thread, level, queue, mask, strict, free, lengths, waited, begins) or (
                        told > 0 and no_room(now, host, level, queue, mask, strict, free, lengths, waited, begins)
                    ):
                        fate[number] = QUEUE_FULL
                        asked[second, thread] += opening[number] + batch[number]
                    elif not opens[number]:
                        fate[number] = NOT_AN_OPENER
                    elif open_now >= central_point:
                        fate[number] = CENTRAL_POINT_FULL
                    elif reached(number, clients, by_client, source_limit):
                        fate[number] = SOURCE_LIMIT
                    elif reached(number, servers, by_server, destination_limit):
                        fate[number] = DESTINATION_LIMIT
                    elif used[spu] + slots[number] > limits[spu]:
                        fate[number] = FULL
                        refused[second, spu] += 1
                    else:
                        fate[number], owner[number] = CREATED, spu
                        port = int(ingress[number])
                        wanted = 2 if protocol[number] == _TCP else 1
                        took = wings(port, wanted, wing_room, cached, wing_peaks)
                        if len(full):
                            full[number] = took < wanted
                        takes[number] = spu << 18 | port << 10 | took << 8 | slots[number]
                        count(number, clients, by_client, 1)
                        count(number, servers, by_server, 1)
                        held[spu] += 1
                        open_now += 1
                        used[spu] += slots[number]
                        created[second, spu] += 1
                        peaks[spu] = max(peaks[spu], int(held[spu]))
                        peaks[-1] = max(peaks[-1], open_now)
                        service = opening[number]
                    if fate[number] != CREATED:
                        continue
                batch_service = crowded[number] if len(full) and full[number] else batch[number]
                service += batch_service
                if new and told > 0:
                    told_first, later, later_thread, later_left = True, service, thread, left
                    thread, left, service = host, 0, told
            asked[second, thread] += service
            if wants_load:
                unit = spu_of[thread]
                recent[unit] = recent[unit] * exp(since[unit] - now) + service / threads[unit]
                since[unit] = now
            if strict:
                finish(now, thread, free, head, lengths, line, counts, sums, double, bits)
            if free[thread] <= now:
                counts[0] += 1
                waited[thread] = 0
                free[thread] = now + service
            elif no_room(now, thread, level, queue, mask, strict, free, lengths, waited, begins):
                dropped[second, spu_of[thread]] += 1
            elif strict:
                line = wait_in_line(now, service, thread, level, head, lengths, line)
            else:
                begins[thread, waited[thread] & mask] = free[thread]
                waited[thread] += 1
                record(free[thread] - now, counts, sums, double, bits)
                free[thread] += service
            if left > 1:
                if last - first == len(ring):
                    ring, jobs = grown(ring, jobs, first, last)
                place = last & (len(ring) - 1)
                ring[place, 0], ring[place, 1] = now + 1.0, batch_service
                jobs[place, 0], jobs[place, 1], jobs[place, 2] = thread, level, left - 1
                last += 1
        while gone < len(leaving) and leaving[gone] < duration:
            leavers[gone] = takes[leavers[gone]]
            leave(leaving[gone], leavers[gone], held, used, cached, closed)
            gone += 1
        for thread in range(len(free) if strict else 0):
            finish(np.inf, thread, free, head, lengths, line, counts, sums, double, bits)

    return play


play = _loop(crc32(Path(_steps.__file__).read_bytes()))
