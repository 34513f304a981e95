"""The words in which services answer: verdicts, what goes with them, and what they are shown."""

from collections.abc import Mapping
from enum import Enum, IntEnum

from msgspec import Struct

from hwmodel.session import Direction
from nf.log.records import ApplicationFacts, LogRecord, Route
from nf.policy.unified import Known
from nf.protocols.items import Item
from nf.services.asking import Ask


class Verdict(IntEnum):
    """What a service thinks of a session; answers of several services combine by maximum."""

    IGNORE = 0  # has seen enough; wants no more bytes
    PERMIT = 1  # let this pass and show me more
    HOLD = 2  # keep this back until I know
    BLOCK = 3  # end the session


class Fault(Enum):
    """Why a service could not come to a verdict; each service has a fallback for each."""

    TOO_MUCH = "too much data is held back"
    TIMEOUT = "no verdict in time"
    NOT_READY = "engine not ready"  # it cannot be reached, or has ended the connection
    CRASH = "service has failed"  # a bug in it


class Ending(Enum):
    """How the two connections of a blocked session end."""

    RESET = "reset"  # both by RST
    CLOSE_CLIENT = "close client"  # the client's by RST, the server's by FIN
    CLOSE_SERVER = "close server"  # the other way round
    SILENT = "silent"  # neither peer is told, where the system can do that; else RST


class Page(Struct, frozen=True):
    """What a client is told in place of the answer to its request; written in the protocol that it speaks."""

    exchange: int  # of the request
    text: str = ""
    title: str = "Access denied"
    status: int = 403
    location: str = ""  # redirect the client there instead
    mime: str = "text/html"  # `text` is then a whole page already, unless it is plain


class Block(Struct, frozen=True):
    """Why a session ends, for the session table, and what its ends see of that."""

    reason: str
    page: Page | None = None  # where the protocol and the moment allow it; else `ending`
    ending: Ending | None = None  # None: both by RST


class Replacement(Struct, frozen=True):
    """Bytes that go on in place of those held back from offset `start` to offset `end` of their direction."""

    direction: Direction
    start: int
    end: int
    data: bytes


class Bulletin(Struct, frozen=True):
    """What a service wants its like in every worker to know for so many seconds, this one included.

    One of a `session` holds for as long as that one lives, however it ends; then it is heard again, with no seconds left.
    """

    service: str
    key: str
    value: str
    seconds: float
    session: int = 0


class Capture(Struct, frozen=True):
    """Blocks of a pcapng file, for a directory that keeps so many files, and bytes, at most: the oldest go first."""

    directory: str
    name: str
    blocks: bytes
    begins: bool  # the file, which is not there yet; what is to follow in a file that is gone is lost
    files: int
    size: int


class Opinion(Struct, frozen=True):
    """A service's answer to some plaintext, to an engine's answer, or to the end of its patience."""

    verdict: Verdict
    records: tuple[LogRecord, ...] = ()
    request: str | None = None  # the first request line, once seen
    host: str | None = None  # the host that it is for, if it names one
    block: Block | None = None  # with BLOCK
    upto: Mapping[Direction, int] | None = None  # with HOLD: offsets up to which data may pass; None: nothing further
    patience: float | None = None  # with HOLD: seconds until `wake`
    pause: tuple[Direction, ...] = ()  # with HOLD: read no more of these until this service's next opinion
    asks: tuple[Ask, ...] = ()
    replaced: tuple[Replacement, ...] = ()
    bulletins: tuple[Bulletin, ...] = ()
    captures: tuple[Capture, ...] = ()
    found: ApplicationFacts | None = None  # application identification: what it is now taken for, and all that is known
    known: Known | None = None
    route: Route | None = None  # the way that the session is to take from now on
    dscp: int | None = None  # mark the packets of both connections with this code point from now on


IGNORE, PERMIT, HOLD = Opinion(Verdict.IGNORE), Opinion(Verdict.PERMIT), Opinion(Verdict.HOLD)


class Piece(Struct, frozen=True):
    """The next plaintext of one direction, and what its reader found in it.

    `start` is the offset of its first byte; `encrypted` tells whether it came out of TLS; `now` is monotonic, in seconds.
    """

    direction: Direction
    data: bytes
    start: int
    encrypted: bool
    now: float
    items: tuple[Item, ...] = ()  # for services that read; an item may have begun in a piece before
    final: bool = False  # the sender has ended its stream: there are no data in this one, and none after it
    protocol: str = ""  # for services that read: the session's, once it is known (nf.protocols.conversation)
    boundary: int = 0  # for services that read: where the last whole message or line ends
