"""What the process that fetches files does: it goes on errands, one at a time, and tells how each went."""

import signal
import socket
import time
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

import msgspec

from nf.dataplane.download import DownloadError
from nf.pki import PkiError

PATIENCE: Final = 60.0  # seconds for one URL, from its name's look-up to a content that has been judged
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 3600.0  # seconds until the next try, where the last brought nothing new
LOOK: Final = 60.0  # seconds between two looks at files, which an operator may have taken away or replaced
_WORDS: Final = 1000  # of a problem, some of which a server may have written


class Errand(Protocol):
    """A file that is kept current; equal errands are one."""

    kind: ClassVar[str]

    @property
    def name(self) -> str:
        """Whose file it is."""

    def renew(self) -> bool | None:
        """Whether something else came than what is there; None where it is not time. DownloadError or PkiError tell why not."""


class Fetched(msgspec.Struct, frozen=True):
    """How the last try went: seconds since 1970, and what was wrong with it, if anything."""

    kind: str
    name: str
    at: float
    problem: str = ""
    is_new: bool = False  # another content than the one before


@dataclass(slots=True)
class _Turn:
    errand: Errand
    not_before: float = 0.0  # by the monotonic clock
    pause: float = FIRST_PAUSE


class Fetching:
    """Waits for one server at a time; ends when the central point has gone from the other end of `link`."""

    def __init__(self, errands: Iterable[Errand], link: socket.socket) -> None:
        self._link = link
        self._turns = [_Turn(errand) for errand in errands]

    def run(self) -> None:
        """The process's life; signals to the whole group do not end it."""
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        self._link.settimeout(LOOK)
        while True:
            for turn in self._turns:
                if time.monotonic() >= turn.not_before:
                    self._go(turn)
            try:
                self._link.recv(1)
            except TimeoutError:
                continue
            return

    def _go(self, turn: _Turn) -> None:
        """Whether something new has come decides when it is tried again."""
        errand, problem, is_new = turn.errand, "", False
        try:
            found = errand.renew()
            if found is None:
                return
            is_new = found
        except (DownloadError, PkiError) as error:
            problem = str(error)
        except Exception as error:  # noqa: BLE001 - a bug in one errand must not end the others, nor ask servers in a rush
            traceback.print_exc()
            problem = f"internal error: {error!r}"
        self._link.send(msgspec.json.encode(Fetched(errand.kind, errand.name, time.time(), problem[:_WORDS], is_new)))
        if is_new:
            turn.pause = FIRST_PAUSE
        turn.not_before = time.monotonic() + turn.pause
        turn.pause = min(2 * turn.pause, LONGEST_PAUSE)
