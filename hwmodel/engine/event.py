"""The exact engine: one event after the other, in the order of time; what the vectorised one is measured against.

At one moment departures come first, then batches of sessions that are there, then arrivals.
"""

from heapq import heappop, heappush, heapreplace
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
        self.ready, self.tables = ready, Tables(ready)
        self.at, self.ends = ready.sessions.at.tolist(), ready.ends.tolist()
        self.keys: list[int] = ready.keys.tolist()
        self.priority: list[int] = ready.sessions.priority.tolist()
        self.batch: list[float] = ready.demand.batch.tolist()
        self.crowded: list[float] = ready.demand.crowded.tolist()
        self.opening: list[float] = ready.demand.opening.tolist()
        rows = [spec.threads for spec in ready.platform.spus]
        self.threads = [
            [Thread(ready.platform.queue, spu, ready.seconds) for _ in range(threads)] for spu, threads in enumerate(rows)
        ]
        self.agenda: list[tuple[float, int, int, int]] = []
        self.lanes: dict[int, Thread] = {}  # by session
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
        host = self.epoch.host if self.told else None
        self.host = None if host is None else self.threads[host][0]  # a central point, which each new session costs something
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
        agenda, lanes = self.agenda, self.lanes
        while agenda:
            at, kind, number, left = agenda[0]
            if at > now or (before and at == now):
                return
            if kind == _DEPARTURE:
                heappop(agenda)
                spu = self.owner[number]
                self.tables.leave(number, self.keys[number], spu)
                self.closed[spu][int(at)] += 1
                continue
            lane = lanes.get(number)
            if lane is not None:
                self.charge(at, lane, self.batch_of(number), self.priority[number])
            if lane is None or left == 1:
                heappop(agenda)
            else:
                heapreplace(agenda, (at + 1.0, _BATCH, number, left - 1))

    def arrive(self, number: int, now: float) -> bool:
        """A session's first packet: it opens one, joins one, or is refused."""
        while self.next_epoch is not None and self.next_epoch.at <= now:
            self.epoch, self.next_epoch = self.next_epoch, next(self.epochs, None)
            self.begin_epoch()
        other = self.tables.open.get(self.keys[number])
        if other is not None:
            self.fate[number], self.owner[number], self.lanes[number] = JOINED, self.owner[other], self.lanes[other]
            self.tables.join(number, other)
            self.charge(now, self.lanes[other], self.batch_of(number), self.priority[number])
            return True
        self.fate[number] = fate = self.epoch.refusal or self.open_one(number, now)
        return fate == CREATED

    def open_one(self, number: int, now: float) -> int:
        """The fate of a flow that has no session."""
        key, level = self.keys[number], self.priority[number]
        spu = self.choose(self.stateful, number, now) if self.stateful else self.chosen[number]
        row = self.threads[spu]
        thread, told = row[thread_of(key, len(row))], self.host
        if thread.full(now, level) or (told is not None and told.full(now, level)):
            thread.load[int(now)] += self.opening[number] + self.batch[number]
            return QUEUE_FULL
        fate = self.tables.refusal(number, spu)
        if fate == CREATED:
            self.owner[number], self.lanes[number] = spu, thread
            self.tables.enter(number, key, spu)
            self.created[spu][int(now)] += 1
            heappush(self.agenda, (self.ends[number], _DEPARTURE, number, 0))
            if told is not None:
                self.charge(now, told, self.told, level)
            self.charge(now, thread, self.opening[number] + self.batch_of(number), level)
        elif fate == FULL:
            self.refused[spu][int(now)] += 1
        return fate

    def choose(self, made: Stateful, number: int, now: float) -> int:
        """The SPU that a distribution with a memory gives a new session."""
        if made.wants_load:
            for spu in made.spus:
                self.recent[spu] *= exp(self.since[spu] - now)
                self.since[spu] = now
        key = self.keys[number]
        return made.rule(key >> 32, key & _LOWER_32, made.spus, made.weights, self.tables.held, self.recent, self.memory)

    def batch_of(self, number: int) -> float:
        """CPU time of one batch of a session's packets."""
        crowded = self.tables.crowded and self.tables.crowded[number]
        return self.crowded[number] if crowded else self.batch[number]

    def charge(self, now: float, thread: Thread, service: float, level: int) -> None:
        """A batch for a thread."""
        thread.load[int(now)] += service
        if self.wants_load:
            spu = thread.spu
            self.recent[spu] = self.recent[spu] * exp(self.since[spu] - now) + service / len(self.threads[spu])
            self.since[spu] = now
        if not thread.ask(now, service, level):
            self.dropped[thread.spu][int(now)] += 1

    def outcome(self) -> Outcome:
        """What was counted, as columns."""
        waits = np.sort([wait for spu in self.threads for thread in spu for wait in thread.waits])
        return Outcome(
            fate=np.array(self.fate, np.int8),
            owner=np.array(self.owner, np.int16),
            crowded=np.array(self.tables.crowded, np.bool_),
            load=np.array([thread.load for spu in self.threads for thread in spu]),
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
