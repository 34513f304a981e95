"""A data-plane thread of the exact engine: three lines of bounded length, the highest priority first."""

from collections import deque
from math import inf


class Thread:
    """One server: batches wait in three lines, and who is served is not interrupted.

    `load` is whoever's who asks: CPU seconds asked for, by second.
    """

    __slots__ = ("_free", "_lines", "_room", "load", "spu", "waits")

    def __init__(self, room: int, spu: int = 0, seconds: int = 0) -> None:
        self.spu, self.load = spu, [0.0] * seconds
        self._free = 0.0
        self._room = room
        self._lines: tuple[deque[tuple[float, float]], ...] = (deque(), deque(), deque())
        self.waits: list[float] = []

    def full(self, now: float, level: int) -> bool:
        """Whether a batch that comes now would find its line full."""
        if self._free <= now:
            self.finish(now)
        return self._free > now and len(self._lines[level]) >= self._room

    def ask(self, now: float, service: float, level: int) -> bool:
        """A batch has come; returns whether there is room for it."""
        if self._free <= now:
            self.finish(now)
            if self._free <= now:
                self.waits.append(0.0)
                self._free = now + service
                return True
        line = self._lines[level]
        if len(line) >= self._room:
            return False
        line.append((now, service))
        return True

    def finish(self, now: float = inf) -> None:
        """Begin whatever begins before `now`, the highest priority first."""
        high, medium, low = self._lines
        while self._free <= now:
            line = high or medium or low
            if not line:
                return
            came, service = line.popleft()
            self.waits.append(self._free - came)
            self._free += service
