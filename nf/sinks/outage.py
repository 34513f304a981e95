"""An output that cannot be written: told once when it begins and once when it is over, by whichever process sees it first."""

import contextlib
import os
import time
from typing import Final

from nf.sinks.tally import Tally

CALM: Final = 10  # seconds without a lost line after which an outage counts as over: a disk may be full now and then


class Outage:
    """Of one output; `cell` is the number of the tally that holds when a line was last lost, 0 while none is."""

    def __init__(self, name: str, tally: Tally, cell: int) -> None:
        self._name, self._tally, self._cell = name, tally, cell

    def goes_on(self, why: str) -> None:
        """Lines are lost, for this reason."""
        if not self._tally.swap(self._cell, _now()):
            _tell(f"log {self._name}: {why}; lines are lost until it can be written again")

    def may_be_over(self) -> None:
        """Lines have been written; costs next to nothing where none were lost before."""
        last = self._tally[self._cell]
        if last and _now() - last >= CALM and self._tally.swap(self._cell, 0):
            _tell(f"log {self._name}: is written again")


def _now() -> int:
    return int(time.monotonic()) + 1


def _tell(words: str) -> None:
    with contextlib.suppress(OSError):  # nobody reads it
        os.write(2, f"srxnf: {words}\n".encode())
