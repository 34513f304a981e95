"""The way of records from every process to the one that feeds syslog servers: a kernel's queue that never waits."""

import contextlib
import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from nf.log.records import LogRecord

BATCH: Final = 64  # records in one message
MESSAGE: Final = 1 << 18  # bytes
_BUFFER: Final = 1 << 22
_SO_SNDBUFFORCE: Final = 32  # Linux; Python has no name for it

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(tuple[float, list[tuple[str, str, int, tuple[tuple[str, str], ...]]]])


class Queue:
    """Messages are whole or not there. Both ends stay open in the parent, so a dead sender loses nothing queued."""

    def __init__(self) -> None:
        self._into, self._out_of = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (self._into, self._out_of):
            end.setblocking(False)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
            with contextlib.suppress(OSError):  # root may have more than the system's limit
                end.setsockopt(socket.SOL_SOCKET, _SO_SNDBUFFORCE, _BUFFER)

    def put(self, records: Sequence[LogRecord], at: datetime) -> int:
        """Queue records; how many found no room."""
        lost, when = 0, at.timestamp()
        for start in range(0, len(records), BATCH):
            lost += self._put(records[start:start + BATCH], when)
        return lost

    def _put(self, batch: Sequence[LogRecord], when: float) -> int:
        data = _encoded(batch, when)
        if len(data) > MESSAGE and len(batch) > 1:
            middle = len(batch) // 2
            return self._put(batch[:middle], when) + self._put(batch[middle:], when)
        try:
            if len(data) <= MESSAGE:
                self._into.send(data)
                return 0
        except OSError:
            pass  # full, or nobody there to read
        return len(batch)

    def take(self) -> tuple[datetime, list[LogRecord]] | None:
        """The next message, no records where there is none now, None once every process has closed its end."""
        try:
            data = self._out_of.recv(MESSAGE)
        except BlockingIOError:
            return datetime.fromtimestamp(0, UTC), []
        if not data:
            return None
        when, records = _decoder.decode(data)
        return datetime.fromtimestamp(when, UTC), [LogRecord.of(*record) for record in records]

    def fileno(self) -> int:
        """The reading end's descriptor."""
        return self._out_of.fileno()

    def descriptors(self) -> list[int]:
        """Both ends."""
        return [end.fileno() for end in (self._into, self._out_of)]

    def close(self) -> None:
        """Put no more."""
        self._into.close()


def _encoded(records: Sequence[LogRecord], when: float) -> bytes:
    try:
        return _encoder.encode((when, [(one.app, one.name, one.priority, one.fields) for one in records]))
    except UnicodeEncodeError:  # a lone surrogate, which only a hostile peer's bytes can have become
        plain = [(one.app, one.name, one.priority, [(name, _plain(value)) for name, value in one.fields])
                 for one in records]
        return _encoder.encode((when, plain))


def _plain(value: str) -> str:
    return value.encode("utf-8", "backslashreplace").decode()
