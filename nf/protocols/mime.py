"""The parts of a mail or a form as it comes: nested, unwrapped, each with its name and media type (RFC 2046, RFC 7578).

Keeps a header, or the beginning of what may be a boundary's line; content is never kept.
"""

import re
from typing import Final, NamedTuple

from hwmodel.session import Direction
from nf.protocols.disposition import file_name, media_type, parameter
from nf.protocols.items import Anomaly, Body, Broken, Complete, Headers, Item, Mail, Part
from nf.protocols.reading import Reading
from nf.protocols.transfer_encodings import Plain, Unwrapping, unwrapping

LONGEST_HEADER: Final = 1 << 16  # bytes
DEEPEST: Final = 16  # multiparts inside of each other; more are read as content
MOST_PARTS: Final = 1000  # of one message; what follows is read as content of the last
_LONGEST_LINE: Final = 256  # bytes of a boundary's; RFC 2046 §5.1.1 allows 70 characters
_EMPTY_LINE: Final = re.compile(rb"\r?\n")
_END: Final = re.compile(rb"\n\r?\n")
_TAIL: Final = re.compile(rb"(?:\r|\r?\n-?)\Z")  # what may begin a boundary's line
_FIELD: Final = re.compile(r"([!-9;-~]+)[ \t]*:[ \t]*(.*)\Z", re.DOTALL)
_FOLD: Final = re.compile(r"\r?\n[ \t]+")


class Envelope(NamedTuple):
    """What is known of a mail before its header."""

    protocol: str
    sender: str = ""
    recipients: tuple[str, ...] = ()


class Message:
    """One mail, which begins with a header, or one form, which begins with its boundary."""

    def __init__(self, direction: Direction, exchange: int, reading: Reading, *, envelope: Envelope | None = None,
                 boundary: str = "") -> None:
        self._direction, self._exchange, self._reading, self._envelope = direction, exchange, reading, envelope
        self._boundaries: list[bytes] = [_line_of(boundary)] if boundary else []
        self._in_header = not boundary
        self._kept = b""
        self._at_line = True  # a boundary may follow at once
        self._part = 0  # the exchange of the part that is read
        self._unwrapping: Unwrapping = Plain()
        self._parts = 0
        self._first: int | None = None  # offset at which it began
        self._end = 0  # offset behind what has come
        self._taken_off = 0  # bytes that were among that

    @property
    def is_flat(self) -> bool:
        """Whether what comes is content of one part, whatever it says."""
        return not (self._in_header or self._boundaries or self._kept)

    def receive(self, data: bytes, end: int, taken_off: int = 0) -> list[Item]:
        """More of it, which ended at this offset; so many bytes were taken off, only while it is flat."""
        out: list[Item] = []
        self._taken_off = taken_off
        looked, at = len(self._kept), 0
        if self._first is None:
            self._first = max(0, end - len(data))
        data, self._kept, self._end = self._kept + data, b"", end
        while at < len(data):
            at = self._header(data, at, looked, out) if self._in_header else self._content(data, at, out)
        return out

    def finish(self, at: int, *, whole: bool = True) -> list[Item]:
        """Nothing more comes."""
        out: list[Item] = []
        self._end = at
        if self._in_header:
            self._begin(self._kept, 0, out)
        elif self._kept:
            self._say(self._kept, 0, out)
        self._close(at, out, whole=whole)
        return out

    def _header(self, data: bytes, at: int, looked: int, out: list[Item]) -> int:
        """Reads a header, which begins there; returns where it ends."""
        match = _EMPTY_LINE.match(data, at) or _END.search(data, max(at, looked - 3))
        if match is None and len(data) - at <= LONGEST_HEADER:
            self._kept = data[at:]
            return len(data)
        end = match.end() if match else at + LONGEST_HEADER
        if match is None:
            out.append(Anomaly(self._direction, self._end, self._end, self._exchange, "oversized", "header of a part"))
        self._at_line = True
        self._begin(data[at:end], len(data) - end, out)
        return end

    def _begin(self, raw: bytes, behind: int, out: list[Item]) -> None:
        """A header is whole: of the mail, of a part, of a mail in a part."""
        headers = _headers(raw)
        start, end = self._place(behind + len(raw)), self._place(behind)
        if self._envelope is not None:
            out.append(Mail(self._direction, start, end, self._exchange, *self._envelope, headers))
            self._envelope = None
        mime = media_type(headers)
        boundary = parameter(headers, "content-type", "boundary") if mime.startswith("multipart/") else ""
        self._in_header = mime == "message/rfc822"
        if boundary and len(self._boundaries) < DEEPEST:
            self._boundaries.append(_line_of(boundary))
        elif not self._in_header:
            self._open(headers, mime, start, end, out)

    def _open(self, headers: Headers, mime: str, start: int, end: int, out: list[Item]) -> None:
        self._part = next(self._reading.parts)
        self._parts += 1
        self._unwrapping = unwrapping(next((value for name, value in headers if name == "content-transfer-encoding"), ""))
        out.append(Part(self._direction, start, end, self._part, self._exchange, file_name(headers), mime or "text/plain",
                        headers))
        if self._parts == MOST_PARTS:
            self._boundaries.clear()
            out.append(Anomaly(self._direction, start, end, self._exchange, "flood", f"{MOST_PARTS} parts, or more"))

    def _content(self, data: bytes, at: int, out: list[Item]) -> int:
        """Content up to a boundary's line; returns where that ends."""
        line = at if self._at_line and self._boundaries else self._next_line(data, at)
        while line >= 0:
            end = data.find(b"\n", line)
            if end < 0 and len(data) - line <= _LONGEST_LINE and b"--".startswith(data[line:line + 2]):
                return self._wait(data, at, _line_end_before(data, at, line), out)
            level = self._level(data[line:end]) if 0 < end - line <= _LONGEST_LINE else None
            if level is not None:
                before = _line_end_before(data, at, line)
                self._say(data[at:before], len(data) - before, out)
                self._close(self._place(len(data) - before), out)
                return self._cross(level, end + 1)
            line = self._next_line(data, line)
        tail = _TAIL.search(data, max(at, len(data) - 3)) if self._boundaries else None
        return self._wait(data, at, tail.start() if tail else len(data), out)

    def _next_line(self, data: bytes, at: int) -> int:
        """Where the next line that may be a boundary's begins, -1 for none."""
        found = data.find(b"\n--", at) if self._boundaries else -1
        return found + 1 if found >= 0 else -1

    def _wait(self, data: bytes, at: int, sure: int, out: list[Item]) -> int:
        """What is no boundary for sure goes on, the rest waits for more."""
        if sure > at:
            self._say(data[at:sure], len(data) - sure, out)
        self._kept = data[sure:]
        return len(data)

    def _level(self, line: bytes) -> tuple[int, bool] | None:
        """The multipart whose boundary this is, and whether it ends there."""
        bare = line.rstrip(b" \t\r")
        for level in range(len(self._boundaries) - 1, -1, -1):
            boundary = self._boundaries[level]
            if bare == boundary or bare == boundary + b"--":
                return level, bare != boundary
        return None

    def _cross(self, level: tuple[int, bool], at: int) -> int:
        """Behind a boundary comes a part's header, behind the last one nothing but the outer one's next."""
        number, last = level
        del self._boundaries[number if last else number + 1:]
        self._in_header, self._at_line = not last, True
        return at

    def _say(self, content: bytes, behind: int, out: list[Item]) -> None:
        self._at_line = False
        wanted = self._reading.bodies and (self._direction, self._part) not in self._reading.left
        if self._part and content and wanted:
            plain = self._unwrapping.decode(content)
            start, end = self._place(behind + len(content) + self._taken_off), self._place(behind)
            out.append(Body(self._direction, start, end, self._part, plain, content))

    def _place(self, behind: int) -> int:
        """The offset before what is behind; no exact one in content that has a coding, but one inside of it."""
        return max(self._first or 0, self._end - behind)

    def _close(self, at: int, out: list[Item], *, whole: bool = True) -> None:
        """The part that is read, if any, ends."""
        if not self._part:
            return
        rest = self._unwrapping.decode(b"", last=True)
        if rest:
            out.append(Body(self._direction, at, at, self._part, rest, b""))
        out.append((Complete if whole else Broken)(self._direction, at, at, self._part))
        self._reading.left.discard((self._direction, self._part))
        self._part = 0


def _line_end_before(data: bytes, at: int, line: int) -> int:
    """The line end before a boundary is part of it."""
    if line > at and data[line - 1] == 0x0A:
        line -= 1
        if line > at and data[line - 1] == 0x0D:
            line -= 1
    return line


def _line_of(boundary: str) -> bytes:
    return b"--" + boundary.encode("latin-1", "replace")


def _headers(raw: bytes) -> Headers:
    lines = _FOLD.sub(" ", raw.decode("latin-1")).split("\n")
    matches = [_FIELD.match(line.rstrip("\r")) for line in lines]
    return tuple((match[1].lower(), match[2].strip()) for match in matches if match)
