"""What a session knows in every phase, how it writes that down, and its end."""

from collections.abc import Callable
from typing import ClassVar

from nf.inspection.inspection import Inspection
from nf.log.records import SslProxyMessage
from nf.pki import Verdict
from nf.protocols.starttls import Upgrade
from nf.sslproxy import commands as do
from nf.sslproxy import events as on
from nf.sslproxy import journal
from nf.sslproxy.commands import Command
from nf.sslproxy.detection import NonSslDetection
from nf.sslproxy.events import Event, Timer
from nf.sslproxy.plan import Plan
from nf.sslproxy.reasons import Caution, Reason
from nf.sslproxy.states import State
from nf.tls.client_hello import ClientHello
from nf.tls.parameters import TlsParameters

_BEFORE_SSL = frozenset({State.HELLO, State.CONNECTING, State.UNDECIDED, State.PLAIN})
_DECRYPTED = frozenset({State.INSPECTING, State.RELAYING})
_SETTLED = _DECRYPTED | {State.NEW, State.DROPPED}  # nothing is left to be said of how they end
_NOTHING_AGREED = TlsParameters("", "")
_TIMEOUTS = {Timer.CONNECT: Reason.CONNECT_TIMEOUT, Timer.HANDSHAKE: Reason.HANDSHAKE_TIMEOUT}


class Machine:
    """A session's state, what it has seen, and what ends it; the phases build upon it."""

    def __init__(self, plan: Plan, inspection: Inspection) -> None:
        self.state = State.NEW
        self.verdict: Verdict | None = None  # on the server's chain
        self.renegotiations = 0
        self.plan = plan
        self._inspection = inspection
        self._hello: ClientHello | None = None
        self._server_name: str | None = None  # as the hello has it
        self._half_hello = False  # its beginning has been seen, and it has its deadline
        decrypts = plan.profile is not None and plan.bypass is None
        self._is_plain = not decrypts
        self._detection = NonSslDetection(plan.threshold, decrypts)
        self._upgrade: Upgrade | None = None  # while a plain session may still go over to TLS
        self._chain: tuple[bytes, ...] = ()
        self._server = _NOTHING_AGREED
        self._asked = False  # the server wanted a client certificate
        self._now = 0.0  # when the session began, on the services' clock

    # the end

    def _timed_out(self, event: on.TimedOut) -> list[Command]:
        if event.timer in _TIMEOUTS:
            return self._drop(_TIMEOUTS[event.timer])
        self.state = State.DROPPED
        return [do.Drop(Reason.IDLE_TIMEOUT)]

    def _drop(self, reason: Reason, message: str | None = None, alert: int | None = None) -> list[Command]:
        self.state = State.DROPPED
        return journal.dropped(self.plan, reason, message, alert)

    def _updated(self, event: on.Updated) -> list[Command]:
        records, age = self._inspection.update(event.volume), self._inspection.next_update
        return [*map(do.Log, records), *([] if age is None else [do.Report(age)])]

    def _ended(self, event: on.Ended) -> list[Command]:
        reason = None if self.state in _SETTLED else self._reason_of_end()
        caution = None
        if reason is Reason.UNFINISHED:
            caution = Caution.UNFINISHED
        elif event.truncated and self.state in _DECRYPTED:
            caution = Caution.TRUNCATED
        elif self.state is State.PLAIN and self._detection.undetermined:
            caution = Caution.UNDETERMINED
        self.state = State.CLOSED
        commands: list[Command] = [] if reason is None else [do.Note(reason)]
        if caution is not None:
            commands += journal.write(self.plan, SslProxyMessage.WARNING, caution)
        commands += map(do.Log, self._inspection.finish(event.reason, event.volume))
        return commands

    def _reason_of_end(self) -> Reason | None:
        """Why a session was not decrypted that was to be, where nothing has said so yet."""
        if not self.plan.decrypts:
            return None
        if self._hello is None and self.state in _BEFORE_SSL:
            return Reason.UNDETERMINED if self._detection.pending else None
        return Reason.UNFINISHED

    handlers: ClassVar[dict[type[Event], Callable[..., list[Command]]]] = {
        on.Updated: _updated, on.Ended: _ended}
