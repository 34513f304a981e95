"""ICAP (RFC 3507) as bytes, as a client speaks it: requests are written, responses read as they come.

An HTTP message travels encapsulated: its head as it is, its body in chunks. What the server makes of it is read the same
way. Nothing here knows what the messages mean.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

Headers: TypeAlias = tuple[tuple[str, str], ...]  # names in lower case

PORT: Final = 1344
LAST: Final = b"0\r\n\r\n"  # chunk of a body, or of a preview that more may follow
LAST_OF_ALL: Final = b"0; ieof\r\n\r\n"  # of a preview that is the whole body (§4.5)
MOST_HEAD: Final = 1 << 16  # bytes of an ICAP head, and of an HTTP head within
_MOST_LINE: Final = 1 << 12
_STATUS: Final = re.compile(rb"ICAP/1\.\d (\d{3})(?: ([^\r\n]*))?")
_SECTIONS: Final = re.compile(r"\s*(req-hdr|res-hdr|req-body|res-body|opt-body|null-body)=(\d{1,7})\s*")
_LINE_END: Final = re.compile(rb"\r?\n")
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,12})[ \t]*(?:;(.*))?")
_ORIGINAL: Final = re.compile(rb"\s*use-original-body=(\d{1,15})\s*")  # draft-icap-ext-partial-content


class IcapError(Exception):
    """A server's bytes are no ICAP; the message says what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a response; `http` is the encapsulated head, `holds` what it is of: req, res, or nothing."""

    status: int
    reason: str
    headers: Headers
    http: bytes = b""
    holds: str = ""
    has_body: bool = False

    def value(self, name: str) -> str:
        """A header's value, empty where it is not there."""
        return next((value for known, value in self.headers if known == name), "")


@dataclass(frozen=True, slots=True)
class Content:
    """Some of the encapsulated body."""

    data: bytes


@dataclass(frozen=True, slots=True)
class End:
    """The response is whole; from offset `original` on (206) the body goes on with what the server was shown."""

    original: int | None = None


Event: TypeAlias = Head | Content | End


def request(method: str, uri: str, host: str, headers: Iterable[tuple[str, str]] = (), *,
            http: Iterable[tuple[str, bytes]] = (), body: str = "null-body") -> bytes:
    """The head of a request. `http` are the encapsulated heads by section (req-hdr, res-hdr); `body` names what follows."""
    sections, content = [], b""
    for name, head in http:
        sections.append(f"{name}={len(content)}")
        content += head
    if content:
        headers = (*headers, ("Encapsulated", ", ".join((*sections, f"{body}={len(content)}"))))
    elif method != "OPTIONS":
        headers = (*headers, ("Encapsulated", f"{body}=0"))
    lines = [f"{method} {uri} ICAP/1.0", f"Host: {host}", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1", "replace") + content


def chunk(data: bytes) -> bytes:
    """Some of a body as a chunk."""
    return b"%x\r\n%b\r\n" % (len(data), data)


@dataclass(slots=True)
class Reader:
    """Reads the responses on one connection; after `End` the next one may follow."""

    _waiting: bytearray = field(default_factory=bytearray)
    _looked: int = 0  # how much of it holds no end of a head or line
    _left: int = 0  # of the chunk at hand, with its line end
    _in_body: bool = False
    _trailing: bool = False  # the last chunk has been read, its trailer not
    _original: int | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing of a further response has come."""
        return not self._waiting and not self._in_body

    def read(self, data: bytes) -> Iterator[Event]:
        """What these bytes complete; raises IcapError at the first that cannot be."""
        self._waiting += data
        while self._waiting:
            event = self._next_of_body() if self._in_body else self._head()
            if event is None:
                return
            yield event
            if isinstance(event, Head) and event.status != 100 and not event.has_body:
                yield End()

    def _head(self) -> Head | None:
        if len(self._waiting) > 4 and not self._waiting.startswith(b"ICAP/"):
            raise IcapError("does not answer in ICAP")
        found = self._find(_HEAD_END, MOST_HEAD)
        if found is None:
            return None
        head = _head(bytes(self._waiting[:found.start()]))
        sections = _encapsulated(head)
        body = sections[-1][1] if sections else 0
        if len(self._waiting) < found.end() + body:
            self._looked = found.start()
            return None
        http = bytes(self._waiting[found.end():found.end() + body])
        del self._waiting[:found.end() + body]
        self._in_body, self._trailing, self._original = bool(sections) and sections[-1][0] != "null-body", False, None
        return _with_http(head, sections, http, has_body=self._in_body)

    def _next_of_body(self) -> Event | None:
        """The next of a chunked body (RFC 9112 §7.1)."""
        while self._waiting:
            if self._left > 2:
                data = bytes(self._waiting[:self._left - 2])
                del self._waiting[:len(data)]
                self._left -= len(data)
                return Content(data)
            line = self._line()
            if line is None:
                return None
            if self._left:
                if line:
                    raise IcapError("sends a chunk that is longer than it says")
                self._left = 0
            elif self._trailing:
                if not line:
                    self._in_body = False
                    return End(self._original)
            else:
                self._begin_chunk(line)
        return None

    def _begin_chunk(self, line: bytes) -> None:
        found = _CHUNK.fullmatch(line)
        if found is None:
            raise IcapError("sends a chunk without length")
        size = int(found[1], 16)
        self._left, self._trailing = (size + 2, False) if size else (0, True)
        if self._trailing and found[2]:
            original = _ORIGINAL.fullmatch(found[2])
            self._original = int(original[1]) if original else None

    def _line(self) -> bytes | None:
        found = self._find(_LINE_END, _MOST_LINE)
        if found is None:
            return None
        line = bytes(self._waiting[:found.start()])
        del self._waiting[:found.end()]
        return line

    def _find(self, end: re.Pattern[bytes], most: int) -> re.Match[bytes] | None:
        """The end of a head or of a line; however slowly it comes, no byte is looked at over and over."""
        found = end.search(self._waiting, max(0, self._looked - 3))
        self._looked = 0 if found else len(self._waiting)
        if (found.start() if found else len(self._waiting)) > most:
            raise IcapError("sends a head or a line that is too long")
        return found


def _head(data: bytes) -> Head:
    first, *lines = _LINE_END.split(data)
    found = _STATUS.fullmatch(first)
    if found is None:
        raise IcapError("does not answer in ICAP")
    return Head(int(found[1]), (found[2] or b"").decode("latin-1"), parse_headers(lines))


def parse_headers(lines: Iterable[bytes]) -> Headers:
    """Header lines as pairs; raises IcapError where one is none."""
    headers: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in {b" ", b"\t"} and headers:  # folded (RFC 9112 §5.2), as c-icap does it
            headers[-1] = headers[-1][0], f"{headers[-1][1]} {line.strip().decode('latin-1')}"
            continue
        name, colon, value = line.partition(b":")
        if not colon or not name or name != name.strip():
            raise IcapError("sends a header line that is none")
        headers.append((name.decode("latin-1").lower(), value.strip().decode("latin-1")))
    return tuple(headers)


def _encapsulated(head: Head) -> list[tuple[str, int]]:
    """The sections in their order, each with its offset; none where the response has no content."""
    said = head.value("encapsulated")
    if not said or head.status == 100:
        return []
    found = [_SECTIONS.fullmatch(part) for part in said.split(",")]
    sections = [(one[1], int(one[2])) for one in found if one is not None]
    offsets = [offset for _, offset in sections]
    if len(sections) != len(found) or offsets != sorted(offsets) or offsets[0] != 0 or offsets[-1] > MOST_HEAD:
        raise IcapError("sends a header Encapsulated that makes no sense")
    if any(name.endswith("-body") for name, _ in sections[:-1]) or not sections[-1][0].endswith("-body"):
        raise IcapError("sends a header Encapsulated that makes no sense")
    return sections


def _with_http(head: Head, sections: list[tuple[str, int]], content: bytes, *, has_body: bool) -> Head:
    """With the last of the encapsulated heads: a server may repeat the request's before the response's."""
    if len(sections) < 2:
        return Head(head.status, head.reason, head.headers, has_body=has_body)
    name, offset = sections[-2]
    return Head(head.status, head.reason, head.headers, content[offset:], name.removesuffix("-hdr"), has_body)
