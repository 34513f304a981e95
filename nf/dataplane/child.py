"""A process beside the workers, as a child of the central point: forked, watched, forked anew when it dies."""

import contextlib
import os
import select
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

from nf.dataplane.loop import Loop

RESPAWN: Final = 1.0  # seconds


class Child:
    """Costs nothing where there is no work; that is asked for anew before each fork."""

    def __init__(self, loop: Loop, name: str) -> None:
        self.slot: int | None = None  # the loop's: the next start
        self._loop, self._name = loop, name
        self._pid = 0
        self._ended = -1  # readable when it has ended (pidfd)

    def work(self) -> Callable[[], None] | None:
        """What the process does all its life; None for nothing."""
        raise NotImplementedError

    def kept(self) -> list[int]:
        """The descriptors that it needs beside the standard ones; it gets no others."""
        raise NotImplementedError

    def start(self) -> None:
        """Fork it, if there is anything to do."""
        work = self.work()
        if work is None:
            return
        sys.stdout.flush()
        sys.stderr.flush()
        self._pid = os.fork()
        if self._pid == 0:
            _live(work, self.kept())
        self._ended = os.pidfd_open(self._pid)
        self._loop.watch_file(self._ended, lambda _: self._died())

    def expired(self) -> None:
        """Start it again, and later once more where the system has no room for it now."""
        try:
            self.start()
        except OSError:
            self._loop.arm(self, RESPAWN)

    def stop(self, patience: float = 0.0) -> None:
        """Give it so many seconds to end by itself, then kill it."""
        self._loop.disarm(self)
        if self._ended < 0:
            return
        ended = select.poll()
        ended.register(self._ended, select.POLLIN)
        if not ended.poll(1000 * patience):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
        self._bury()

    def descriptors(self) -> list[int]:
        """Those that no worker may keep."""
        return [self._ended] if self._ended >= 0 else []

    def _died(self) -> None:
        self._bury()
        sys.stderr.write(f"srxnf: the process that {self._name} has ended; a new one starts\n")
        sys.stderr.flush()
        self._loop.arm(self, RESPAWN)

    def _bury(self) -> None:
        self._loop.forget_file(self._ended)
        os.close(self._ended)
        self._ended = -1
        os.waitpid(self._pid, 0)


def _live(work: Callable[[], None], kept: list[int]) -> None:
    """From fork to exit."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        _keep_only(kept)
        work()
        status = 0
    except BaseException:  # noqa: BLE001 - a child must not return into its parent's stack
        traceback.print_exc(file=sys.stderr)
    finally:
        os._exit(status)


def _keep_only(descriptors: list[int]) -> None:
    """Close all others: a copy of a client's connection would keep it from ending."""
    kept = {0, 1, 2, *descriptors}
    for fd in [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]:
        if fd not in kept:
            with contextlib.suppress(OSError):  # the listing's own
                os.close(fd)
