"""What the features of UTM have in common: they judge items and files, say what is held back, and are done at some point."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hwmodel.session import Direction
from nf.log.records import NO_APPLICATION, LogRecord
from nf.protocols.items import Item
from nf.protocols.transfers import Event
from nf.services import Block, Bulletin, Fault, Piece, Replacement
from nf.services.asking import Answer, Ask

EVERYTHING = 1 << 62  # an offset that no stream reaches


@dataclass(slots=True)
class Rulings:
    """What the features have said in one round, at `now`, in their order; the first that blocks ends it."""

    now: float
    block: Block | None = None
    records: tuple[LogRecord, ...] = ()
    asks: tuple[Ask, ...] = ()
    replaced: tuple[Replacement, ...] = ()
    bulletins: tuple[Bulletin, ...] = ()

    @property
    def anything(self) -> bool:
        """Whether there is something to be done."""
        return bool(self.records or self.asks or self.replaced or self.bulletins)


class Feature:
    """One of web filtering, content filtering, antivirus and anti-spam on one session."""

    done = False  # it wants to see no more
    bodies = False  # it looks into content
    wants_raw = False  # it wants to see the bytes themselves
    application = NO_APPLICATION  # what is known of the session's
    server_name: str | None = None  # that the client asked for in its ClientHello, of TLS that is decrypted
    most_held = 0  # bytes that it may keep back of a direction, where it needs more than every service has

    @property
    def held(self) -> Mapping[Direction, int]:
        """The offset up to which each direction may pass; nothing of one that is not here is held back."""
        return {}

    @property
    def due(self) -> float | None:
        """When it wants to be woken, while it holds something back."""
        return None

    def follows(self, direction: Direction) -> bool:  # noqa: ARG002
        """Whether it waits for more of some content in this direction."""
        return False

    def raw(self, piece: Piece, said: Rulings) -> None:
        """The next plaintext, whatever is found in it."""

    def item(self, item: Item, said: Rulings) -> None:
        """What was found in it."""

    def file(self, event: Event, said: Rulings) -> None:
        """What that means for files."""

    def answer(self, answer: Answer, said: Rulings) -> None:
        """A daemon has answered."""

    def wake(self, said: Rulings) -> None:
        """What was due is."""

    def blind(self, why: str, said: Rulings) -> None:
        """What passes cannot be read any more."""

    def fall_back(self, fault: Fault, said: Rulings) -> None:
        """There will be no verdict."""


def merged(features: Iterable[Feature]) -> dict[Direction, int]:
    """What all of them together hold back."""
    held: dict[Direction, int] = {}
    for feature in features:
        for direction, upto in feature.held.items():
            held[direction] = min(upto, held.get(direction, EVERYTHING))
    return held


def profile_key(protocol: str, upload: bool) -> str:
    """The word under which a UTM policy has the profile for files of a protocol.

    >>> profile_key("FTP", True)
    'ftp-upload'
    """
    return f"ftp-{'upload' if upload else 'download'}" if protocol == "FTP" else protocol.lower()
