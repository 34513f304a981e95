"""Cuts one direction of an HTTP/2 session into frames (RFC 9113 §4, §6); DATA goes on as it comes, other frames whole."""

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import Final, NamedTuple

PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
LONGEST: Final = 1 << 16  # bytes of a frame other than DATA, and of a header block
MOST_CONTINUATIONS: Final = 64  # CVE-2024-27316 and its like send them without end
_HEADER: Final = 9


class Kind(IntEnum):
    """The frames that are looked at."""

    DATA = 0
    HEADERS = 1
    RST_STREAM = 3
    SETTINGS = 4
    PUSH_PROMISE = 5
    CONTINUATION = 9


_KINDS: Final = frozenset(map(int, Kind))
END_STREAM: Final = 0x1
ACK: Final = 0x1
END_HEADERS: Final = 0x4
PADDED: Final = 0x8
PRIORITY: Final = 0x20


class FrameError(ValueError):
    """Nothing more can be read: the kind of the anomaly, and what is wrong."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class Frame(NamedTuple):
    """A frame whose header began at `start`; of DATA some of its content, which began at `at`, and whether it is the last."""

    kind: Kind
    flags: int
    stream: int
    start: int
    at: int
    payload: bytes
    last: bool = True

    @property
    def end(self) -> int:
        """The offset behind the payload."""
        return self.at + len(self.payload)


class Frames:
    """One direction; keeps at most one frame that is not DATA and the header block that it belongs to."""

    def __init__(self, *, client: bool) -> None:
        self.boundary = 0  # where the last whole frame, or header block, ended
        self._preface = PREFACE if client else b""
        self._kept = b""  # a frame, up to what is still to come
        self._needed = 0  # its size, once its header is there
        self._stream = self._flags = self._begun = 0  # of the DATA frame that is read
        self._left = self._padding = self._skipped = 0
        self._block: Frame | None = None  # HEADERS or PUSH_PROMISE without its end
        self._continuations = 0

    def read(self, data: bytes, start: int) -> Iterator[Frame]:
        """The frames that these bytes complete, and their DATA; raises FrameError."""
        at = self._skip_preface(data, start)
        while at < len(data):
            if self._left or self._skipped:
                frame, at = self._content(data, at, start)
            elif not (self._kept or self._block) and data[at + 3:at + 4] == b"\0" and at + _HEADER <= len(data):
                frame, at = self._bulk(data, at, start)
            else:
                frame, at = self._whole(data, at, start)
            if frame is not None:
                yield frame
            if not (self._left or self._skipped or self._kept or self._block):
                self.boundary = start + at

    @property
    def stream(self) -> int:
        """That of the last DATA frame."""
        return self._stream

    def follow(self, data: bytes, start: int, take: Callable[[int, int], bool]) -> int:
        """How many of these bytes are DATA that may pass unread, as `take` says of so many bytes of a stream.

        They end before the header of a stream's last frame, of a frame with padding, of one that is no DATA or is in pieces.
        """
        if self._kept or self._block or self._preface or self._skipped or self._padding or (self._left and self._flags):
            return 0
        at, size = min(self._left, len(data)), len(data)
        if at and not take(self._stream, at):
            return 0
        self._left -= at
        while at + _HEADER <= size and not data[at + 3] and not data[at + 4]:
            length, stream = int.from_bytes(data[at:at + 3]), int.from_bytes(data[at + 5:at + 9]) & 0x7FFFFFFF
            here = min(length, size - at - _HEADER)
            if not take(stream, here):
                break
            self._stream, self._flags, self._begun, self._left = stream, 0, start + at, length - here
            at += _HEADER + here
        if not self._left:
            self.boundary = start + at
        return at

    def _skip_preface(self, data: bytes, start: int) -> int:
        if not self._preface:
            return 0
        size = min(len(self._preface), len(data))
        if not self._preface.startswith(data[:size]):
            raise FrameError("malformed", "no connection preface")
        self._preface = self._preface[size:]
        if not self._preface:
            self.boundary = start + size
        return size

    def _bulk(self, data: bytes, at: int, start: int) -> tuple[Frame | None, int]:
        """The whole header of a DATA frame, as most are."""
        length, flags = int.from_bytes(data[at:at + 3]), data[at + 4]
        stream = int.from_bytes(data[at + 5:at + 9]) & 0x7FFFFFFF
        if not length or flags & PADDED:
            return self._whole(data, at, start)
        self._stream, self._flags, self._begun, self._left, self._padding = stream, flags, start + at, length, 0
        return None, at + _HEADER

    def _content(self, data: bytes, at: int, start: int) -> tuple[Frame | None, int]:
        """Some of a DATA frame's content, or of what nobody looks at."""
        if self._left:
            size = min(self._left, len(data) - at)
            self._left -= size
            payload = data if size == len(data) else data[at:at + size]
            self._skipped = 0 if self._left else self._padding
            frame = Frame(Kind.DATA, self._flags, self._stream, self._begun, start + at, payload, not self._left)
            return frame, at + size
        size = min(self._skipped, len(data) - at)
        self._skipped -= size
        return None, at + size

    def _whole(self, data: bytes, at: int, start: int) -> tuple[Frame | None, int]:
        """A frame's header, then all of it, unless it is DATA or nobody looks at it."""
        wanted = self._needed or _HEADER
        size = min(wanted - len(self._kept), len(data) - at)
        self._kept += data[at:at + size]
        at += size
        if len(self._kept) < wanted:
            return None, at
        length, kind, flags = int.from_bytes(self._kept[:3]), self._kept[3], self._kept[4]
        stream = int.from_bytes(self._kept[5:9]) & 0x7FFFFFFF
        if not self._needed:
            self._needed = self._want(length, kind, flags)
            if len(self._kept) < self._needed:
                return None, at
        kept, self._kept, self._needed = self._kept, b"", 0
        begun = start + at - len(kept)
        if self._block is not None and kind != Kind.CONTINUATION:
            raise FrameError("malformed", "a header block is not continued")
        if kind not in _KINDS:
            self._skipped = length
            return None, at
        if kind == Kind.DATA:
            return self._begin_data(length, flags, stream, begun, kept), at
        frame = Frame(Kind(kind), flags, stream, begun, begun + _HEADER, kept[_HEADER:])
        return self._headers(frame), at

    def _want(self, length: int, kind: int, flags: int) -> int:
        """How much of a frame is kept until it is looked at."""
        if kind == Kind.DATA:
            return _HEADER + (1 if flags & PADDED and length else 0)
        if kind not in _KINDS:
            return _HEADER
        if length > LONGEST:
            raise FrameError("oversized", f"frame of {length} bytes")
        return _HEADER + length

    def _begin_data(self, length: int, flags: int, stream: int, begun: int, kept: bytes) -> Frame | None:
        padding = kept[_HEADER] if len(kept) > _HEADER else 0
        inside = length - (len(kept) - _HEADER)
        if padding > inside:
            raise FrameError("malformed", "more padding than DATA")
        self._stream, self._flags, self._begun = stream, flags, begun
        self._left, self._padding = inside - padding, padding
        if self._left:
            return None
        self._skipped = padding
        return Frame(Kind.DATA, flags, stream, begun, begun + len(kept), b"")

    def _headers(self, frame: Frame) -> Frame | None:
        """A header block with all that continues it, as one frame."""
        if frame.kind is Kind.CONTINUATION:
            frame = self._continued(frame)
        elif frame.kind in {Kind.HEADERS, Kind.PUSH_PROMISE}:
            frame = frame._replace(payload=_bare(frame))
        else:
            return frame
        self._block = None if frame.flags & END_HEADERS else frame
        return frame if self._block is None else None

    def _continued(self, frame: Frame) -> Frame:
        block = self._block
        if block is None or block.stream != frame.stream:
            raise FrameError("malformed", "CONTINUATION of nothing")
        self._continuations = self._continuations + 1 if not frame.flags & END_HEADERS else 0
        if len(block.payload) + len(frame.payload) > LONGEST or self._continuations > MOST_CONTINUATIONS:
            raise FrameError("oversized", f"header block of more than {LONGEST} bytes or {MOST_CONTINUATIONS} frames")
        return block._replace(payload=block.payload + frame.payload, flags=block.flags | frame.flags & END_HEADERS,
                              at=frame.end - len(block.payload) - len(frame.payload))


def _bare(frame: Frame) -> bytes:
    """The payload without padding and priority; PUSH_PROMISE keeps its promised stream."""
    payload = frame.payload
    if frame.flags & PADDED:
        padding = payload[0] if payload else 1
        if padding >= len(payload):
            raise FrameError("malformed", "more padding than header block")
        payload = payload[1:len(payload) - padding]
    if frame.kind is Kind.HEADERS and frame.flags & PRIORITY:
        if len(payload) < 5:
            raise FrameError("malformed", "no priority where one is announced")
        payload = payload[5:]
    return payload


def write(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    """A frame."""
    return len(payload).to_bytes(3) + bytes([kind, flags]) + stream.to_bytes(4) + payload
