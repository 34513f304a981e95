"""The same model in SimPy, written without looking at our engines' ways: processes, priority resources, a table of sessions."""

from collections import Counter
from collections.abc import Generator
from typing import Any

import simpy

from hwmodel.engine.fates import CREATED, FULL, JOINED, QUEUE_FULL
from hwmodel.engine.play import Play


class Oracle:
    """One play by processes: each session is one, and so is each of its streams of batches."""

    def __init__(self, play: Play) -> None:
        self.env = simpy.Environment()
        self.play = play
        self.ends, self.keys, self.slots = play.ends.tolist(), play.keys.tolist(), play.slots.tolist()
        self.batch, self.priority = play.demand.batch.tolist(), play.sessions.priority.tolist()
        self.spus, self.limits = play.chosen.tolist(), play.limits.tolist()
        self.threads = [[simpy.PriorityResource(self.env) for _ in range(spec.threads)] for spec in play.platform.spus]
        self.fate = [0] * len(self.ends)
        self.owner = [-1] * len(self.ends)
        self.used = [0] * len(self.limits)
        self.open: dict[int, int] = {}
        self.waits: list[float] = []
        self.in_line: Counter[tuple[int, int]] = Counter()  # by thread and priority
        self.dropped = 0

    def run(self) -> None:
        """Everything that happens while it is watched, and what still waits then."""
        self.env.process(self.arrivals())
        self.env.run()

    def arrivals(self) -> Generator[Any, Any, None]:
        """Sessions, and further streams, when their time comes."""
        asks, sessions = self.play.demand, self.play.sessions
        coming = [(at, 1, number, int(left)) for number, (at, left) in
                  enumerate(zip(sessions.at.tolist(), asks.batches.tolist(), strict=True))]  # fmt: skip
        coming += [(at, 0, number, left) for at, number, left in
                   zip(asks.start.tolist(), asks.session.tolist(), asks.further.tolist(), strict=True)]  # fmt: skip
        for at, opens, number, left in sorted(coming):
            if at >= sessions.duration:
                return
            yield self.env.timeout(at - self.env.now)
            self.env.process(self.session(number, left) if opens else self.stream(number, left, self.batch[number]))

    def session(self, number: int, left: int) -> Generator[Any, Any, None]:
        """A session from its first packet to its end."""
        key, spu, first = self.keys[number], self.spus[number], self.batch[number]
        if key in self.open:
            self.fate[number], self.owner[number] = JOINED, self.owner[self.open[key]]
            yield from self.stream(number, left, first)
            return
        if self.full(self.thread(number, spu), self.priority[number]):
            self.fate[number] = QUEUE_FULL
            return
        if self.used[spu] + self.slots[number] > self.limits[spu]:
            self.fate[number] = FULL
            return
        self.fate[number], self.owner[number] = CREATED, spu
        self.open[key] = number
        self.used[spu] += self.slots[number]
        self.env.process(self.stream(number, left, first + float(self.play.demand.opening[number])))
        yield self.env.timeout(self.ends[number] - self.env.now)
        self.used[spu] -= self.slots[number]
        del self.open[key]

    def stream(self, number: int, left: int, service: float) -> Generator[Any, Any, None]:
        """Batches, one a second."""
        if self.owner[number] < 0:
            return
        thread = self.thread(number, self.owner[number])
        while True:
            self.env.process(self.serve(thread, self.priority[number], service))
            service, left = self.batch[number], left - 1
            if left == 0 or self.env.now + 1 >= self.play.sessions.duration:
                return
            yield self.env.timeout(1.0)

    def thread(self, number: int, spu: int) -> simpy.PriorityResource:
        """The thread that the flow's hash names."""
        row = self.threads[spu]
        return row[(self.keys[number] & 0xFFFF_FFFF) * len(row) >> 32]

    def full(self, thread: simpy.PriorityResource, level: int) -> bool:
        """Whether a line has no more room."""
        return thread.count > 0 and self.in_line[id(thread), level] >= self.play.platform.queue

    def serve(self, thread: simpy.PriorityResource, level: int, service: float) -> Generator[Any, Any, None]:
        """One batch: it waits, then it is served."""
        came = self.env.now
        if self.full(thread, level):
            self.dropped += 1
            return
        with thread.request(priority=level) as turn:
            self.in_line[id(thread), level] += 1
            yield turn
            self.in_line[id(thread), level] -= 1
            self.waits.append(self.env.now - came)
            yield self.env.timeout(service)
