"""A client that is told why its session ends: the page goes out, then the end in peace, then what it still says is ignored."""

from typing import Final

from nf.dataplane.leg import Leg, Stop
from nf.dataplane.loop import BROKEN, FORGET, READ, WRITE, Loop

PATIENCE: Final = 5.0  # seconds
MOST_IGNORED: Final = 1 << 20  # bytes: closing with data unread would overtake the page with a reset


class Farewell:
    """Owns a client's leg from the end of its session on, and closes it."""

    def __init__(self, loop: Loop, leg: Leg, page: bytes) -> None:
        self.slot: int | None = None  # the loop's
        self._loop, self._leg = loop, leg
        self._ignored = 0
        leg.ready, leg.failed = self._ready, self.expired
        loop.arm(self, PATIENCE)
        if leg.write(page):
            leg.end_writing(Stop.ENDED)
            self._watch()
        else:
            self.expired()

    def expired(self) -> None:
        """It has had its time."""
        self._close(reset=True)

    def _ready(self, mask: int) -> None:
        if mask & WRITE and self._leg.wants_to_write and not self._leg.flush():
            return self._close(reset=True)
        if mask & (READ | BROKEN):
            data = self._leg.read()
            if isinstance(data, Stop) and data is not Stop.AGAIN:
                return self._close(reset=data is Stop.RESET)
            self._ignored += len(data) if isinstance(data, bytes) else 0
            if self._ignored > MOST_IGNORED:
                return self._close(reset=True)
        return self._watch()

    def _watch(self) -> None:
        self._loop.watch(self._leg, READ | (WRITE if self._leg.wants_to_write else 0))

    def _close(self, reset: bool) -> None:
        self._loop.disarm(self)
        self._loop.watch(self._leg, FORGET)
        self._leg.close(reset)
