"""Reads the plaintext of one session: finds its protocol, and in that what services look at.

No bytes make it fail. It keeps, of each direction, what is not whole yet: until the protocol is known MOST bytes of
nf.protocols.first_words, then what its reader says of itself; content is never kept.
"""

from collections.abc import Callable
from typing import Final

from hwmodel.session import Direction
from nf.protocols.first_words import FTP, HTTP, HTTP2, IMAP, POP3, SMTP, protocol_of
from nf.protocols.ftp import Ftp
from nf.protocols.http1 import Http1
from nf.protocols.http2 import Http2
from nf.protocols.imap import Imap
from nf.protocols.items import Item, Request, Response
from nf.protocols.notice import Notice
from nf.protocols.pop3 import Pop3
from nf.protocols.reader import Reader
from nf.protocols.reading import Reading
from nf.protocols.smtp import Smtp
from nf.protocols.websocket import WebSocket

TUNNEL: Final = "TUNNEL"
MOST_LEFT: Final = 4096  # messages at a time that nobody wants more of; those beyond are told
_READERS: Final[dict[str, Callable[[Reading], Reader]]] = {
    HTTP: lambda reading: Http1(reading, lambda request, response: _other(reading, request, response)),
    HTTP2: Http2, SMTP: Smtp, FTP: Ftp, POP3: Pop3, IMAP: Imap,
}


def _other(reading: Reading, request: Request | None, response: Response) -> Reader | None:
    """Who reads on after a 101, or the 200 to a CONNECT; nobody in a tunnel."""
    words = [value.strip().lower() for name, value in response.headers if name == "upgrade"]
    if response.status != 101 or not words:
        return None
    if words[0] == "websocket":
        return WebSocket(response, reading)
    return Http2(reading, request) if words[0] == "h2c" else None


class Conversation:
    """One session."""

    def __init__(self) -> None:
        self.protocol = ""  # unknown as yet
        self._reading = Reading()
        self._seen = {Direction.C2S: 0, Direction.S2C: 0}
        self._first: dict[Direction, bytes] = {Direction.C2S: b"", Direction.S2C: b""}
        self._reader: Reader | None = None

    @property
    def bodies(self) -> bool:
        """Whether content is told; what was not when it came is not told later."""
        return self._reading.bodies

    @bodies.setter
    def bodies(self, wanted: bool) -> None:
        self._reading.bodies = wanted

    def leave(self, exchange: int, direction: Direction) -> None:
        """Nobody wants more of this message's, or part's, content: what is left of it is passed over."""
        if len(self._reading.left) < MOST_LEFT:
            self._reading.left.add((direction, exchange))

    def remaining(self, direction: Direction) -> int:
        """How many bytes from here on are content of one message for sure, but for its last one, which completes it."""
        return self._reader.remaining(direction) if isinstance(self._reader, Http1) else 0

    def skip(self, direction: Direction, count: int) -> None:
        """So many bytes, no more than remain, pass without being read; nobody wants more of that content."""
        if isinstance(self._reader, Http1) and 0 < count <= self._reader.remaining(direction):
            self.leave(self._reader.skip(direction, count), direction)
            self._seen[direction] += count

    def follows(self, direction: Direction) -> bool:
        """Whether what comes next of a direction may be content that was left, so that `follow` is worth asking."""
        return isinstance(self._reader, Http1 | Http2) and self._reader.follows(direction)

    def follow(self, direction: Direction, data: bytes) -> int:
        """How many of the next bytes are such content, or what frames it: they count as read."""
        if not isinstance(self._reader, Http1 | Http2):
            return 0
        taken = self._reader.follow(direction, data, self._seen[direction])
        self._seen[direction] += taken
        return taken

    @property
    def reads(self) -> bool:
        """Whether more may be found."""
        return not self.protocol or self._reader is not None

    def read(self, direction: Direction, data: bytes) -> tuple[Item, ...]:
        """What the next bytes of a direction tell, in order."""
        start = self._seen[direction]
        self._seen[direction] = start + len(data)
        if self._reader is not None:
            return tuple(self._read(direction, data, start))
        return () if self.protocol else self._begin(direction, data)

    def end(self, direction: Direction) -> tuple[Item, ...]:
        """A direction's stream has ended: what that tells."""
        return tuple(self._reader.end(direction, self._seen[direction])) if self._reader is not None else ()

    def boundary(self, direction: Direction) -> int:
        """The offset of the end of the last whole message, frame or line of a direction."""
        if self._reader is not None:
            return self._reader.boundary(direction)
        return self._seen[direction] if self.protocol else 0

    def page(self, exchange: int, text: str = "", title: str = "Access denied", status: int = 403, location: str = "",
             mime: str = "text/html", *, passed: int) -> bytes | None:
        """What tells the client of an exchange so instead of the server's answer; None where it is too late, or too early.

        `passed` is how many of the server's bytes have gone to the client: what was read beyond will not.
        """
        notice = Notice(exchange, text, title, status, location, mime)
        return self._reader.refuse(notice, passed) if self._reader is not None else None

    def _begin(self, direction: Direction, data: bytes) -> tuple[Item, ...]:
        first = self._first
        first[direction] += data
        found = protocol_of(first[Direction.C2S], first[Direction.S2C])
        if found is None:
            return ()
        self.protocol = found
        if found in _READERS:
            self._reader = _READERS[found](self._reading)
        kept, self._first = first, {}
        order = (Direction.C2S, Direction.S2C) if found == HTTP else (Direction.S2C, Direction.C2S)
        return tuple(item for way in order if kept[way] for item in self._read(way, kept[way], 0))

    def _read(self, direction: Direction, data: bytes, start: int) -> list[Item]:
        """Through this protocol's reader, and the next one's, if that is over in between."""
        reader = self._reader
        if reader is None:
            return []
        items, taken = reader.read(direction, data, start)
        if reader.over:
            self._reader = reader.successor
            self.protocol = self._reader.name if self._reader is not None else TUNNEL
            if taken < len(data):
                items += self._read(direction, data[taken:], start + taken)
        return items
