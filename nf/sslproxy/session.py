"""One session's state machine: what the dataplane reports goes into `receive`, what it must do comes out.

The order is the server's first: read the ClientHello, connect, finish SSL-I, judge the chain, and only then answer the
client with a forged certificate and the application protocol that the server chose.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from hwmodel.session import Direction
from nf.inspection.inspection import Inspection
from nf.log.records import SslProxyMessage
from nf.policy.url_categories import UrlCategory
from nf.sslproxy import commands as do
from nf.sslproxy import events as on
from nf.sslproxy.commands import Command
from nf.sslproxy.detection import NonSslDetection
from nf.sslproxy.events import Event, Timer
from nf.sslproxy.plan import Plan
from nf.sslproxy.reasons import MESSAGES, PROXY_FAULTS, UNFORGIVABLE, Caution, Reason, alert_for
from nf.sslproxy.states import TABLE, State
from nf.tls.alerts import HANDSHAKE_FAILURE, INTERNAL_ERROR, PROTOCOL_VERSION
from nf.tls.client_hello import TLS12, ClientHello, NeedMore, NotTls, NotTlsKind, parse
from nf.tls.groups import X25519MLKEM768
from nf.tls.parameters import TlsParameters

TLS13 = 0x0304


class SslProxySession:
    """The machine; pure: equal events give equal commands.

    Whatever may bring the next event at once stands last among the commands, behind the deadline that belongs to it.
    """

    def __init__(self, plan: Plan, inspection: Inspection) -> None:
        self.state = State.NEW
        self._plan = plan
        self._inspection = inspection
        self._hello: ClientHello | None = None
        self._half_hello = False  # its beginning has been seen, and it has its deadline
        self._is_plain = not plan.decrypts
        self._detection = NonSslDetection(plan.threshold, plan.decrypts)
        self._chain: tuple[bytes, ...] = ()
        self._server = TlsParameters("", "")

    def receive(self, event: Event) -> list[Command]:
        """Take one event and answer what to do; an event that a state does not know of is a bug and raises KeyError."""
        allowed = TABLE[self.state][type(event)]
        commands = self._handlers[type(event)](self, event)
        if self.state not in allowed:
            raise AssertionError(f"{type(event).__name__} led to {self.state}, which the table does not know")
        return commands

    def fail(self) -> list[Command]:
        """The proxy itself has failed, whatever the state; nothing but the end may follow."""
        return self._drop(Reason.INTERNAL)

    # the client's first bytes

    def _opened(self, _: on.Opened) -> list[Command]:
        if self._is_plain:
            return [*self._await_update(), *self._note_bypass(), *self._connect()]
        self.state = State.HELLO
        return [*self._await_update(), do.Arm(Timer.SILENCE, self._plan.timeouts.silence), do.PeekMore(1)]

    def _peeked(self, event: on.Peeked) -> list[Command]:
        found = parse(event.data)
        if isinstance(found, NeedMore):
            return [*self._limit_hello(), do.PeekMore(found.at_least)]
        if isinstance(found, NotTls):
            return self._not_tls(found)
        return self._client_hello(found)

    def _limit_hello(self) -> list[Command]:
        """One deadline for the whole of a hello that comes in pieces; before the silence is over that one is short enough."""
        if self.state is State.HELLO or self._half_hello:
            return []
        self._half_hello = True
        return [do.Arm(Timer.HANDSHAKE, self._plan.timeouts.handshake)]

    def _not_tls(self, found: NotTls) -> list[Command]:
        if found.kind is NotTlsKind.SSLV2:
            return self._drop(Reason.SSL_V2)
        if found.kind is NotTlsKind.MALFORMED:
            return self._drop(Reason.MALFORMED_HELLO, f"openssl error: {found.reason}", HANDSHAKE_FAILURE)
        self._is_plain = True
        return self._connect() if self.state is State.HELLO else self._pass_plain()

    def _client_hello(self, hello: ClientHello) -> list[Command]:
        if hello.highest_version < TLS12:
            return self._drop(Reason.UNSUPPORTED_VERSION, alert=PROTOCOL_VERSION)
        self._hello = hello
        exempting = self._plan.exempting(hello.server_name)
        if exempting is not None:
            return self._exempt(exempting)
        return self._connect() if self.state is State.HELLO else self._initiate(hello)

    def _exempt(self, category: UrlCategory) -> list[Command]:
        """From here on it is a session like any other that is not decrypted."""
        self._plan = replace(self._plan, bypass=Reason.WHITELISTED)
        self._is_plain = True
        self._detection.stop()
        message = f"session whitelisted url category match SNI {self._server_name} URL_CATEGORY {category.name}"
        return [do.Note(Reason.WHITELISTED), *self._log(SslProxyMessage.WHITELIST, message),
                *(self._connect() if self.state is State.HELLO else self._pass_plain())]

    # the server's side

    def _connect(self) -> list[Command]:
        self.state = State.CONNECTING
        return [do.Arm(Timer.CONNECT, self._plan.timeouts.connect), do.Connect()]

    def _server_connected(self, _: on.ServerConnected) -> list[Command]:
        if self._is_plain:
            return self._pass_plain()
        if self._hello is not None:
            return self._initiate(self._hello)
        self.state = State.UNDECIDED
        return [do.Arm(Timer.IDLE, self._plan.timeouts.idle), do.PeekMore(1), do.AwaitServer()]

    def _server_unreachable(self, event: on.ServerUnreachable) -> list[Command]:
        return self._drop(Reason.SERVER_UNREACHABLE, f"system: server unreachable: {event.text}")

    def _server_spoke(self, _: on.ServerSpoke) -> list[Command]:
        return self._pass_plain()

    def _initiate(self, hello: ClientHello) -> list[Command]:
        self.state = State.INITIATING
        return [do.Arm(Timer.HANDSHAKE, self._plan.timeouts.handshake),
                do.Initiate(hello.server_name, hello.alpn, TLS13 in hello.versions, X25519MLKEM768 in hello.groups)]

    def _initiation_done(self, event: on.InitiationDone) -> list[Command]:
        self.state = State.JUDGING
        self._chain, self._server = event.chain, event.parameters
        return [do.Judge(event.chain, self._server_name)]

    def _initiation_failed(self, event: on.InitiationFailed) -> list[Command]:
        return self._drop(Reason.SERVER_HANDSHAKE, f"openssl error: server handshake: {event.failure.text}",
                          HANDSHAKE_FAILURE)

    def _judged(self, event: on.Judged) -> list[Command]:
        failure, message = event.verdict.reason, event.verdict.message
        forgiven = self._plan.profile is not None and self._plan.profile.ignore_server_auth_failure
        if not event.verdict.ok and (failure in UNFORGIVABLE or not forgiven):
            return self._drop(Reason.SERVER_AUTHENTICATION, message, alert_for(failure))
        self.state = State.TERMINATING
        allowed = [] if event.verdict.ok else self._log(SslProxyMessage.ALLOW, message)
        if event.verdict.ok and self._server_name is None:
            allowed = self._log(SslProxyMessage.WARNING, Caution.NAME_UNCHECKED.value)
        return [*allowed, do.Terminate(self._chain[0], self._server_name, self._server.alpn, self._server.is_tls13, failure)]

    # the client's side

    def _termination_done(self, _: on.TerminationDone) -> list[Command]:
        self._inspection.mark_encrypted(True)
        if self._inspection.done:
            return self._relay()
        self.state = State.INSPECTING
        return [do.Arm(Timer.IDLE, self._plan.timeouts.idle), do.Inspect()]

    def _termination_failed(self, event: on.TerminationFailed) -> list[Command]:
        return self._drop(Reason.CLIENT_HANDSHAKE, f"openssl error: client handshake: {event.failure.text}")

    def _interdiction_failed(self, event: on.InterdictionFailed) -> list[Command]:
        return self._drop(Reason.INTERDICTION, f"certificate error: {event.text}", INTERNAL_ERROR)

    # data

    def _pass_plain(self) -> list[Command]:
        self._is_plain = True
        if self._inspection.done and not self._detection.pending:
            return self._relay()
        self.state = State.PLAIN
        return [do.Arm(Timer.IDLE, self._plan.timeouts.idle), do.Inspect()]

    def _relay(self) -> list[Command]:
        self.state = State.RELAYING
        return [do.Arm(Timer.IDLE, self._plan.timeouts.idle), do.Relay()]

    def _plaintext(self, event: on.Plaintext) -> list[Command]:
        if self._is_plain:
            self._recognise(event)
        passage = self._inspection.receive(event.direction, event.data)
        commands: list[Command] = [do.Log(record) for record in passage.records]
        commands += self._report_request(passage.request)
        commands += self._detect(event)
        if passage.blocked:
            return commands + self._drop(Reason.BLOCKED)
        commands += [do.Deliver(direction, data) for direction, data in passage.data]
        if self._inspection.done and not (self._is_plain and self._detection.pending):
            commands += self._relay()
        return commands

    def _recognise(self, event: on.Plaintext) -> None:
        """A session that is not decrypted carries TLS all the same when its client begins with a ClientHello."""
        if event.direction is Direction.C2S and self._inspection.application.encrypted == "UNKNOWN":
            self._inspection.mark_encrypted(not self._plan.decrypts and not isinstance(parse(event.data), NotTls))

    def _detect(self, event: on.Plaintext) -> list[Command]:
        """Once both thresholds are reached the session is no SSL session, and that is logged."""
        from_client = self._is_plain and event.direction is Direction.C2S
        if not from_client or not self._detection.reached(len(event.data), event.segments):
            return []
        return [do.Note(Reason.NON_SSL), *self._log(SslProxyMessage.IGNORE, "system: non-SSL session ignored")]

    def _report_request(self, request: str | None) -> list[Command]:
        if request is None or self._is_plain:
            return []
        return self._log(SslProxyMessage.INFO, f"system: HTTP request {request}")

    # the end

    def _timed_out(self, event: on.TimedOut) -> list[Command]:
        if event.timer is Timer.SILENCE:
            return self._connect()
        reason = {Timer.CONNECT: Reason.CONNECT_TIMEOUT, Timer.HANDSHAKE: Reason.HANDSHAKE_TIMEOUT}.get(event.timer)
        if reason is not None:
            return self._drop(reason)
        self.state = State.DROPPED
        return [do.Drop(Reason.IDLE_TIMEOUT)]

    def _drop(self, reason: Reason, message: str | None = None, alert: int | None = None) -> list[Command]:
        self.state = State.DROPPED
        text = message or MESSAGES[reason]
        fault = self._log(SslProxyMessage.ERROR, text) if reason in PROXY_FAULTS else []
        return [*fault, *self._log(SslProxyMessage.DROP, text), do.Drop(reason, alert)]

    def _updated(self, event: on.Updated) -> list[Command]:
        records = self._inspection.update(event.volume)
        return [*map(do.Log, records), *self._await_update()]

    def _await_update(self) -> list[Command]:
        age = self._inspection.next_update
        return [] if age is None else [do.Report(age)]

    def _ended(self, event: on.Ended) -> list[Command]:
        caution = self._caution(event)
        self.state = State.CLOSED
        warned = [] if caution is None else self._log(SslProxyMessage.WARNING, caution.value)
        return [*warned, *[do.Log(record) for record in self._inspection.finish(event.reason, event.volume)]]

    def _caution(self, event: on.Ended) -> Caution | None:
        if event.truncated and self.state in (State.INSPECTING, State.RELAYING):
            return Caution.TRUNCATED
        if self.state is State.PLAIN and self._detection.undetermined:
            return Caution.UNDETERMINED
        return None

    # what is logged, and under which name the server is known

    @property
    def _server_name(self) -> str | None:
        return None if self._hello is None else self._hello.server_name

    def _note_bypass(self) -> list[Command]:
        reason = self._plan.bypass or Reason.NO_PROFILE
        logged = self._log(SslProxyMessage.WHITELIST, "System: session whitelisted") if reason is Reason.WHITELISTED else []
        return [do.Note(reason), *logged]

    def _log(self, name: SslProxyMessage, message: str) -> list[Command]:
        record = self._plan.record(name, message)
        return [] if record is None else [do.Log(record)]

    _handlers: ClassVar[dict[type[Event], Callable[..., list[Command]]]] = {
        on.Opened: _opened, on.Peeked: _peeked,
        on.ServerConnected: _server_connected, on.ServerUnreachable: _server_unreachable, on.ServerSpoke: _server_spoke,
        on.InitiationDone: _initiation_done, on.InitiationFailed: _initiation_failed, on.Judged: _judged,
        on.TerminationDone: _termination_done, on.TerminationFailed: _termination_failed,
        on.InterdictionFailed: _interdiction_failed,
        on.Plaintext: _plaintext, on.TimedOut: _timed_out, on.Updated: _updated, on.Ended: _ended}
