"""The TLS ends of a session's two legs: their handshakes, and what happens within TLS afterwards besides data."""

from collections.abc import Callable
from functools import partial
from typing import ClassVar, Final

from OpenSSL import SSL

from hwmodel.session import Direction
from nf.dataplane.account import Account
from nf.dataplane.certificates import SslEngine
from nf.dataplane.first_bytes import FirstBytes
from nf.dataplane.host import Host
from nf.dataplane.leg import Leg, Stop
from nf.dataplane.loop import EDGE, HANGUP, NOTHING, READ, WRITE
from nf.dataplane.messages import FAILED, FULL, RESUMED
from nf.dataplane.relay import Relay
from nf.dataplane.work_kinds import kinds
from nf.flow.entry import SessionEntry
from nf.log.records import CloseReason
from nf.policy.profile import SslProxyProfile
from nf.sslproxy import commands as do
from nf.sslproxy import events as on
from nf.sslproxy.events import Event
from nf.sslproxy.session import SslProxySession
from nf.tls.client_certificate import asking, is_asked
from nf.tls.failure import FailureKind, TlsFailure, describe
from nf.tls.handshake_watch import Stage, watch
from nf.tls.initiation import parameters, peer_chain
from nf.tls.steps import Pause, handshake
from nf.tls.termination import SiteContext

LAST_WORDS: Final = 4  # reads of a server that is gone: tickets, data that come too late, and the alert


class TlsEnds(FirstBytes):
    """The part of a connection that speaks TLS."""

    _host: Host
    _entry: SessionEntry
    _machine: SslProxySession
    _account: Account
    _server: Leg  # once it is dialled
    _engine: SslEngine  # once SSL-I has begun
    _over: bool
    _relay: Relay | None

    def _failed(self) -> None:
        raise NotImplementedError

    def _expect(self, leg: Leg, interest: int, ready: Callable[[int], None]) -> None:
        leg.ready = ready
        self._loop.watch(leg, interest)

    def _profile(self) -> SslProxyProfile:
        profile = self._machine.plan.profile
        assert profile is not None  # noqa: S101 - the machine asks for TLS only under a profile
        return profile

    # on the way to it from a session in the clear

    def _upgrade(self, _: do.Upgrade) -> None:
        """What was to be delivered goes out in the clear, all of it; then the client's next bytes are its hello."""
        if self._relay is not None:
            self._relay.stop()
            self._account.relayed, self._account.messages = self._relay.bytes, self._relay.messages
            self._relay = None
        for leg, reason in ((self._client, CloseReason.CLIENT_RST), (self._server, CloseReason.SERVER_RST)):
            self._expect(leg, NOTHING, partial(self._leg_broken, reason))
        self._drain()

    def _leg_broken(self, reason: CloseReason, _mask: int) -> None:
        self._end(reason)

    def _drain(self, _mask: int = 0) -> None:
        for leg, reason in ((self._client, CloseReason.CLIENT_RST), (self._server, CloseReason.SERVER_RST)):
            if leg.out and not leg.flush():
                return self._end(reason)
            if leg.out:
                return self._expect(leg, WRITE, self._drain)
            self._expect(leg, NOTHING, partial(self._leg_broken, reason))
        return self._peek_more(do.PeekMore(1))

    # SSL-I, with the server

    def _initiate(self, command: do.Initiate) -> None:
        profile, server = self._machine.plan.profile, self._server
        assert profile is not None  # noqa: S101 - the machine asks for TLS only under a profile
        self._engine = self._host.engines[profile.key]
        self._account.server_name = command.server_name
        self._ssl_i = self._engine.initiate(server.sock, self._entry.facts.ends[2:], command)
        server.tls = self._ssl_i.tls
        if self._client.interest != HANGUP:
            self._leave()
        self._account.ssl_i = FAILED  # until it is done
        self._handshake(server, self._initiated, self._initiation_failed)

    def _initiated(self, tls: SSL.Connection) -> None:
        ssl_i, agreed, account = self._ssl_i, parameters(tls), self._account
        assert ssl_i is not None  # noqa: S101 - this is how its handshake ends
        self._server.ready = self._server_left
        self._loop.watch(self._server, NOTHING)
        ssl_i.finish(resumed=agreed.resumed)
        account.ssl_i = RESUMED if agreed.resumed else FULL
        if not agreed.is_tls13:
            self._watch_within(self._server)
        verdict = self._engine.remembered(ssl_i.chain, account.server_name, ssl_i.stapled)
        account.authenticated = verdict is not None
        self._tell(on.InitiationDone(ssl_i.chain, agreed, bool(asking) and is_asked(tls), verdict))

    def _server_left(self, _mask: int) -> None:
        self._broken_off(CloseReason.SERVER_RST)

    def _initiation_failed(self, failure: TlsFailure) -> Event:
        tls = self._server.tls
        return on.InitiationFailed(failure, tls is not None and is_asked(tls))

    def _judge(self, command: do.Judge) -> None:
        assert self._ssl_i is not None  # noqa: S101 - its handshake came before
        responders = self._host.responders
        verdict = self._engine.judge(command.chain, command.server_name, self._ssl_i.stapled, responders.answer)
        if verdict.questions:
            return responders.ask(verdict.questions, partial(self._judge_again, command))
        self._account.authenticated = verdict.ok
        return self._tell(on.Judged(verdict))

    def _judge_again(self, command: do.Judge) -> None:
        """What responders have said is there."""
        try:
            if not self._over:
                self._judge(command)
        except Exception:  # noqa: BLE001 - as in Leg.take_turn
            self._failed()

    # SSL-T, with the client

    def _terminate(self, command: do.Terminate) -> None:
        try:
            self._client.tls = self._engine.terminate(self._client.sock, command.hello, command.chain, command.server,
                                                      command.failure)
        except ValueError as error:
            return self._tell(on.InterdictionFailed(str(error)))
        self._account.ssl_t = FAILED
        return self._handshake(self._client, self._terminated, on.TerminationFailed)

    def _terminated(self, tls: SSL.Connection) -> None:
        agreed, account, site = parameters(tls), self._account, tls.get_context()
        account.decrypted = True
        account.ssl_t = RESUMED if agreed.resumed else FULL
        account.kinds = kinds(site.kind if isinstance(site, SiteContext) else "", agreed, account.ssl_t, account.ssl_i)
        if not agreed.is_tls13:
            self._watch_within(self._client)
        self._tell(on.TerminationDone(agreed))
        for leg in (self._server, self._client):  # an alert that no read finds after a failed write; and an early request
            if self._relay is not None and not leg.drained:
                leg.ready(READ)

    # either

    def _handshake(self, leg: Leg, done: Callable[[SSL.Connection], None], failed: Callable[[TlsFailure], Event],
                   _mask: int = 0) -> None:
        """Whatever the peer sends, the worker comes back from a step."""
        tls, watchdog = leg.tls, self._host.watchdog
        assert tls is not None  # noqa: S101 - both callers have just set it
        watchdog.step += 1
        watchdog.sock = leg.sock
        try:
            pause = handshake(tls)
        except (SSL.Error, OSError) as error:
            return self._tell(failed(describe(error)))
        finally:
            watchdog.sock = None
        if pause is None:
            return done(tls)
        leg.ready = partial(self._handshake, leg, done, failed)
        if leg.interest != EDGE:
            self._loop.watch(leg, READ if pause is Pause.READ else WRITE)
        return None

    def _watch_within(self, leg: Leg) -> None:
        """There may be renegotiation, which TLS 1.3 does not have."""
        assert leg.tls is not None  # noqa: S101 - its handshake is done
        leg.stages = []
        watch(leg.tls, self._profile().renegotiation, leg.stages)

    def _within(self, direction: Direction) -> None:
        """Tell what has happened within the TLS of the leg that sends in this direction."""
        leg = self._client if direction is Direction.C2S else self._server
        stages = list(leg.stages or ())
        del (leg.stages or [])[:]
        for stage in stages:
            self._account.renegotiations += stage is Stage.BEGUN
            if not self._over:
                self._tell(self._event_within(stage, direction, leg))

    @staticmethod
    def _event_within(stage: Stage, direction: Direction, leg: Leg) -> Event:
        if stage is Stage.STORM:
            return on.Stormed(direction)
        if stage is Stage.BEGUN:
            return on.Renegotiating(direction)
        own = direction is Direction.C2S or leg.tls is None
        return on.Renegotiated(direction, () if own or leg.tls is None else peer_chain(leg.tls))

    def _broken_off(self, reason: CloseReason, reset: bool = True) -> None:
        """A leg is gone; a server that said why before it left is heard first, even when that was noticed by a write."""
        direction = Direction.S2C if reason is CloseReason.SERVER_RST else Direction.C2S
        leg = self._client if direction is Direction.C2S else self._server
        if leg is not self._client and leg.tls is not None:
            words = LAST_WORDS
            while leg.failure is None and words and leg.read() is not Stop.ENDED:
                words -= 1
        if leg.failure is not None and reset:
            self._tell_why(direction, leg.failure)
        self._end(reason, reset)

    def _tell_why(self, direction: Direction, failure: TlsFailure) -> None:
        if failure.kind is FailureKind.PROTOCOL:
            self._tell(on.Violated(direction, failure))
        elif direction is Direction.S2C and failure.alert is not None:
            self._tell(on.ServerAlerted(failure))

    deeds: ClassVar[dict[type[do.Command], Callable[..., None]]] = {
        do.PeekMore: FirstBytes._peek_more,  # noqa: SLF001 - its own base
        do.Upgrade: _upgrade, do.Initiate: _initiate, do.Judge: _judge, do.Terminate: _terminate}
