"""One session's state machine: what the dataplane reports goes into `receive`, what it must do comes out.

The order is the server's first: read the ClientHello, connect, finish SSL-I, judge the chain, and only then answer the
client with a forged certificate and the application protocol that the server chose.
"""

from msgspec.structs import replace

from nf.policy.versions import TLS13
from nf.sslproxy import commands as do
from nf.sslproxy import events as on
from nf.sslproxy import journal
from nf.sslproxy.commands import Command
from nf.sslproxy.events import Event, Timer
from nf.sslproxy.handshakes import Handshakes
from nf.sslproxy.reasons import Reason
from nf.sslproxy.states import TABLE, State
from nf.tls.alerts import HANDSHAKE_FAILURE, PROTOCOL_VERSION
from nf.tls.client_hello import ClientHello, NeedMore, NotTls, NotTlsKind, parse


class SslProxySession(Handshakes):
    """The machine; pure: equal events give equal commands.

    Whatever may bring the next event at once stands last among the commands, behind the deadline that belongs to it.
    """

    def receive(self, event: Event) -> list[Command]:
        """Take one event and answer what to do; an event that a state does not know of is a bug and raises KeyError."""
        allowed = TABLE[self.state][type(event)]
        commands = self.handlers[type(event)](self, event)
        if self.state not in allowed:
            raise AssertionError(f"{type(event).__name__} led to {self.state}, which the table does not know")
        return commands

    def fail(self) -> list[Command]:
        """The proxy itself has failed, whatever the state; nothing but the end may follow."""
        return self._drop(Reason.INTERNAL)

    # the client's first bytes

    def _opened(self, event: on.Opened) -> list[Command]:
        self._now = event.now
        begun = self._begun(event.now)
        if self.state is State.DROPPED:
            return begun
        self.state = State.HELLO
        if self._is_plain:
            return [*begun, *journal.passed_on(self.plan, self.plan.bypass or Reason.NO_PROFILE), *self._go_on()]
        peeked = self._peeked(event) if event.data else [do.PeekMore(1)]
        if self.state is State.HELLO:
            begun.append(do.Arm(Timer.SILENCE, self.plan.timeouts.silence))
        return begun + peeked

    def _peeked(self, event: on.Peeked | on.Opened) -> list[Command]:
        found = parse(event.data)
        if isinstance(found, NeedMore):
            return [*self._limit_hello(), do.PeekMore(found.at_least)]
        if isinstance(found, NotTls):
            return self._not_tls(found)
        self._hello, self._server_name = found, found.server_name
        return self._look_at(found) if self.plan.decide is None else self._decide(found)

    def _limit_hello(self) -> list[Command]:
        """One deadline for the whole of a hello that comes in pieces; before the silence is over that one is short enough."""
        if self.state is not State.UNDECIDED or self._half_hello:
            return []
        self._half_hello = True
        return [do.Arm(Timer.HANDSHAKE, self.plan.timeouts.handshake)]

    def _not_tls(self, found: NotTls) -> list[Command]:
        if found.kind is NotTlsKind.SSLV2:
            return self._drop(Reason.SSL_V2)
        if found.kind is NotTlsKind.MALFORMED:
            return self._drop(Reason.MALFORMED_HELLO, f"openssl error: {found.reason}", found.alert)
        if self.state is State.UPGRADED:
            return self._drop(Reason.NO_TLS)
        return self._pass_on(None)

    def _client_finished(self, _: on.ClientFinished) -> list[Command]:
        if self.state is not State.UPGRADED:
            return self._pass_on(None)
        return [do.Note(Reason.UNFINISHED), *self._relay()]

    def _decide(self, hello: ClientHello) -> list[Command]:
        """Several policies were possible: with the server's name there may be one."""
        self.plan = plan = self.plan.decided(hello.server_name)
        logged: list[Command] = [*map(do.Log, plan.records)]
        if plan.refused is not None:
            return logged + self._drop(plan.refused, alert=HANDSHAKE_FAILURE)
        logged += self._begun(self._now)
        return logged if self.state is State.DROPPED else logged + self._look_at(hello)

    def _look_at(self, hello: ClientHello) -> list[Command]:
        plan, profile = self.plan, self.plan.profile
        if profile is None or plan.bypass is not None:
            return self._pass_on(plan.bypass or Reason.NO_PROFILE)
        if TLS13 not in hello.versions and hello.highest_version < profile.versions.lowest:
            return self._drop(Reason.UNSUPPORTED_VERSION, alert=PROTOCOL_VERSION)
        category = plan.exempting(hello.server_name) if plan.exempt else None
        if category is not None:
            return self._pass_on(Reason.WHITELISTED, journal.exempted(hello.server_name, category))
        recalls = profile.client_certificate_bypass or profile.learned_bypass is not None
        return [do.Recall(hello.server_name)] if recalls else self._go_on()

    def _recalled(self, event: on.Recalled) -> list[Command]:
        return self._go_on() if event.reason is None else self._pass_on(event.reason)

    def _pass_on(self, reason: Reason | None, message: str | None = None) -> list[Command]:
        """From here on it is a session like any other that is not decrypted; without a reason it may still prove non-SSL."""
        self._is_plain = True
        noted: list[Command] = []
        if reason is not None:
            self.plan = replace(self.plan, bypass=reason)
            self._detection.stop()
            noted = journal.passed_on(self.plan, reason, message)
        return [*noted, *self._go_on()]

    # the TCP connection to the server, which may also come after a silence

    def _go_on(self) -> list[Command]:
        if self.state is not State.HELLO:
            return self._connected()
        self.state = State.CONNECTING
        return [do.Arm(Timer.CONNECT, self.plan.timeouts.connect), do.Connect()]

    def _connected(self, _: on.ServerConnected | None = None) -> list[Command]:
        """What follows from the client's first bytes, where there are any."""
        if self._is_plain:
            return self._pass_plain()
        if self._hello is not None:
            return self._initiate(self._hello)
        self.state = State.UNDECIDED
        return [do.Arm(Timer.IDLE, self.plan.timeouts.idle), do.PeekMore(1), do.AwaitServer()]

    def _server_unreachable(self, event: on.ServerUnreachable) -> list[Command]:
        return self._drop(event.lacking or Reason.SERVER_UNREACHABLE, f"system: server unreachable: {event.text}")

    def _server_spoke(self, _: on.ServerSpoke) -> list[Command]:
        return self._pass_plain()

    def _timed_out(self, event: on.TimedOut) -> list[Command]:
        return self._go_on() if event.timer is Timer.SILENCE else super()._timed_out(event)

    handlers = {**Handshakes.handlers,  # noqa: RUF012 - declared in Machine
                on.Opened: _opened, on.Peeked: _peeked, on.ClientFinished: _client_finished, on.Recalled: _recalled,
                on.ServerConnected: _connected, on.ServerUnreachable: _server_unreachable,
                on.ServerSpoke: _server_spoke, on.TimedOut: _timed_out}
