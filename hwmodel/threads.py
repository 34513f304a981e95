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
    """CPU seconds of the threads of one SPU, in slots of a second, a minute and an hour."""

    def __init__(self, count: int) -> None:
        self._seconds = [Seconds(3) for _ in range(count)]
        self._minutes = [Seconds(61) for _ in range(count)]
        self._hours = [Seconds(25) for _ in range(count)]

    def __len__(self) -> int:
        return len(self._seconds)

    def charge(self, thread: int, seconds: float, now: float) -> None:
        """Count CPU seconds of a thread."""
        self._seconds[thread].add(seconds, now)
        self._minutes[thread].add(seconds, now / _MINUTE)
        self._hours[thread].add(seconds, now / _HOUR)

    def usage(self, now: float) -> tuple[ThreadUsage, ...]:
        """Of every thread; the running slot counts in part."""
        return tuple(self._usage(thread, now) for thread in range(len(self)))

    def _usage(self, thread: int, now: float) -> ThreadUsage:
        second = self._seconds[thread].rate(now, 1)
        _, last, before = self._seconds[thread].latest(now, 3)
        minutes, hours = self._minutes[thread], self._hours[thread]
        loads = (second, (last + before) / 2, minutes.rate(now / _MINUTE, 1) / _MINUTE,
                 minutes.rate(now / _MINUTE, 60) / _MINUTE, hours.rate(now / _HOUR, _DAY // _HOUR) / _HOUR)
        return ThreadUsage(*(round(min(100.0, 100 * load), 1) for load in loads))
