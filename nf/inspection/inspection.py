"""The joint verdict of a session's services: the maximum of theirs; what is held is held once, for all of them.

Services are asked in the order of their ranks; the first that blocks ends the round. What one holds is bounded in bytes
(`most_held`) and in time (its patience); then, or when it fails, its own fallback decides.
"""

from collections.abc import Iterable
from typing import Any, Final

from msgspec.structs import replace

from hwmodel.session import C2S, S2C, Direction
from nf.inspection.held import Held
from nf.inspection.panel import BOTH, Panel, Round
from nf.inspection.passage import NOTHING, Passage
from nf.inspection.release import Release
from nf.inspection.ruling import Case
from nf.log.records import NO_APPLICATION, ApplicationFacts, CloseReason, LogRecord, Volume
from nf.policy.unified import Known
from nf.services import IGNORE, PERMIT, Fault, Opinion, Piece, Service, Verdict
from nf.services.asking import Answer
from nf.tls.secured import Secured

_WORDS: Final = {True: "Yes", False: "No"}
_BEGUN: Final = {encrypted: ApplicationFacts(encrypted=word) for encrypted, word in _WORDS.items()}


class Inspection(Release):
    """The services active on one session; `done` when none of them wants more bytes.

    While a `case` is undecided there is the one that identifies the application; what it has seen the others see later.
    A session that `denies` lets no plaintext pass.
    """

    def __init__(self, services: tuple[Service, ...], case: Case | None = None, *, denies: bool = False) -> None:
        self._held = {C2S: Held(), S2C: Held()}
        self._panel = Panel(services, self._held)
        self._case, self._denies = case, denies
        self._waiting = case is not None  # for the policy: others are still to come
        self._shown: list[Piece] = []  # meanwhile, for them
        self._newcomers = services  # that have not begun

    @property
    def services(self) -> tuple[Service, ...]:
        """All that are on the session."""
        return self._panel.all

    def standing(self) -> list[dict[str, Any]]:
        """Its services, for operators."""
        return self._panel.standing()

    @property
    def active(self) -> bool:
        """Whether any service is on the session at all: without one there is nothing to decrypt for."""
        return bool(self._panel.all) or self._denies

    @property
    def done(self) -> bool:
        """Whether every service has seen enough, so that data may be relayed unseen."""
        return not self._panel.watching and not self._denies

    def mark_encrypted(self, encrypted: bool) -> None:
        """Whether the session turned out to carry TLS."""
        before, word = self.application, _WORDS[encrypted]
        if before.encrypted != word:
            self.application = _BEGUN[encrypted] if before is NO_APPLICATION else replace(before, encrypted=word)

    def settle(self, services: tuple[Service, ...], *, denies: bool = False) -> None:
        """The policy is known before any plaintext: these services are on the session."""
        self._newcomers = tuple(service for service in services if service not in self._panel.all)
        self._panel, self._denies, self._waiting = Panel(services, self._held), denies, False

    # what happens

    def open(self, now: float) -> Passage:
        """The session begins, or its policy is known: some services know already that it must not be."""
        self._panel.now, said = now, Round()
        if self._newcomers:
            self._welcome(said, now)
        matters = (said.block or said.denied or said.records or said.asks or said.bulletins or said.captures or said.mishaps
                   or said.route or said.dscp is not None or self._panel.limits)  # more than to know what was said
        return self._passage(said, now) if matters else NOTHING

    def secure(self, secured: Secured, now: float) -> Passage:
        """The session is decrypted, and this is what its handshakes have told."""
        self.mark_encrypted(True)
        panel, said = self._panel, Round()
        panel.now = now
        for service in tuple(panel.watching):
            if said.block is None and type(service).secure is not Service.secure:
                opinion = panel.ask(service, service.secure, said, secured, now)
                if opinion is not PERMIT or panel.limits:
                    self._hear(service, opinion, said, now)
        return self._passage(said, now) if said.heeded or said.mishaps else NOTHING

    def receive(self, direction: Direction, data: bytes, now: float = 0.0) -> Passage:
        """Show the next plaintext to every service that still watches, and pass on what all of them let go."""
        if self._denies:
            return Passage(denied=True)
        held, panel, said = self._held[direction], self._panel, Round()
        panel.now = now
        if self._skipping:
            self._skipping -= {direction}
        if self._newcomers:
            self._welcome(said, now)
        piece = Piece(direction, data, held.seen, self.application.encrypted == "Yes", now)
        if panel.reading:
            piece = self._read(piece)
        if self._waiting:
            self._shown.append(piece)
        self._show(tuple(panel.watching), piece, said)
        if panel.limits or self._holds or said.replaced or said.block is not None or said.denied:
            self._keep(piece)
            return self._passage(said, now)
        held.seen = held.passed = held.seen + len(data)
        if said.heeded:
            return self._passage(said, now, ((direction, data),))
        skip = self._skip(direction, piece.items)
        return Passage(((direction, data),), mishaps=said.mishaps, skip=skip, tells=bool(said.mishaps))

    def end(self, direction: Direction, now: float) -> Passage:
        """The sender of a direction has ended its stream, which goes on once nothing of it is held back."""
        self._panel.now, said = now, Round()
        piece = Piece(direction, b"", self._held[direction].seen, self.application.encrypted == "Yes", now, final=True)
        if self._conversation is not None:
            piece = self._read(piece)
        if self._waiting:
            self._shown.append(piece)
        self._ending += (direction,)
        self._show(tuple(self._panel.watching), piece, said)
        return self._passage(said, now)

    def _show(self, services: Iterable[Service], piece: Piece, said: Round) -> None:
        """Up to one that blocks."""
        panel = self._panel
        for service in services:
            tally = service.tally
            tally.pieces += 1
            tally.bytes += len(piece.data)
            opinion = panel.ask(service, service.inspect, said, piece)
            if opinion is PERMIT:
                if panel.limits:
                    panel.let_go(service, (piece.direction,))
            elif opinion is IGNORE:
                panel.detach(service)
            else:
                panel.take(service, opinion, said, piece.now, (piece.direction,))
                if opinion.known is not None and said.block is None:
                    self._identified(service, opinion, opinion.known, said, piece.now)
                if said.block is not None or said.denied:
                    return

    def answer(self, place: int, answer: Answer) -> Passage:
        """An engine has answered the service of that place; one that has detached itself does not hear."""
        service, said = self._panel.all[place], Round()
        self._panel.now = answer.now
        self._panel.answered(place, answer)
        if service not in self._panel.watching:
            return NOTHING
        self._hear(service, self._panel.ask(service, service.answer, said, answer), said, answer.now)
        return self._passage(said, answer.now)

    def wake(self, now: float) -> Passage:
        """The time is over that some service had for its verdict."""
        self._panel.now, self._waking, said = now, None, Round()
        for service in self._panel.impatient(now):
            opinion = self._panel.ask(service, service.wake, said, now)
            if opinion.verdict is Verdict.HOLD and opinion.patience is None:
                opinion = self._panel.give_up(service, Fault.TIMEOUT, said)
            self._hear(service, opinion, said, now)
        return self._passage(said, now)

    @property
    def next_update(self) -> float | None:
        """The session's age in seconds at which a service wants to log what it has carried; None where none does."""
        due: float | None = None
        for service in self._panel.all:
            age = service.next_update
            due = age if due is None or (age is not None and age < due) else due
        return due

    def update(self, volume: Volume) -> tuple[LogRecord, ...]:
        """The session has carried so much and goes on: what services log of it now."""
        return tuple(record for service in self._panel.all for record in service.update(self.application, volume))

    def finish(self, reason: CloseReason, volume: Volume) -> tuple[LogRecord, ...]:
        """The session has ended: the last records of all its services."""
        if self._panel.limits:
            self._panel.close()
        records: tuple[LogRecord, ...] = ()
        for service in self._panel.all:
            service.total.add(service.tally)
            records += service.finish(self.application, reason, volume)
        return records

    # the joint verdict

    def _hear(self, service: Service, opinion: Opinion, said: Round, now: float,
              directions: tuple[Direction, ...] = BOTH) -> None:
        self._panel.take(service, opinion, said, now, directions)
        if opinion.known is not None and said.block is None:
            self._identified(service, opinion, opinion.known, said, now)

    def _identified(self, teller: Service, opinion: Opinion, known: Known, said: Round, now: float) -> None:
        """The policy may be another one now; all services hear of it, those that come with the policy see what was seen."""
        found, before = opinion.found, self.application
        if found is not None:
            same = (found.encrypted, found.route) == (before.encrypted, before.route)
            self.application = found if same else replace(found, encrypted=before.encrypted, route=before.route)
        ruling = None if self._case is None else self._case.rule(known)
        earlier: list[Piece] = []
        if ruling is not None:
            said.records += ruling.records
            if ruling.denied:
                self._denies, said.denied, said.page = True, True, ruling.page
                return
            if self._waiting:
                self._waiting, earlier, self._shown = False, self._shown, []
                self._newcomers = ruling.services
                self._panel.join(ruling.services)
        joined = self._welcome(said, now) if self._newcomers else ()
        panel = self._panel
        for service in panel.all:
            hears = service is not teller and type(service).identified is not Service.identified
            if hears and (known.final or service.guesses) and said.block is None:
                opinion = panel.ask(service, service.identified, said, known, self.application, now)
                if opinion is not PERMIT or panel.limits:
                    panel.take(service, opinion, said, now)
        for piece in earlier:
            if said.block is None and joined:
                watching = tuple(service for service in joined if service in self._panel.watching)
                self._show(watching, self._read_again(piece), said)

    def _welcome(self, said: Round, now: float) -> tuple[Service, ...]:
        """Services that have come with the policy begin."""
        joined, self._newcomers = self._newcomers, ()
        for service in joined:
            if type(service).open is not Service.open and said.block is None:
                opinion = self._panel.ask(service, service.open, said, now)
                self._panel.take(service, opinion, said, now)
                if opinion.known is not None and said.block is None:
                    self._identified(service, opinion, opinion.known, said, now)
        return joined

    def _read_again(self, piece: Piece) -> Piece:
        """With what a reader finds in it, where nobody had asked for that before."""
        return self._read(piece) if self._panel.reading and not piece.items and not piece.protocol else piece
