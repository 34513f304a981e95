"""The exact engine: one event after the other, in the order of time; what the vectorised one is measured against.

At one moment departures come first, then batches of sessions that are there, then arrivals.
"""

from collections import deque
from heapq import heappop, heappush
from math import exp, inf
from typing import Final

import numpy as np

from hwmodel.distribution import Stateful
from hwmodel.engine.play import CREATED, FULL, JOINED, NOT_AN_OPENER, Outcome, Play
from hwmodel.sessions import OPENS

_DEPARTURE, _BATCH = 0, 1
_LOWER_32: Final = 0xFFFF_FFFF


def run(ready: Play) -> Outcome:
    """Play everything; the same play gives the same outcome."""
    running = _Run(ready)
    running.play()
    return running.outcome()


class Thread:
    """One server: batches wait in three lines, and who is served is not interrupted."""

    __slots__ = ("_free", "_lines", "waits")

    def __init__(self) -> None:
        self._free = 0.0
        self._lines: tuple[deque[tuple[float, float]], ...] = (deque(), deque(), deque())
        self.waits: list[float] = []

    def ask(self, now: float, service: float, level: int) -> None:
        """A batch has come."""
        if self._free <= now:
            self.finish(now)
        if self._free <= now:
            self.waits.append(0.0)
            self._free = now + service
        else:
            self._lines[level].append((now, service))

    def finish(self, now: float = inf) -> None:
        """Begin whatever begins before `now`, the highest priority first."""
        while self._free <= now:
            line = next(filter(None, self._lines), None)
            if line is None:
                return
            came, service = line.popleft()
            self.waits.append(self._free - came)
            self._free += service


class _Run:
    """One play: the agenda, the tables, the threads, and what was counted."""

    def __init__(self, ready: Play) -> None:
        self.ready = ready
        self.seconds = ready.seconds
        self.at, self.ends = ready.sessions.at.tolist(), ready.ends.tolist()
        self.keys, self.slots, self.limits = ready.keys.tolist(), ready.slots.tolist(), ready.limits.tolist()
        self.batch, self.priority = ready.demand.batch.tolist(), ready.sessions.priority.tolist()
        self.threads = [[Thread() for _ in range(spec.threads)] for spec in ready.platform.spus]
        self.load = [[[0.0] * self.seconds for _ in range(spec.threads)] for spec in ready.platform.spus]
        self.agenda: list[tuple[float, int, int, int]] = []
        self.open: dict[int, int] = {}  # by key: the session of that flow
        size, spus = len(self.at), len(self.threads)
        self.fate, self.owner = [0] * size, [-1] * size
        self.held, self.used, self.peaks = [0] * spus, [0] * spus, [0] * spus
        self.peak = 0
        self.created, self.closed, self.refused = ([[0] * self.seconds for _ in range(spus)] for _ in range(3))
        self.recent, self.since = [0.0] * spus, [0.0] * spus
        made = ready.distribution
        self.stateful = made if isinstance(made, Stateful) else None
        self.memory = list(self.stateful.memory) if self.stateful else []
        self.chosen = ready.chosen.tolist()

    def play(self) -> None:
        """Everything that happens while it is watched."""
        asks, duration = self.ready.demand, self.ready.sessions.duration
        opens = (self.ready.sessions.flags & OPENS).tolist()
        further = zip(asks.start.tolist(), asks.session.tolist(), asks.further.tolist(), strict=True)
        self.agenda.extend((start, _BATCH, session, left) for start, session, left in further)  # in order of time, so a heap
        opening, batches = asks.opening.tolist(), asks.batches.tolist()
        for number, now in enumerate(self.at):
            if now >= duration:
                break
            self.until(now)
            if self.arrive(number, now, opens[number]):
                extra = opening[number] if self.fate[number] == CREATED else 0.0
                self.serve(now, number, extra + self.batch[number])
                if batches[number] > 1:
                    heappush(self.agenda, (now + 1.0, _BATCH, number, batches[number] - 1))
        self.until(duration, before=True)
        for thread in (thread for spu in self.threads for thread in spu):
            thread.finish()

    def until(self, now: float, *, before: bool = False) -> None:
        """All events up to that time, or before it."""
        agenda = self.agenda
        while agenda and (agenda[0][0] < now or (agenda[0][0] == now and not before)):
            at, kind, number, left = heappop(agenda)
            if kind == _DEPARTURE:
                self.depart(number, at)
            elif self.owner[number] >= 0:
                self.serve(at, number, self.batch[number])
                if left > 1:
                    heappush(agenda, (at + 1.0, _BATCH, number, left - 1))

    def arrive(self, number: int, now: float, opens: int) -> bool:
        """A session's first packet: it opens one, joins one, or is refused."""
        key = self.keys[number]
        other = self.open.get(key)
        if other is not None:
            self.fate[number], self.owner[number] = JOINED, self.owner[other]
            return True
        spu = self.choose(number, key, now)
        slots = self.slots[number]
        if not opens:
            self.fate[number] = NOT_AN_OPENER
        elif self.used[spu] + slots > self.limits[spu]:
            self.fate[number] = FULL
            self.refused[spu][min(int(now), self.seconds - 1)] += 1
        else:
            self.fate[number], self.owner[number] = CREATED, spu
            self.open[key] = number
            self.held[spu] += 1
            self.used[spu] += slots
            self.created[spu][min(int(now), self.seconds - 1)] += 1
            self.peaks[spu] = max(self.peaks[spu], self.held[spu])
            self.peak = max(self.peak, len(self.open))
            heappush(self.agenda, (self.ends[number], _DEPARTURE, number, 0))
            return True
        return False

    def choose(self, number: int, key: int, now: float) -> int:
        """The SPU that the distribution gives a new session."""
        made = self.stateful
        if made is None:
            return int(self.chosen[number])
        if made.wants_load:
            for spu in made.spus:
                self.recent[spu] *= exp(self.since[spu] - now)
                self.since[spu] = now
        return made.rule(key >> 32, key & _LOWER_32, made.spus, made.weights, self.held, self.recent, self.memory)

    def depart(self, number: int, now: float) -> None:
        """A session's end."""
        spu = self.owner[number]
        del self.open[self.keys[number]]
        self.held[spu] -= 1
        self.used[spu] -= self.slots[number]
        self.closed[spu][min(int(now), self.seconds - 1)] += 1

    def serve(self, now: float, number: int, service: float) -> None:
        """A batch for the thread that the flow's hash names."""
        spu = self.owner[number]
        threads = self.threads[spu]
        thread = (self.keys[number] & _LOWER_32) * len(threads) >> 32
        self.load[spu][thread][min(int(now), self.seconds - 1)] += service
        if self.stateful is not None and self.stateful.wants_load:
            self.recent[spu] = self.recent[spu] * exp(self.since[spu] - now) + service / len(threads)
            self.since[spu] = now
        threads[thread].ask(now, service, self.priority[number])

    def outcome(self) -> Outcome:
        """What was counted, as columns."""
        waits = np.sort([wait for spu in self.threads for thread in spu for wait in thread.waits])
        return Outcome(
            fate=np.array(self.fate, np.int8),
            owner=np.array(self.owner, np.int16),
            load=np.array([thread for spu in self.load for thread in spu]),
            created=np.array(self.created),
            closed=np.array(self.closed),
            refused=np.array(self.refused),
            peaks=np.array(self.peaks),
            peak=self.peak,
            waits=waits,
            wait_counts=np.ones(len(waits), np.int64),
            mean_wait=float(waits.mean()) if len(waits) else 0.0,
            longest_wait=float(waits[-1]) if len(waits) else 0.0,
        )
