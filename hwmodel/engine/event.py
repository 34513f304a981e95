"""The exact engine: one event after the other, in the order of time; what the vectorised one is measured against.

At one moment departures come first, then batches of sessions that are there, then arrivals.
"""

from heapq import heappop, heappush
from math import exp
from typing import Final

import numpy as np

from hwmodel.distribution import Stateful
from hwmodel.engine.fates import CREATED, FULL, JOINED, QUEUE_FULL
from hwmodel.engine.play import Outcome, Play
from hwmodel.engine.tables import Tables
from hwmodel.engine.thread import Thread
from hwmodel.flow_hash import thread_of

_DEPARTURE, _BATCH = 0, 1
_LOWER_32: Final = 0xFFFF_FFFF


def run(ready: Play) -> Outcome:
    """Play everything; the same play gives the same outcome."""
    running = _Run(ready)
    running.play()
    return running.outcome()


class _Run:
    """One play: the agenda, the tables, the threads, and what was counted."""

    def __init__(self, ready: Play) -> None:
        self.ready, self.last, self.tables = ready, ready.seconds - 1, Tables(ready)
        self.at, self.ends = ready.sessions.at.tolist(), ready.ends.tolist()
        self.keys: list[int] = ready.keys.tolist()
        self.priority: list[int] = ready.sessions.priority.tolist()
        self.batch: list[float] = ready.demand.batch.tolist()
        self.crowded: list[float] = ready.demand.crowded.tolist()
        self.opening: list[float] = ready.demand.opening.tolist()
        rows = [spec.threads for spec in ready.platform.spus]
        self.threads = [[Thread(ready.platform.queue) for _ in range(threads)] for threads in rows]
        self.load = [[[0.0] * ready.seconds for _ in range(threads)] for threads in rows]
        self.agenda: list[tuple[float, int, int, int]] = []
        self.lanes: dict[int, tuple[int, int]] = {}  # by session: SPU and thread
        size, spus = len(self.at), len(rows)
        self.fate, self.owner = [0] * size, [-1] * size
        self.created, self.closed, self.refused, self.dropped = ([[0] * ready.seconds for _ in rows] for _ in range(4))
        self.recent, self.since = [0.0] * spus, [0.0] * spus
        self.chosen, self.told = ready.chosen.tolist(), ready.central_point[1]
        self.epochs = iter(ready.epochs)
        self.epoch = next(self.epochs)
        self.next_epoch = next(self.epochs, None)
        self.begin_epoch()

    def begin_epoch(self) -> None:
        """Take the tables that hold from now on."""
        made = self.epoch.distribution
        self.stateful = made if isinstance(made, Stateful) else None
        self.wants_load = self.stateful is not None and self.stateful.wants_load
        self.memory = list(self.stateful.memory) if self.stateful else []

    def play(self) -> None:
        """Everything that happens while it is watched."""
        asks, duration = self.ready.demand, self.ready.sessions.duration
        further = zip(asks.start.tolist(), asks.session.tolist(), asks.further.tolist(), strict=True)
        self.agenda.extend((start, _BATCH, session, left) for start, session, left in further)  # in order of time, so a heap
        batches = asks.batches.tolist()
        for number, now in enumerate(self.at):
            if now >= duration:
                break
            self.until(now)
            if self.arrive(number, now) and batches[number] > 1:
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
                spu = self.owner[number]
                self.tables.leave(number, self.keys[number], spu)
                self.closed[spu][self.second(at)] += 1
            elif number in self.lanes:
                self.serve(at, number, self.batch_of(number))
                if left > 1:
                    heappush(agenda, (at + 1.0, _BATCH, number, left - 1))

    def second(self, now: float) -> int:
        """The second that a time is counted in."""
        return min(int(now), self.last)

    def arrive(self, number: int, now: float) -> bool:
        """A session's first packet: it opens one, joins one, or is refused."""
        while self.next_epoch is not None and self.next_epoch.at <= now:
            self.epoch, self.next_epoch = self.next_epoch, next(self.epochs, None)
            self.begin_epoch()
        other = self.tables.open.get(self.keys[number])
        if other is not None:
            self.fate[number], self.owner[number], self.lanes[number] = JOINED, self.owner[other], self.lanes[other]
            self.tables.join(number, other)
            self.serve(now, number, self.batch_of(number))
            return True
        self.fate[number] = self.epoch.refusal or self.open_one(number, now)
        return self.fate[number] == CREATED

    def open_one(self, number: int, now: float) -> int:
        """The fate of a flow that has no session."""
        spu = self.choose(number, now)
        service = self.opening[number] + self.batch[number]
        if self.no_room(number, spu, now):
            self.load[spu][self.thread(number, spu)][self.second(now)] += service
            return QUEUE_FULL
        fate = self.tables.refusal(number, spu)
        if fate == CREATED:
            self.owner[number], self.lanes[number] = spu, (spu, self.thread(number, spu))
            self.tables.enter(number, self.keys[number], spu)
            self.created[spu][self.second(now)] += 1
            heappush(self.agenda, (self.ends[number], _DEPARTURE, number, 0))
            if self.told and self.epoch.host is not None:
                self.charge(now, self.epoch.host, 0, self.told, self.priority[number])
            self.serve(now, number, self.opening[number] + self.batch_of(number))
        self.refused[spu][self.second(now)] += fate == FULL
        return fate

    def no_room(self, number: int, spu: int, now: float) -> bool:
        """Whether the line of the flow's thread is full, or that of a central point that has to be told."""
        level = self.priority[number]
        if self.threads[spu][self.thread(number, spu)].full(now, level):
            return True
        return bool(self.told) and self.epoch.host is not None and self.threads[self.epoch.host][0].full(now, level)

    def choose(self, number: int, now: float) -> int:
        """The SPU that the distribution gives a new session."""
        made = self.stateful
        if made is None:
            return int(self.chosen[number])
        if made.wants_load:
            for spu in made.spus:
                self.recent[spu] *= exp(self.since[spu] - now)
                self.since[spu] = now
        key = self.keys[number]
        return made.rule(key >> 32, key & _LOWER_32, made.spus, made.weights, self.tables.held, self.recent, self.memory)

    def thread(self, number: int, spu: int) -> int:
        """The thread that the flow's hash names."""
        return thread_of(self.keys[number], len(self.threads[spu]))

    def batch_of(self, number: int) -> float:
        """CPU time of one batch of a session's packets."""
        crowded = self.tables.crowded and self.tables.crowded[number]
        return self.crowded[number] if crowded else self.batch[number]

    def serve(self, now: float, number: int, service: float) -> None:
        """A batch of a session's."""
        self.charge(now, *self.lanes[number], service, self.priority[number])

    def charge(self, now: float, spu: int, thread: int, service: float, level: int) -> None:
        """A batch for a thread."""
        second = min(int(now), self.last)
        self.load[spu][thread][second] += service
        if self.wants_load:
            self.recent[spu] = self.recent[spu] * exp(self.since[spu] - now) + service / len(self.threads[spu])
            self.since[spu] = now
        if not self.threads[spu][thread].ask(now, service, level):
            self.dropped[spu][second] += 1

    def outcome(self) -> Outcome:
        """What was counted, as columns."""
        waits = np.sort([wait for spu in self.threads for thread in spu for wait in thread.waits])
        return Outcome(
            fate=np.array(self.fate, np.int8),
            owner=np.array(self.owner, np.int16),
            crowded=np.array(self.tables.crowded, np.bool_),
            load=np.array([thread for spu in self.load for thread in spu]),
            created=np.array(self.created),
            closed=np.array(self.closed),
            refused=np.array(self.refused),
            dropped=np.array(self.dropped),
            peaks=np.array(self.tables.peaks),
            peak=self.tables.peak,
            wings=np.array(self.tables.wing_peaks),
            turned_away=self.tables.turned_away,
            waits=waits,
            wait_counts=np.ones(len(waits), np.int64),
            mean_wait=float(waits.mean()) if len(waits) else 0.0,
            longest_wait=float(waits[-1]) if len(waits) else 0.0,
        )
