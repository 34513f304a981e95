"""Processes that do the same thing side by side: threads of one interpreter would leave the engine waiting."""

import os
import signal
from collections.abc import Callable
from multiprocessing import get_context
from typing import Final, Self

from OpenSSL import SSL

_fork: Final = get_context("fork")


class Crowd:
    """So many processes that each call `work`; they end with it, or when the crowd is left."""

    def __init__(self, work: Callable[[], None], size: int) -> None:
        self._members = [_fork.Process(target=_run, args=(work,), daemon=True) for _ in range(size)]

    def wait(self) -> bool:
        """Until all have done their work; whether none of them failed."""
        for member in self._members:
            member.join()
        return not any(member.exitcode for member in self._members)

    def __enter__(self) -> Self:
        for member in self._members:
            member.start()
        return self

    def __exit__(self, *_: object) -> None:
        for member in self._members:
            member.kill()
            member.join()


def _run(work: Callable[[], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    try:
        work()
    except (OSError, ValueError, SSL.Error):  # told by the exit status alone
        os._exit(1)
