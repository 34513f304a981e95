"""The last seconds of a quantity, one slot each, as `show security monitoring performance` counts them: 0 is now."""


class Seconds:
    """A ring of one-second slots under a clock that is handed in and starts at 0 or later.

    A counter's new slots start at 0; a level (`level=True`) keeps its last value until the next one is set.
    """

    __slots__ = ("_level", "_newest", "_size", "_slots")

    def __init__(self, size: int, *, level: bool = False) -> None:
        self._size = size
        self._slots = [0.0] * size
        self._newest = 0
        self._level = level

    def add(self, amount: float, now: float) -> None:
        """Count an amount at that time; a clock that goes back counts into the newest slot."""
        if now >= self._newest + 1:
            self._advance(int(now))
        self._slots[self._newest % self._size] += amount

    def put(self, value: float, now: float) -> None:
        """Set the level at that time."""
        if now >= self._newest + 1:
            self._advance(int(now))
        self._slots[self._newest % self._size] = value

    def latest(self, now: float, count: int) -> tuple[float, ...]:
        """The newest `count` slots, newest (still running) first."""
        if int(now) > self._newest:
            self._advance(int(now))
        return tuple(self._slots[(self._newest - age) % self._size] for age in range(min(count, self._size)))

    def rate(self, now: float, seconds: int) -> float:
        """Amount a second over the running second and the `seconds` before it; the ring must have room for all."""
        window = self.latest(now, seconds + 1)
        return sum(window) / (seconds + max(0.0, min(1.0, now - self._newest)))

    def _advance(self, second: int) -> None:
        fill = self._slots[self._newest % self._size] if self._level else 0.0
        for missed in range(max(self._newest + 1, second - self._size + 1), second + 1):
            self._slots[missed % self._size] = fill
        self._newest = second
