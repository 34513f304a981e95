"""The joint verdict of a session's services: the maximum of theirs; what is held is held once, for all of them."""

from dataclasses import dataclass
from typing import Protocol

from hwmodel.session import Direction
from nf.inspection.identification import NOTHING_FOUND, identified
from nf.log.records import NO_APPLICATION, ApplicationFacts, CloseReason, LogRecord, Volume
from nf.policy.unified import Known
from nf.services import Opinion, Service, Verdict

HOLD_LIMIT = 96 << 10  # bytes held back per direction before the session counts as blocked; no session is above 256 KB


@dataclass(frozen=True, slots=True)
class Passage:
    """What inspection lets through, each piece in the direction it came; whether to end; what to log."""

    data: tuple[tuple[Direction, bytes], ...] = ()
    blocked: bool = False  # by a service
    records: tuple[LogRecord, ...] = ()
    request: str | None = None  # the first request line, when these bytes completed it
    host: str | None = None  # the host that it is for, likewise
    denied: bool = False  # by the policy of the application that these bytes told


@dataclass(frozen=True, slots=True)
class Ruling:
    """The policy of a session whose application is known now: whether it denies, its services, and what to log."""

    denied: bool = False
    services: tuple[Service, ...] = ()
    records: tuple[LogRecord, ...] = ()


class Case(Protocol):
    """A session whose policy waits for its application, or denies whatever it is."""

    def rule(self, known: Known, /) -> Ruling:
        """Decide, now that all is known."""


class Denial:
    """The case of a session that nothing may pass."""

    def rule(self, _: Known) -> Ruling:
        """No, whatever it is."""
        return Ruling(denied=True)


class Inspection:
    """The services active on one session; `done` when none of them wants more bytes.

    While a `case` is open there are none yet: the client's first bytes are held until they tell the application.
    """

    def __init__(self, services: tuple[Service, ...], case: Case | None = None) -> None:
        self._all = services
        self._watching = list(services)
        self.case = case
        self._held: dict[Direction, bytes] = {Direction.C2S: b"", Direction.S2C: b""}
        self._holders: dict[Direction, list[Service]] = {Direction.C2S: [], Direction.S2C: []}
        self.application = NO_APPLICATION  # what is known of it so far

    @property
    def active(self) -> bool:
        """Whether any service is on the session at all: without one there is nothing to decrypt for."""
        return bool(self._all) or self.case is not None

    @property
    def done(self) -> bool:
        """Whether every service has seen enough, so that data may be relayed unseen."""
        return not self._watching and self.case is None

    @property
    def holding(self) -> bool:
        """Whether data of either direction is held back."""
        return any(self._held.values())

    def mark_encrypted(self, encrypted: bool) -> None:
        """Whether the session turned out to carry TLS."""
        self.application = ApplicationFacts(self.application.application, encrypted="Yes" if encrypted else "No")

    def receive(self, direction: Direction, data: bytes) -> Passage:
        """Show the next plaintext to every service that still watches, and pass on what all of them let go."""
        if self.case is not None:
            return self._identify(self.case, direction, data)
        encrypted = self.application.encrypted == "Yes"
        opinions = [(service, service.inspect(direction, data, encrypted)) for service in self._watching]
        self._watching = [service for service, opinion in opinions if opinion.verdict is not Verdict.IGNORE]
        self._holders[direction] = [service for service, opinion in opinions if opinion.verdict is Verdict.HOLD]
        other = direction.opposite
        self._holders[other] = [service for service in self._holders[other] if service in self._watching]
        records = tuple(record for _, opinion in opinions for record in opinion.records)
        request, host = self._learn([opinion for _, opinion in opinions])
        verdict = max((opinion.verdict for _, opinion in opinions), default=Verdict.IGNORE)
        self._held[direction] += data
        too_much = verdict is Verdict.HOLD and len(self._held[direction]) > HOLD_LIMIT
        free = [way for way in (direction, other) if not self._holders[way]]
        if verdict is Verdict.BLOCK or too_much:
            self._release(*Direction)
            return Passage(blocked=True, records=records, request=request, host=host)
        return Passage(self._release(*free), records=records, request=request, host=host)

    @property
    def services(self) -> tuple[Service, ...]:
        """All that are on the session."""
        return self._all

    def settle(self, services: tuple[Service, ...], case: Case | None = None) -> None:
        """The case is closed, or another one: these services are on the session."""
        self.case, self._all, self._watching = case, services, list(services)

    def _identify(self, case: Case, direction: Direction, data: bytes) -> Passage:
        """Decide by the client's first bytes; a server that speaks before they tell leaves the application unknown."""
        head = self._held[Direction.C2S] + (data if direction is Direction.C2S else b"")
        known = identified(head) if direction is Direction.C2S else NOTHING_FOUND
        if known is None:
            self._held[Direction.C2S] = head
            return Passage()
        ruling = case.rule(known)
        self.settle(ruling.services, Denial() if ruling.denied else None)
        self._held[Direction.C2S] = b""
        if ruling.denied:
            return Passage(denied=True, records=ruling.records)
        pieces = [(Direction.C2S, head)] if direction is Direction.C2S else [(Direction.C2S, head), (direction, data)]
        passages = [self.receive(way, piece) for way, piece in pieces if piece]
        return Passage(
            tuple(piece for passage in passages for piece in passage.data), any(passage.blocked for passage in passages),
            (*ruling.records, *(record for passage in passages for record in passage.records)),
            next((passage.request for passage in passages if passage.request), None),
            next((passage.host for passage in passages if passage.host), None))

    @property
    def next_update(self) -> float | None:
        """The session's age in seconds at which a service wants to log what it has carried; None where none does."""
        if not self._all:
            return None
        return min([age for service in self._all if (age := service.next_update()) is not None], default=None)

    def update(self, volume: Volume) -> tuple[LogRecord, ...]:
        """The session has carried so much and goes on: what services log of it now."""
        return tuple(record for service in self._all for record in service.update(self.application, volume))

    def finish(self, reason: CloseReason, volume: Volume) -> tuple[LogRecord, ...]:
        """The session has ended: the last records of all its services."""
        return tuple(record for service in self._all for record in service.finish(self.application, reason, volume))

    def _release(self, *directions: Direction) -> tuple[tuple[Direction, bytes], ...]:
        released = tuple((direction, self._held[direction]) for direction in directions if self._held[direction])
        self._held.update(dict.fromkeys(directions, b""))
        return released

    def _learn(self, opinions: list[Opinion]) -> tuple[str | None, str | None]:
        """What services say of the application; the request line and the host, if any says them now."""
        for opinion in opinions:
            if opinion.application is not None:
                self.application = ApplicationFacts(opinion.application, encrypted=self.application.encrypted)
        return (next((opinion.request for opinion in opinions if opinion.request is not None), None),
                next((opinion.host for opinion in opinions if opinion.host), None))
