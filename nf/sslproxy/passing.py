"""The phase in which data pass: shown to the services, followed while they may still become TLS, or unseen."""

from collections.abc import Sequence
from itertools import starmap

from hwmodel.session import Direction
from nf.inspection.passage import NOTHING, Passage
from nf.log.records import SslProxyMessage
from nf.protocols.starttls import Step, Upgrade
from nf.sslproxy import commands as do
from nf.sslproxy import events as on
from nf.sslproxy import journal, renegotiation
from nf.sslproxy.commands import Command
from nf.sslproxy.events import Timer
from nf.sslproxy.machine import Machine
from nf.sslproxy.reasons import MESSAGES, Reason
from nf.sslproxy.states import State
from nf.tls.client_hello import NotTls, parse

_INSPECTED = frozenset({State.INSPECTING, State.PLAIN})


class Passing(Machine):
    """From here on there is nothing left to be agreed upon, but for TLS within a plain session or within TLS."""

    def _pass_plain(self) -> list[Command]:
        self._is_plain = True
        if self._inspection.done and not self._detection.pending:
            return self._relay()
        self.state = State.PLAIN
        self._upgrade = Upgrade() if self._detection.pending else None
        return [do.Arm(Timer.IDLE, self.plan.timeouts.idle), do.Inspect()]

    def _relay(self) -> list[Command]:
        self.state = State.RELAYING
        return [do.Arm(Timer.IDLE, self.plan.timeouts.idle), do.Relay()]

    def _plaintext(self, event: on.Plaintext) -> list[Command]:
        if self._is_plain:
            self._recognise(event)
        passage = self._inspection.receive(event.direction, event.data, event.now)
        return self._passed(passage, self._detect(event) if self._is_plain else ())

    def _finished(self, event: on.Finished) -> list[Command]:
        return self._passed(self._inspection.end(event.direction, event.now))

    def _answered(self, event: on.Answered) -> list[Command]:
        return self._passed(self._inspection.answer(event.place, event.answer))

    def _woken(self, event: on.Woken) -> list[Command]:
        return self._passed(self._inspection.wake(event.now))

    def _passed(self, passage: Passage, detected: Sequence[Command] = ()) -> list[Command]:
        """Do as inspection says; before there are data an engine may already have answered."""
        commands: list[Command] = [*map(do.Log, passage.records)]
        if passage.tells:
            commands += _told(passage)
        if passage.request is not None and not self._is_plain:
            commands += journal.write(self.plan, SslProxyMessage.INFO, f"system: HTTP request {passage.request}")
        if passage.host is not None and self._server_name not in (None, passage.host) and not self._is_plain:
            commands += self._asked_elsewhere(passage.host)
            if self.state is State.DROPPED:
                return commands
        commands += detected
        if passage.block is not None or passage.denied:
            return commands + self._refuse(passage)
        if self._upgrade is None:
            commands += starmap(do.Deliver, passage.data)
        else:
            commands += self._follow(self._upgrade, passage.data)
            if self.state is not State.PLAIN:
                return commands
        if passage.skip is not None and self._upgrade is None:
            commands.append(do.Skip(*passage.skip))
        if passage.finished:
            commands += map(do.Finish, passage.finished)
        if self._inspection.done and self.state in _INSPECTED and not (self._is_plain and self._detection.pending):
            self.state = State.RELAYING
            commands.append(do.Relay())
        return commands

    def _refuse(self, passage: Passage) -> list[Command]:
        block = passage.block
        if block is None:
            reason, why = Reason.REJECTED if self.plan.rejects else Reason.DENIED, None
        else:
            reason, why = Reason.BLOCKED, f"{MESSAGES[Reason.BLOCKED]}: {block.reason}"
        *said, _ = self._drop(reason, why)
        return [*said, do.Drop(reason, None, passage.page, None if block is None else block.ending)]

    def _begun(self, now: float) -> list[Command]:
        """The services are known: what they have to say of the session before anything of it is seen."""
        passage = self._inspection.open(now)
        commands = [] if passage is NOTHING else self._passed(passage)
        age = self._inspection.next_update
        if age is not None and self.state is not State.DROPPED:
            commands.append(do.Report(age))
        return commands

    def _recognise(self, event: on.Plaintext) -> None:
        """A session that is not decrypted carries TLS all the same when its client begins with a ClientHello."""
        if event.direction is Direction.C2S and self._inspection.application.encrypted == "UNKNOWN":
            self._inspection.mark_encrypted(not self.plan.decrypts and not isinstance(parse(event.data), NotTls))

    def _detect(self, event: on.Plaintext) -> list[Command]:
        """Once both thresholds are reached the session is no SSL session, and that is logged."""
        if event.direction is not Direction.C2S or not self._detection.reached(len(event.data), event.segments):
            return []
        self._upgrade = None
        return [do.Note(Reason.NON_SSL), *journal.write(self.plan, SslProxyMessage.IGNORE, "system: non-SSL session ignored")]

    def _asked_elsewhere(self, host: str) -> list[Command]:
        """A client that has named one server in its ClientHello may ask another, behind the same address."""
        said = f"HTTP request for host {host}, not for SNI {self._server_name}"
        if self.plan.profile is not None and self.plan.profile.drops_other_hosts:
            return self._drop(Reason.OTHER_HOST, f"policy violation: {said}")
        return journal.write(self.plan, SslProxyMessage.WARNING, f"system: {said}")

    # from a plain session to TLS

    def _follow(self, upgrade: Upgrade, pieces: tuple[tuple[Direction, bytes], ...]) -> list[Command]:
        """Deliver what passes, up to the answer by which the server goes over to TLS."""
        commands: list[Command] = []
        for number, (direction, data) in enumerate(pieces, 1):
            step = upgrade.client(data) if direction is Direction.C2S else upgrade.server(data)
            if step is Step.INJECTED:
                return commands + self._drop(Reason.INJECTION)
            if step is Step.UPGRADED:
                if number < len(pieces) or self._inspection.holding:
                    return commands + self._drop(Reason.INJECTION)
                return [*commands, do.Deliver(direction, data), *self._go_over()]
            if step is Step.OVER:
                self._upgrade = None
                return commands + [do.Deliver(*piece) for piece in pieces[number - 1:]]
            commands.append(do.Deliver(direction, data))
        return commands

    def _go_over(self) -> list[Command]:
        self.state = State.UPGRADED
        self._is_plain, self._upgrade = False, None
        self._detection.stop()
        return [do.Arm(Timer.HANDSHAKE, self.plan.timeouts.handshake), do.Upgrade()]

    # TLS within TLS

    def _renegotiating(self, event: on.Renegotiating) -> list[Command]:
        self.renegotiations += 1
        secure, permitted = self._is_secure(event.direction), self.plan.profile.renegotiation if self.plan.profile else ""
        refused = renegotiation.refusal(permitted, self.renegotiations, secure=secure)
        if refused is not None:
            return self._drop(refused)
        return journal.write(self.plan, SslProxyMessage.INFO, renegotiation.message(secure=secure, completed=False))

    def _renegotiated(self, event: on.Renegotiated) -> list[Command]:
        if event.direction is Direction.S2C and event.chain != self._chain:
            return self._drop(Reason.CHAIN_CHANGED)
        done = renegotiation.message(secure=self._is_secure(event.direction), completed=True)
        return journal.write(self.plan, SslProxyMessage.INFO, done)

    def _is_secure(self, direction: Direction) -> bool:
        """SSL-I goes to a server that could not secure it only where the profile allows either kind."""
        return direction is Direction.S2C or self._hello is None or renegotiation.is_secure(self._hello)

    def _violated(self, event: on.Violated) -> list[Command]:
        peer = "client" if event.direction is Direction.C2S else "server"
        return self._drop(Reason.VIOLATION, f"openssl error: {peer}: {event.failure.text}")

    def _stormed(self, _: on.Stormed) -> list[Command]:
        return self._drop(Reason.STORM)

    handlers = {**Machine.handlers,  # noqa: RUF012 - declared in Machine
                on.Plaintext: _plaintext, on.Finished: _finished, on.Answered: _answered, on.Woken: _woken,
                on.Renegotiating: _renegotiating, on.Renegotiated: _renegotiated, on.Stormed: _stormed, on.Violated: _violated}


def _told(passage: Passage) -> list[Command]:
    """What inspection says beside data, records and the end."""
    commands: list[Command] = [do.Complain(text) for text in passage.mishaps]
    commands += [do.Announce(bulletin) for bulletin in passage.bulletins]
    commands += [do.Keep(capture) for capture in passage.captures]
    commands += [do.Consult(place, ask) for place, ask in passage.asks]
    if passage.wake is not None:
        commands.append(do.Wake(passage.wake))
    if passage.pause is not None:
        commands.append(do.Pause(passage.pause))
    if passage.dscp is not None:
        commands.append(do.Mark(passage.dscp))
    if passage.way is not None:
        commands.append(do.Route(passage.way))
    return commands
