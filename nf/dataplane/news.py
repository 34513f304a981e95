"""How live sessions go: once a second a worker looks which of its own have something new to tell the central point."""

from collections.abc import Callable, Collection, Iterator
from itertools import islice
from typing import Final

from nf.dataplane.connection import Connection
from nf.dataplane.loop import Loop
from nf.dataplane.messages import Progress

INTERVAL: Final = 1.0  # seconds
LOOKED_AT: Final = 256  # sessions before others get their turn


class News:
    """Goes through the sessions in portions; an idle one costs a comparison, one that moves data some microseconds."""

    def __init__(self, loop: Loop, connections: Collection[Connection], tell: Callable[[list[Progress]], None]) -> None:
        self.slot: int | None = None  # the loop's: the next round
        self._loop = loop
        self._connections = connections
        self._tell = tell
        self._round: Iterator[Connection] | None = None

    def wanted(self) -> None:
        """There are sessions to look at."""
        if self.slot is None:
            self._loop.arm(self, INTERVAL)

    def expired(self) -> None:
        """A second has passed; a round that takes longer than that is not begun twice."""
        if self._connections:
            self._loop.arm(self, INTERVAL)
        if self._round is None:
            self._round = iter(tuple(self._connections))
            self._go_on()

    def _go_on(self) -> None:
        portion = list(islice(self._round or (), LOOKED_AT))
        if not portion:
            self._round = None
            return
        self._tell([news for connection in portion if (news := connection.news()) is not None])
        self._loop.again(self._go_on)
