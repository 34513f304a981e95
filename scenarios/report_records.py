"""A TCP stream put in order again, and cut into TLS records (RFC 8446 §5.1)."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from scenarios.report_packets import SYN, Segment

_TYPES = range(20, 25)
_HEADER = 5
_WINDOW = 1 << 31


@dataclass(frozen=True, slots=True)
class Record:
    """A record: its content type and its body."""

    kind: int
    body: bytes


def plain_start(data: bytes | bytearray) -> bool:
    """Whether a stream begins with something that no TLS record begins with."""
    return bool(data) and (data[0] not in _TYPES or (len(data) > 1 and data[1] != 3))


@dataclass(slots=True)
class Stream:
    """One direction of a connection: takes segments in any order, gives the records that have become whole."""

    data: bytearray = field(default_factory=bytearray)
    _first: int | None = None
    _early: dict[int, bytes] = field(default_factory=dict)
    _read: int = 0

    def take(self, segment: Segment) -> None:
        """Add what a segment carries; what came before is not added again."""
        if self._first is None:
            self._first = segment.seq + (1 if segment.flags & SYN else 0)
        if segment.payload:
            offset = (segment.seq - self._first) % (1 << 32)
            self._early[offset - (1 << 32) if offset >= _WINDOW else offset] = segment.payload
            self._append()

    def _append(self) -> None:
        for offset in sorted(self._early):
            if offset > len(self.data):
                return
            self.data += self._early.pop(offset)[len(self.data) - offset:]

    def records(self) -> Iterator[Record]:
        """The records that are whole and were not given yet."""
        while len(self.data) >= self._read + _HEADER:
            start = self._read + _HEADER
            end = start + int.from_bytes(self.data[start - 2:start])
            if len(self.data) < end:
                return
            self._read = end
            yield Record(self.data[start - _HEADER], bytes(self.data[start:end]))
