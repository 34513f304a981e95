"""The process that feeds syslog servers: takes records from the queue, and waits so that nobody else must."""

import select
import signal
import time
from collections.abc import Sequence
from typing import Final

from nf.sinks.queue import Queue
from nf.sinks.targets import TargetLink

TAKES: Final = 256  # messages taken from the queue before servers get their turn
GRACE: Final = 2.0  # seconds for what still waits once nobody logs any more


class Sender:
    """Runs until every process has closed the queue, then a little longer for what still waits."""

    def __init__(self, queue: Queue, host_name: str, targets: Sequence[TargetLink]) -> None:
        self._queue, self._host_name, self._targets = queue, host_name, targets
        self._end: float | None = None

    def run(self) -> None:
        """The process's life; signals to the whole group do not end it, for others still log while they end."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        self._queue.close()
        while self._end is None or (time.monotonic() < self._end and any(one.link.waiting for one in self._targets)):
            self._turn()
        for target in self._targets:
            target.give_up()

    def _turn(self) -> None:
        poll, now = select.poll(), time.monotonic()
        if self._end is None:
            poll.register(self._queue.fileno(), select.POLLIN)
        for target in self._targets:
            fd, mask = target.link.interest()
            if fd >= 0:
                poll.register(fd, mask)
        poll.poll(self._patience(now))
        if self._end is None:
            self._take()
        for target in self._targets:
            target.link.turn(time.monotonic())

    def _patience(self, now: float) -> float | None:
        """Milliseconds until something is due by itself."""
        due = [seconds for one in self._targets if (seconds := one.link.patience(now)) is not None]
        if self._end is not None:
            due.append(max(0.0, self._end - now))
        return 1000 * min(due) + 1 if due else None

    def _take(self) -> None:
        for _ in range(TAKES):
            message = self._queue.take()
            if message is None:
                self._end = time.monotonic() + GRACE
                return
            at, records = message
            if not records:
                return
            for record in records:
                for target in self._targets:
                    target.send(record, at, self._host_name)
