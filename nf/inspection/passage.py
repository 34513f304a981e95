"""What inspection makes of some plaintext: what passes, what is asked, logged, told, and whether the session ends."""

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

from hwmodel.session import Direction
from nf.log.records import LogRecord
from nf.services import Block, Bulletin, Capture
from nf.services.asking import Ask

Follower: TypeAlias = Callable[[bytes], int]  # how many of the next bytes pass unseen; the others, and later ones, do not


class Passage(Struct, frozen=True, gc=False):
    """What inspection lets through, each piece in the direction it came; whether to end; what to log."""

    data: tuple[tuple[Direction, bytes], ...] = ()
    block: Block | None = None  # by a service; then nothing passes
    page: bytes = b""  # what the client is told of that, in its own protocol
    records: tuple[LogRecord, ...] = ()
    request: str | None = None  # the first request line, when these bytes completed it
    host: str | None = None  # the host that it is for, likewise
    denied: bool = False  # by the policy of the application that these bytes told
    asks: tuple[tuple[int, Ask], ...] = ()  # with the place of the service that asks
    bulletins: tuple[Bulletin, ...] = ()
    captures: tuple[Capture, ...] = ()
    way: str | None = None  # the routing instance that the session takes from now on
    dscp: int | None = None  # the code point that its packets bear from now on
    pause: frozenset[Direction] | None = None  # directions that are not to be read for now; None: as before
    wake: float | None = None  # seconds until somebody's patience is over; None: as before
    finished: tuple[Direction, ...] = ()  # directions whose sender has ended, and nothing is held back any more
    skip: tuple[Direction, int | Follower] | None = None  # bytes that come next in this direction and need not be shown
    mishaps: tuple[str, ...] = ()  # bugs in services, as tracebacks
    tells: bool = False  # there is something beside data, records and an end

    @property
    def blocked(self) -> bool:
        """Whether a service ends the session."""
        return self.block is not None


NOTHING = Passage()
