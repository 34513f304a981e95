"""The data-plane threads of an SPU: how busy each was in the last second, minute, hour and day."""

from dataclasses import dataclass

from hwmodel.seconds import Seconds

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


@dataclass(frozen=True, slots=True)
class ThreadUsage:
    """CPU per cent of one thread; `weighted`, our reading of the devices' Wutil, is the mean of the last two whole seconds."""

    utilization: float
    weighted: float
    last_minute: float
    last_hour: float
    last_day: float


class Threads:
    """CPU seconds of the threads of one SPU, in slots of a second, a minute and an hour.

    What a second brings is added up first and entered when that second is over, or when somebody looks.
    """

    def __init__(self, count: int) -> None:
        self._seconds = [Seconds(3) for _ in range(count)]
        self._minutes = [Seconds(61) for _ in range(count)]
        self._hours = [Seconds(25) for _ in range(count)]
        self._second = 0
        self._sums: dict[int, float] = {}  # by thread, of that second

    def __len__(self) -> int:
        return len(self._seconds)

    def charge(self, thread: int, seconds: float, now: float) -> None:
        """Count CPU seconds of a thread; a clock that goes back counts into the newest second."""
        if now >= self._second + 1:
            self._settle(int(now))
        self._sums[thread] = self._sums.get(thread, 0.0) + seconds

    def usage(self, now: float) -> tuple[ThreadUsage, ...]:
        """Of every thread; the running slot counts in part."""
        self._settle(max(self._second, int(now)))
        return tuple(self._usage(thread, now) for thread in range(len(self)))

    def _settle(self, second: int) -> None:
        for thread, seconds in self._sums.items():
            self._seconds[thread].add(seconds, self._second)
            self._minutes[thread].add(seconds, self._second / _MINUTE)
            self._hours[thread].add(seconds, self._second / _HOUR)
        self._sums.clear()
        self._second = second

    def _usage(self, thread: int, now: float) -> ThreadUsage:
        second = self._seconds[thread].rate(now, 1)
        _, last, before = self._seconds[thread].latest(now, 3)
        minutes, hours = self._minutes[thread], self._hours[thread]
        loads = (second, (last + before) / 2, minutes.rate(now / _MINUTE, 1) / _MINUTE,
                 minutes.rate(now / _MINUTE, 60) / _MINUTE, hours.rate(now / _HOUR, _DAY // _HOUR) / _HOUR)
        return ThreadUsage(*(round(min(100.0, 100 * load), 1) for load in loads))
