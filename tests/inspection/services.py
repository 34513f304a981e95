"""Small services with an opinion of each kind."""

from hwmodel.session import Direction
from nf.log.apptrack_records import apptrack_close, apptrack_create
from nf.log.records import ApplicationFacts, CloseReason, LogRecord, SessionFacts, Volume
from nf.policy.unified import Known
from nf.services import HOLD, IGNORE, PERMIT, Block, Fault, Opinion, Piece, Service, Verdict
from nf.services.asking import Answer, Ask, Peer


class Silent(Service):
    """Logs nothing, at no time."""

    def finish(self, application: ApplicationFacts, reason: CloseReason, volume: Volume) -> tuple[LogRecord, ...]:
        return ()


class LineGuard(Silent):
    """Holds the client's first line until it is whole; blocks the session where it names something forbidden."""

    name = "guard"

    def __init__(self, forbidden: bytes = b"forbidden") -> None:
        self._forbidden = forbidden
        self._line = b""

    def inspect(self, piece: Piece) -> Opinion:
        if piece.direction is Direction.S2C:
            return PERMIT
        self._line += piece.data
        line, newline, _ = self._line.partition(b"\n")
        if not newline and not piece.final:
            return Opinion(Verdict.HOLD)
        return Opinion(Verdict.BLOCK if self._forbidden in line else Verdict.IGNORE)


class Turn(Silent):
    """Holds what the client says until the server speaks."""

    def inspect(self, piece: Piece) -> Opinion:
        return Opinion(Verdict.HOLD if piece.direction is Direction.C2S else Verdict.IGNORE)


class Reader(Silent):
    """Reads along, both ways and to the end."""

    def __init__(self) -> None:
        self.seen: list[tuple[Direction, bytes, bool]] = []

    def inspect(self, piece: Piece) -> Opinion:
        self.seen.append((piece.direction, piece.data, piece.encrypted))
        return PERMIT


class Namer(Service):
    """Says at once what the application is, and logs the session's beginning and end."""

    def __init__(self, facts: SessionFacts, name: str, request: str | None = None, host: str | None = None) -> None:
        self._facts, self._name, self._request, self._host = facts, name, request, host

    def inspect(self, piece: Piece) -> Opinion:
        return Opinion(Verdict.IGNORE, (apptrack_create(self._facts),), self._request, self._host,
                       found=ApplicationFacts(self._name), known=Known(frozenset({f"junos:{self._name}"}), final=True))

    def finish(self, application: ApplicationFacts, reason: CloseReason, volume: Volume) -> tuple[LogRecord, ...]:
        return (apptrack_close(self._facts, application, reason, volume),)


class Listener(Silent):
    """Wants no data: it hears what the application is, once that is sure."""

    rank = 95
    watches = False
    guesses = False

    def __init__(self) -> None:
        self.heard: list[str] = []

    def identified(self, known: Known, application: ApplicationFacts, now: float) -> Opinion:
        self.heard.append(application.application)
        return PERMIT


class Guesser(Silent):
    """Takes what comes for HTTP, and is sure of it with the second piece."""

    def __init__(self) -> None:
        self._sure = False

    def inspect(self, piece: Piece) -> Opinion:
        sure, self._sure = self._sure, True
        return Opinion(Verdict.PERMIT, found=ApplicationFacts("HTTP" if sure else "HTTP?"),
                       known=Known(frozenset({"junos:HTTP"}), final=sure))


class Consulter(Silent):
    """Asks a daemon about the session at once, lets everything wait for it, and takes `no` for no."""

    def open(self, now: float) -> Opinion:
        return Opinion(Verdict.HOLD, asks=(Ask(1, Peer("tcp", "127.0.0.1", 1), b"may it?"),), patience=5.0)

    def inspect(self, piece: Piece) -> Opinion:
        return HOLD

    def answer(self, answer: Answer) -> Opinion:
        return Opinion(Verdict.BLOCK, block=Block("the daemon says no")) if answer.data == b"no" else IGNORE


class Lenient(Consulter):
    """Lets a session pass of which it does not hear in time."""

    def fall_back(self, fault: Fault) -> Opinion:
        return IGNORE


class Refuser(Silent):
    """Refuses every session before anything of it is seen."""

    def open(self, now: float) -> Opinion:
        return Opinion(Verdict.BLOCK, block=Block("refused"))


class Identifies(Silent):
    """Knows SSH by its first bytes, and holds the client's until then."""

    rank = 5

    def __init__(self) -> None:
        self._head = b""

    def inspect(self, piece: Piece) -> Opinion:
        self._head += piece.data
        if len(self._head) < 4:
            return HOLD
        return Opinion(Verdict.IGNORE, found=ApplicationFacts("SSH"), known=Known(frozenset({"junos:SSH"}), final=True))
