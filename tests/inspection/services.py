"""Small services with an opinion of each kind."""

from hwmodel.session import Direction
from nf.log.records import (
    ApplicationFacts,
    CloseReason,
    LogRecord,
    SessionFacts,
    Volume,
    apptrack_close,
    apptrack_create,
)
from nf.services import Opinion, Service, Verdict


class Silent(Service):
    """Logs nothing, at no time."""

    def finish(self, application: ApplicationFacts, reason: CloseReason, volume: Volume) -> tuple[LogRecord, ...]:
        return ()


class LineGuard(Silent):
    """Holds the client's first line until it is whole; blocks the session where it names something forbidden."""

    def __init__(self, forbidden: bytes = b"forbidden") -> None:
        self._forbidden = forbidden
        self._line = b""

    def inspect(self, direction: Direction, data: bytes, encrypted: bool) -> Opinion:
        if direction is Direction.S2C:
            return Opinion(Verdict.PERMIT)
        self._line += data
        line, newline, _ = self._line.partition(b"\n")
        if not newline:
            return Opinion(Verdict.HOLD)
        return Opinion(Verdict.BLOCK if self._forbidden in line else Verdict.IGNORE)


class Turn(Silent):
    """Holds what the client says until the server speaks."""

    def inspect(self, direction: Direction, data: bytes, encrypted: bool) -> Opinion:
        return Opinion(Verdict.HOLD if direction is Direction.C2S else Verdict.IGNORE)


class Reader(Silent):
    """Reads along, both ways and to the end."""

    def __init__(self) -> None:
        self.seen: list[tuple[Direction, bytes, bool]] = []

    def inspect(self, direction: Direction, data: bytes, encrypted: bool) -> Opinion:
        self.seen.append((direction, data, encrypted))
        return Opinion(Verdict.PERMIT)


class Namer(Service):
    """Says at once what the application is, and logs the session's beginning and end."""

    def __init__(self, facts: SessionFacts, name: str, request: str | None = None, host: str | None = None) -> None:
        self._facts, self._name, self._request, self._host = facts, name, request, host

    def inspect(self, direction: Direction, data: bytes, encrypted: bool) -> Opinion:
        return Opinion(Verdict.IGNORE, (apptrack_create(self._facts),), self._name, self._request, self._host)

    def finish(self, application: ApplicationFacts, reason: CloseReason, volume: Volume) -> tuple[LogRecord, ...]:
        return (apptrack_close(self._facts, application, reason, volume),)
