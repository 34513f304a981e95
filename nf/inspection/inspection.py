"""The joint verdict of a session's services: the maximum of theirs; what is held is held once, for all of them.

Services are asked in the order of their ranks; the first that blocks ends the round. What one holds is bounded in bytes
(`most_held`) and in time (its patience); then, or when it fails, its own fallback decides.
"""

from dataclasses import dataclass, replace
from typing import Protocol

from hwmodel.session import Direction
from nf.inspection.held import Held
from nf.inspection.identification import NOTHING_FOUND, identified
from nf.inspection.panel import Panel, Round
from nf.inspection.passage import NOTHING, Passage
from nf.log.records import NO_APPLICATION, CloseReason, LogRecord, Volume
from nf.policy.unified import Known
from nf.protocols.conversation import Conversation
from nf.protocols.items import Item
from nf.services import PERMIT, Block, Fault, Opinion, Piece, Service, Verdict
from nf.services.asking import Answer


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
        self._held = {direction: Held() for direction in Direction}
        self._panel = Panel(services, self._held)
        self._conversation: Conversation | None = None
        self._waking: float | None = None  # when somebody is to be woken, as far as has been said
        self._head = b""  # the client's first bytes, while there is a case
        self._paused: frozenset[Direction] = frozenset()
        self._ending: list[Direction] = []  # whose senders have ended, while something of theirs is held back
        self.case = case
        self.application = NO_APPLICATION  # what is known of it so far

    @property
    def services(self) -> tuple[Service, ...]:
        """All that are on the session."""
        return self._panel.all

    @property
    def active(self) -> bool:
        """Whether any service is on the session at all: without one there is nothing to decrypt for."""
        return bool(self._panel.all) or self.case is not None

    @property
    def rewrites(self) -> bool:
        """Whether a service may replace what passes, which is done in HTTP/1 alone."""
        return any(service.rewrites for service in self._panel.all)

    @property
    def done(self) -> bool:
        """Whether every service has seen enough, so that data may be relayed unseen."""
        return not self._panel.watching and self.case is None

    @property
    def holding(self) -> bool:
        """Whether data of either direction is held back."""
        return bool(self._head) or any(self._held.values())

    def mark_encrypted(self, encrypted: bool) -> None:
        """Whether the session turned out to carry TLS."""
        self.application = replace(self.application, encrypted="Yes" if encrypted else "No")

    def settle(self, services: tuple[Service, ...], case: Case | None = None) -> None:
        """The case is closed, or another one: these services are on the session."""
        self.case, self._panel = case, Panel(services, self._held)

    # what happens

    def open(self, now: float) -> Passage:
        """The session begins: some services know already that it must not be."""
        said = Round()
        for service in tuple(self._panel.watching):
            if type(service).open is not Service.open:
                self._hear(service, self._panel.ask(service, service.open, now, said), said, now)
                if said.block is not None:
                    break
        return self._passage(said, now) if said.opinions else NOTHING

    def receive(self, direction: Direction, data: bytes, now: float = 0.0) -> Passage:
        """Show the next plaintext to every service that still watches, and pass on what all of them let go."""
        if self.case is not None:
            return self._identify(self.case, direction, data, now)
        held, said = self._held[direction], Round()
        items = self._items(direction, data) if self._panel.reading else ()
        self._show(self._piece(direction, data, now, items), said)
        if not self._panel.limits and not held and not said.opinions:
            held.seen = held.passed = held.seen + len(data)
            return Passage(((direction, data),), mishaps=said.mishaps)
        held.add(data)
        return self._passage(said, now)

    def end(self, direction: Direction, now: float) -> Passage:
        """The sender of a direction has ended its stream, which goes on once nothing of it is held back."""
        if self.case is not None:
            passage = self._identify(self.case, direction.opposite if direction is Direction.C2S else direction, b"", now)
            return passage if passage.denied else replace(passage, finished=(*passage.finished, direction))
        said, held = Round(), self._held[direction]
        items = self._conversation.end(direction) if self._conversation is not None else ()
        self._ending.append(direction)
        self._show(self._piece(direction, b"", now, items, final=True), said)
        return self._passage(said, now)

    def _piece(self, direction: Direction, data: bytes, now: float, items: tuple[Item, ...], *, final: bool = False) -> Piece:
        conversation, start = self._conversation, self._held[direction].seen
        encrypted = self.application.encrypted == "Yes"
        if conversation is None:
            return Piece(direction, data, start, encrypted, now, items, final)
        return Piece(direction, data, start, encrypted, now, items, final, conversation.protocol,
                     conversation.boundary(direction))

    def _show(self, piece: Piece, said: Round) -> None:
        """Every service that still watches is shown the piece, up to one that blocks."""
        panel = self._panel
        for service in tuple(panel.watching):
            tally = service.tally
            tally.pieces += 1
            tally.bytes += len(piece.data)
            opinion = panel.ask(service, service.inspect, piece, said)
            if opinion is PERMIT:
                panel.let_go(service, (piece.direction,))
            else:
                panel.take(service, opinion, said, piece.now, (piece.direction,))
                if said.block is not None:
                    return

    def answer(self, place: int, answer: Answer) -> Passage:
        """An engine has answered the service of that place; one that has detached itself does not hear."""
        service, said = self._panel.all[place], Round()
        if service not in self._panel.watching:
            return NOTHING
        self._hear(service, self._panel.ask(service, service.answer, answer, said), said, answer.now)
        return self._passage(said, answer.now)

    def wake(self, now: float) -> Passage:
        """The time is over that some service had for its verdict."""
        said, self._waking = Round(), None
        for service in self._panel.impatient(now):
            opinion = self._panel.ask(service, service.wake, now, said)
            if opinion.verdict is Verdict.HOLD and opinion.patience is None:
                opinion = self._panel.give_up(service, Fault.TIMEOUT, said)
            self._hear(service, opinion, said, now)
        return self._passage(said, now)

    @property
    def next_update(self) -> float | None:
        """The session's age in seconds at which a service wants to log what it has carried; None where none does."""
        if not self._panel.all:
            return None
        return min([age for service in self._panel.all if (age := service.next_update()) is not None], default=None)

    def update(self, volume: Volume) -> tuple[LogRecord, ...]:
        """The session has carried so much and goes on: what services log of it now."""
        return tuple(record for service in self._panel.all for record in service.update(self.application, volume))

    def finish(self, reason: CloseReason, volume: Volume) -> tuple[LogRecord, ...]:
        """The session has ended: the last records of all its services."""
        return tuple(record for service in self._panel.all
                     for record in service.finish(self.application, reason, volume))

    # the joint verdict

    def _hear(self, service: Service, opinion: Opinion, said: Round, now: float) -> None:
        self._panel.take(service, opinion, said, now)

    def _items(self, direction: Direction, data: bytes) -> tuple[Item, ...]:
        if self._conversation is None:
            self._conversation = Conversation()
        self._conversation.bodies = any(service.bodies for service in self._panel.reading)
        return self._conversation.read(direction, data)

    def _passage(self, said: Round, now: float) -> Passage:
        """Bound what is held, let go what may go, and learn what was said of the application."""
        self._replace(said)
        for service in self._panel.excessive():
            self._hear(service, self._panel.give_up(service, Fault.TOO_MUCH, said), said, now)
        request, host = self._learn(said.opinions)
        block = said.block
        page = b"" if block is None else self._page(block)
        return Passage(
            () if block is not None else self._released(), block, page, said.records, request, host,
            asks=said.asks, bulletins=said.bulletins, way=said.way, dscp=said.dscp, pause=self._pause(),
            finished=() if block is not None else self._finished(),
            wake=None if block is not None else self._next_wake(now), mishaps=said.mishaps)

    def _replace(self, said: Round) -> None:
        for new in said.replaced:
            try:
                self._held[new.direction].replace(new.start, new.end, new.data)
            except ValueError as error:  # a service's bug: what it wanted changed has gone, or never came
                said.mishaps += (f"{error}\n",)
                said.block = said.block or Block(Fault.CRASH.value)

    def _released(self) -> tuple[tuple[Direction, bytes], ...]:
        found = []
        for direction, held in self._held.items():
            if held:
                data = held.release(self._panel.limit(direction))
                if data:
                    found.append((direction, data))
        return tuple(found)

    def _finished(self) -> tuple[Direction, ...]:
        """Directions that have ended, and now may."""
        over = tuple(direction for direction in self._ending if not self._held[direction])
        for direction in over:
            self._ending.remove(direction)
        return over

    def _page(self, block: Block) -> bytes:
        """What the client is told, where its protocol and the moment allow it."""
        page, passed = block.page, self._held[Direction.S2C].passed
        for held in self._held.values():
            held.drop()
        if page is None or self._conversation is None:
            return b""
        return self._conversation.page(page.exchange, page.text, page.title, page.status, page.location, page.mime,
                                       passed=passed) or b""

    def _pause(self) -> frozenset[Direction] | None:
        """What is not to be read now, where that has changed."""
        paused = self._panel.paused
        if paused == self._paused:
            return None
        self._paused = paused
        return paused

    def _next_wake(self, now: float) -> float | None:
        """Seconds, where it is sooner than has been said."""
        due = self._panel.next_wake
        if due is None or (self._waking is not None and self._waking <= due):
            return None
        self._waking = due
        return max(0.0, due - now)

    def _learn(self, opinions: tuple[Opinion, ...]) -> tuple[str | None, str | None]:
        """What services say of the application; the request line and the host, if any says them now."""
        for opinion in opinions:
            if opinion.found is not None:
                self.application = replace(opinion.found, encrypted=self.application.encrypted)
            if opinion.application is not None:
                self.application = replace(self.application, application=opinion.application)
        return (next((opinion.request for opinion in opinions if opinion.request is not None), None),
                next((opinion.host for opinion in opinions if opinion.host), None))

    # a session whose policy waits for its application

    def _identify(self, case: Case, direction: Direction, data: bytes, now: float) -> Passage:
        """Decide by the client's first bytes; a server that speaks before they tell leaves the application unknown."""
        head = self._head + (data if direction is Direction.C2S else b"")
        known = identified(head) if direction is Direction.C2S else NOTHING_FOUND
        if known is None:
            self._head = head
            return NOTHING
        ruling = case.rule(known)
        self.settle(ruling.services, Denial() if ruling.denied else None)
        self._head = b""
        if ruling.denied:
            return Passage(denied=True, records=ruling.records)
        pieces = [(Direction.C2S, head)] if direction is Direction.C2S else [(Direction.C2S, head), (direction, data)]
        passages = [self.open(now), *(self.receive(way, piece, now) for way, piece in pieces if piece)]
        return _joined(passages, ruling.records)


def _joined(passages: list[Passage], records: tuple[LogRecord, ...]) -> Passage:
    """Several passages as one; nothing passes where one blocks."""
    blocking = next((passage for passage in passages if passage.block is not None), None)
    return Passage(
        () if blocking else tuple(piece for passage in passages for piece in passage.data),
        blocking.block if blocking else None, blocking.page if blocking else b"",
        (*records, *(record for passage in passages for record in passage.records)),
        next((passage.request for passage in passages if passage.request), None),
        next((passage.host for passage in passages if passage.host), None),
        asks=tuple(ask for passage in passages for ask in passage.asks),
        bulletins=tuple(bulletin for passage in passages for bulletin in passage.bulletins),
        way=next((passage.way for passage in passages if passage.way), None),
        dscp=next((passage.dscp for passage in passages if passage.dscp is not None), None),
        pause=next((passage.pause for passage in reversed(passages) if passage.pause is not None), None),
        wake=min((passage.wake for passage in passages if passage.wake is not None), default=None),
        finished=tuple(direction for passage in passages for direction in passage.finished),
        mishaps=tuple(mishap for passage in passages for mishap in passage.mishaps))
