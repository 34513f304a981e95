"""What a reader of a protocol finds in a session's plaintext: requests, answers, bodies, commands, and what is odd.

Every item lies in the stream of one direction: `start` and `end` are offsets in bytes from the stream's beginning. What
belongs together has the same `exchange`: a request and its answer, the stream of HTTP/2, a mail and its parts.
"""

from typing import TypeAlias

from msgspec import Struct

from hwmodel.session import Direction

Headers: TypeAlias = tuple[tuple[str, str], ...]  # names in lower case, in the order they came; Latin-1


class Item(Struct, frozen=True):
    """A piece of one direction's stream."""

    direction: Direction
    start: int
    end: int
    exchange: int


class Request(Item, frozen=True):
    """The head of an HTTP request (RFC 9110 §3.4)."""

    version: str  # 1.0, 1.1, 2
    method: str
    target: str  # as it came
    host: str  # in lower case, without port; empty where there is none
    headers: Headers
    scheme: str = ""  # where the request itself says it

    @property
    def path(self) -> str:
        """The target without scheme and host, with its query."""
        target = self.target
        return target if target.startswith("/") else "/" + target.partition("://")[2].partition("/")[2]


class Response(Item, frozen=True):
    """The head of an HTTP response; `request` is what it answers, where that was seen."""

    version: str
    status: int
    reason: str
    headers: Headers
    request: Request | None = None


class Body(Item, frozen=True):
    """Some of a message's content: `data` without its content coding, `coded` with it; the same where there is none.

    Of content that unpacks to too much only `coded` goes on, of content whose coding is broken `data` is what came.
    """

    data: bytes
    coded: bytes


class Complete(Item, frozen=True):
    """The message that came in this direction of the exchange is whole."""


class Broken(Item, frozen=True):
    """The exchange, or what there is of it in this direction, was broken off: no more of it will come."""


class Part(Item, frozen=True):
    """A part of a message begins: a mail's (RFC 2045), a form's (RFC 7578). Its Body and Complete have its own exchange."""

    of: int  # the exchange that it is part of
    name: str  # the file's, empty where none is given
    mime: str  # the media type, in lower case, without parameters
    headers: Headers


class Command(Item, frozen=True):
    """A client's command in SMTP, IMAP, POP3 or FTP."""

    protocol: str
    verb: str  # in upper case
    argument: str


class Reply(Item, frozen=True):
    """A server's reply in those; `code` is 0 where the protocol has no numbers."""

    protocol: str
    code: int
    text: str


class Mail(Item, frozen=True):
    """The head of a mail (RFC 5322) on its way; sender and recipients are those of the envelope where it was seen."""

    protocol: str
    sender: str
    recipients: tuple[str, ...]
    headers: Headers


class Frame(Item, frozen=True):
    """A message of a WebSocket (RFC 6455), unmasked and inflated; `opcode` 1 is text, 2 binary, 8 and above are control frames.

    A long one comes in pieces of 64 KB, all but the last one not `final`; each starts where the message does.
    """

    opcode: int
    data: bytes
    final: bool = True


class Anomaly(Item, frozen=True):
    """Something that no honest sender does, or that two readers may take for different things: reported, not guessed.

    Kinds: smuggling (where a message ends, or begins, is doubtful), malformed, host (two hosts for one request), oversized,
    length (not as long as it says), coding (unknown content coding), bomb (unpacks to too much), flood (too many at a time),
    unasked (an answer to nothing), rapid-reset (CVE-2023-44487), injection (bytes where nobody may send any).
    """

    kind: str
    text: str
    lost: bool = False  # the rest of this direction cannot be read: nothing more is found in it
