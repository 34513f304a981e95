"""Cuts one direction of an HTTP/1 session into messages: heads, content, chunks, trailers; bounded whatever comes.

Keeps at most one head, trailer or chunk line; content is never kept.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final

from hwmodel.session import Direction
from nf.protocols.content import Content
from nf.protocols.http1_framing import Framing
from nf.protocols.http1_head import SIMPLE
from nf.protocols.items import Anomaly, Broken, Item

LONGEST_HEAD: Final = 1 << 16  # bytes, and of a trailer; servers take 8 to 32 KB
MOST_LINES: Final = 2000  # of a head; servers take 100 to 2,000
LONGEST_CHUNK_LINE: Final = 4096  # bytes, with extensions
_CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(;[^\n]*)?\r?\n\Z", re.DOTALL)
_NEXT_CHUNK: Final = re.compile(rb"\r\n([0-9A-Fa-f]{1,8})\r\n")  # behind a chunk
_END_OF_HEAD: Final = re.compile(rb"\n\r?\n")
_LINE_END: Final = b"\n"

Step = Callable[["Messages", bytes, int, int, list[Item]], int]  # reads on from there; returns how far it came


class Messages(ABC):
    """One direction; requests and responses differ in what a head means."""

    def __init__(self, direction: Direction) -> None:
        self.direction = direction
        self.exchange = 0  # of the message that is read, or was read last
        self.boundary = 0  # offset at which the last whole message ended
        self.lost = False  # nothing more can be read
        self.began = 0  # offset at which the message that is read began
        self._kept = bytearray()  # of a head, a line, a trailer
        self._left = 0  # bytes of content, or of a chunk, that are to come
        self.over = False  # from here on it is another protocol
        self._content: Content | None = None
        self._step: Step = Messages._head

    @abstractmethod
    def begin(self, raw: bytes, start: int, end: int, out: list[Item]) -> tuple[Framing, Content | None] | None:
        """A head has come; None where nothing more can be read as HTTP/1."""

    @abstractmethod
    def complete(self, end: int, out: list[Item]) -> None:
        """The message is whole."""

    def read(self, data: bytes, start: int, out: list[Item]) -> int:
        """What these bytes tell goes to `out`; returns how many of them are HTTP/1."""
        left = self._left
        if left > len(data) and self._content is not None:  # bulk
            self._left = left - len(data)
            self._content.receive(data, start, out)
            return len(data)
        at = 0
        while at < len(data) and not self.lost:
            at = self._step(self, data, at, start, out)
            if self.over:
                return at
        return len(data)

    def end(self, at: int, out: list[Item]) -> None:
        """The stream has ended: so has content without a length; other content is broken off."""
        if self._step is Messages._until_end:
            self._finish(at, out)
        elif self._step is not Messages._head or self._kept:
            if self._content is not None:
                out.extend(self._content.finish(at, whole=False))
            out.append(Broken(self.direction, at, at, self.exchange))

    @property
    def remaining(self) -> int:
        """Bytes still to come of content whose length is known, but for the last one, which completes the message."""
        return self._left - 1 if self._step is Messages._sized else 0

    def skip(self, count: int) -> None:
        """So many of them pass unread."""
        self._left -= count

    @property
    def follows(self) -> bool:
        """Whether what comes next is content that nobody wants, or its framing."""
        return self._step in self._FOLLOWED and self._content is not None and self._content.is_left

    def follow(self, data: bytes) -> int:
        """How many of these bytes are: chunks, up to one that is the last, in pieces, or in any way unusual."""
        if not self.follows or self._kept:
            return 0
        if self._step is Messages._until_end:
            return len(data)
        at, size = self._left, len(data)
        while at < size and (match := _NEXT_CHUNK.match(data, at)) and (left := int(match[1], 16)):
            at = match.end() + left
        self._left = max(0, at - size)
        self._step = Messages._chunk if self._left else Messages._chunk_end
        return min(at, size)

    def odd(self, kind: str, text: str, start: int, end: int, out: list[Item], *, lost: bool = False) -> None:
        """Report something of the message that is read."""
        self.lost = self.lost or lost
        out.append(Anomaly(self.direction, start, end, self.exchange, kind, text, lost))

    @property
    def inside(self) -> bool:
        """Whether a message has begun and not ended."""
        return self._step is not Messages._head or bool(self._kept)

    def _head(self, data: bytes, at: int, start: int, out: list[Item]) -> int:
        kept = self._kept
        if not kept:
            while at < len(data) and data[at] in b"\r\n":  # servers overlook empty lines, RFC 9112 §2.2
                at += 1
            self.began = start + at
        before = len(kept)
        kept += data[at:at + LONGEST_HEAD + 1 - before]
        match = self._simple(kept) or _END_OF_HEAD.search(kept, max(0, before - 2))
        if match is None or match.end() > LONGEST_HEAD:
            if len(kept) > LONGEST_HEAD:
                self.odd("oversized", f"head of more than {LONGEST_HEAD} bytes", self.began, self.began + LONGEST_HEAD, out,
                         lost=True)
                kept.clear()
            return len(data)
        raw = bytes(kept[:match.end()])
        kept.clear()
        at += len(raw) - before
        if raw.count(b"\n") > MOST_LINES:
            self.odd("oversized", f"head of more than {MOST_LINES} lines", self.began, start + at, out, lost=True)
            return at
        begun = self.begin(raw, self.began, start + at, out)
        if begun is not None:
            self._frame(*begun, start + at, out)
        return at

    def _simple(self, kept: bytearray) -> re.Match[bytes] | None:
        """A head of one line, as requests of HTTP/0.9 have."""
        return SIMPLE.match(kept) if self.direction is Direction.C2S else None

    def _frame(self, framing: Framing, content: Content | None, end: int, out: list[Item]) -> None:
        for kind, text in framing.oddities:
            self.odd(kind, text, self.began, end, out, lost=framing.lost)
        if framing.lost:
            return
        self._content = content
        if framing.chunked:
            self._step = Messages._chunk_line
        elif framing.length is None:
            self._step = Messages._until_end
        elif framing.length:
            self._left, self._step = framing.length, Messages._sized
        else:
            self._finish(end, out)

    def _finish(self, end: int, out: list[Item]) -> None:
        if self._content is not None:
            out.extend(self._content.finish(end))
        self._step, self._content, self.boundary = Messages._head, None, end
        self.complete(end, out)

    def _take(self, data: bytes, at: int, start: int, out: list[Item]) -> int:
        """As much content as there is, up to what is left of it."""
        size = min(self._left, len(data) - at)
        self._left -= size
        if self._content is not None:
            whole = size == len(data)
            self._content.receive(data if whole else data[at:at + size], start + at, out)
        return at + size

    def _sized(self, data: bytes, at: int, start: int, out: list[Item]) -> int:
        at = self._take(data, at, start, out)
        if not self._left:
            self._finish(start + at, out)
        return at

    def _until_end(self, data: bytes, at: int, start: int, out: list[Item]) -> int:
        self._left = len(data) - at
        return self._take(data, at, start, out)

    def _chunk(self, data: bytes, at: int, start: int, out: list[Item]) -> int:
        at = self._take(data, at, start, out)
        match = None if self._left else _NEXT_CHUNK.match(data, at)
        if match and (left := int(match[1], 16)):  # as most go on
            self._left = left
            return match.end()
        if not self._left:
            self._step = Messages._chunk_end
        return at

    def _chunk_end(self, data: bytes, at: int, start: int, out: list[Item]) -> int:
        """The line end behind a chunk, and nothing else; byte by byte where it is in pieces, or none."""
        if not self._kept and data[at:at + 2] == b"\r\n":
            self._step = Messages._chunk_line
            return at + 2
        self._kept += data[at:at + 1]
        if self._kept == b"\r":
            return at + 1
        if self._kept != b"\r\n":
            lost = self._kept != _LINE_END
            text = "bytes behind a chunk" if lost else "line feed without carriage return behind a chunk"
            self.odd("smuggling", text, start + at, start + at + 1, out, lost=lost)
        self._kept.clear()
        self._step = Messages._chunk_line
        return at + 1

    def _chunk_line(self, data: bytes, at: int, start: int, out: list[Item]) -> int:
        line, at = self._line(data, at, LONGEST_CHUNK_LINE)
        if line is None:
            return at
        match = _CHUNK.match(line)
        if match is None:
            self.odd("smuggling", f"chunk line {line[:40]!r}", start + at, start + at, out, lost=True)
            return at
        if not line.endswith(b"\r\n") or b"\r" in line[:-2]:
            self.odd("smuggling", "chunk line with a line end of its own", start + at, start + at, out)
        self._left = int(match[1], 16)
        self._step = Messages._chunk if self._left else Messages._trailer
        return at

    def _trailer(self, data: bytes, at: int, start: int, out: list[Item]) -> int:
        """Lines up to an empty one; what they say is not told."""
        line, at = self._line(data, at, LONGEST_HEAD)
        if line is None:
            return at
        if not line.endswith(b"\r\n"):
            self.odd("smuggling", "line feed without carriage return in a trailer", start + at, start + at, out)
        if not line.strip(b"\r\n"):
            self._finish(start + at, out)
        elif b":" not in line:
            self.odd("smuggling", f"trailer line {line[:40]!r}", start + at, start + at, out, lost=True)
        return at

    def _line(self, data: bytes, at: int, longest: int) -> tuple[bytes | None, int]:
        """A line with its end, and where it ends; one that is too long ends there."""
        found = data.find(_LINE_END, at, at + longest - len(self._kept))
        end = found + 1 if found >= 0 else min(len(data), at + longest - len(self._kept))
        self._kept += data[at:end]
        if found < 0 and len(self._kept) < longest:
            return None, end
        line = bytes(self._kept)
        self._kept.clear()
        return line, end

    _FOLLOWED: Final = (_chunk, _chunk_end, _until_end)
