"""One session's two legs: carries out what the SSL proxy's state machine asks, and tells it what came of it."""

import sys
import traceback
from socket import SocketType

from hwmodel.session import Direction
from nf.dataplane.account import Account
from nf.dataplane.dialing import Dialing
from nf.dataplane.farewell import Farewell
from nf.dataplane.host import Host
from nf.dataplane.leg import Leg, Stop
from nf.dataplane.loop import FORGET, NEVER
from nf.dataplane.messages import Progress
from nf.dataplane.relay import Relay
from nf.dataplane.server_sessions import ServerHandshake
from nf.flow.entry import SessionEntry
from nf.log.records import CloseReason
from nf.pki import Verdict
from nf.services import Ending
from nf.sslproxy import commands as do
from nf.sslproxy import events as on
from nf.sslproxy.events import Event, Timer
from nf.sslproxy.reasons import Reason
from nf.sslproxy.session import SslProxySession


class Connection(Dialing):
    """Owns the sockets of a session; every decision is the machine's."""

    _page = b""  # what the client still gets
    _ending: Ending | None = None
    _report_at = NEVER  # when the machine is to be told what the session has carried
    _due = NEVER  # when the loop calls

    def __init__(self, host: Host, entry: SessionEntry, client: SocketType) -> None:
        self.slot: int | None = None  # the loop's
        self._host = host
        self._loop = host.loop
        self._entry = entry
        self._machine = SslProxySession(entry.plan, entry.inspection)
        self._client = Leg(client, self._failed)
        self._ssl_i: ServerHandshake | None = None
        self._relay: Relay | None = None
        self._timer = Timer.IDLE
        self._patience = 0.0
        self._account = Account(entry, self._client, host.loop.now, host.loop.now)
        self._over = False

    def start(self) -> None:
        """Begin the session."""
        entry, plan = self._entry, self._entry.plan
        self._host.log(entry.created())
        is_plain = plan.profile is None or plan.bypass is not None
        self._tell(on.Opened(self._loop.now, b"" if is_plain else self._first_bytes()))

    def expired(self) -> None:
        """A deadline has come, perhaps one that has since been put off: by another timer, or by data."""
        self._moved()
        now, self._due = self._loop.now, NEVER
        try:
            if self._report_at <= now:
                self._report_at = NEVER
                self._tell(on.Updated(self._account.volume(now)))
            if self._over:
                return
            deadline = self._account.touched + self._patience
            self._call_by(min(deadline, self._report_at) if deadline > now else self._report_at)
            if deadline <= now:
                self._tell(on.TimedOut(self._timer))
        except Exception:  # noqa: BLE001 - as in Leg.take_turn
            self._failed()

    def abandon(self, reason: CloseReason = CloseReason.UNSET) -> None:
        """End the session because its worker ends, or because an operator wants it."""
        try:
            self._end(reason)
        except Exception:  # noqa: BLE001 - as in Leg.take_turn
            self._failed()

    def age_out(self, silent: float) -> None:
        """End the session before its time is up, as others need its place more, unless it has moved within so many seconds."""
        self._moved()
        if self._over or self._loop.now - self._account.touched < silent:
            return
        self._account.reason, self._account.dropped = Reason.EARLY_AGEOUT, True
        self.abandon(CloseReason.IDLE)

    @property
    def session_id(self) -> int:
        """The device-wide session identifier."""
        return self._entry.facts.session_id

    @property
    def account(self) -> Account:
        """What is known of the session."""
        return self._account

    @property
    def verdict(self) -> Verdict | None:
        """What was thought of the server, once it has been judged."""
        return self._machine.verdict

    def news(self) -> Progress | None:
        """How the session goes, where there is something new."""
        self._moved()
        return None if self._over else self._account.news(self._loop.now, self._patience, self._machine.state)

    def _failed(self) -> None:
        """A bug: say where, and end this session with its code; nothing it may have said goes further."""
        traceback.print_exc(file=sys.stderr)
        self._account.reason, self._account.dropped = Reason.INTERNAL, True
        if not self._over:
            self._host.log(tuple(command.record for command in self._machine.fail() if isinstance(command, do.Log)))
        self._end(CloseReason.APPLICATION)

    # the machine and its commands

    def _tell(self, event: Event) -> None:
        for command in self._machine.receive(event):
            if self._over and not isinstance(command, do.Log | do.Note):
                return  # a command before this one has met the end of the session
            self.deeds[type(command)](self, command)

    def _arm(self, command: do.Arm) -> None:
        self._timer, self._patience = command.timer, command.seconds
        self._account.touched = now = self._loop.now
        due = min(now + command.seconds, self._report_at)
        if due < self._due:  # else it is called before, and sees then how long is left
            self._call_by(due)

    def _call_by(self, due: float) -> None:
        self._due = due
        self._loop.arm(self, due - self._loop.now)

    def _log(self, command: do.Log) -> None:
        self._host.log((command.record,))

    def _report(self, command: do.Report) -> None:
        self._report_at = self._account.born + command.age  # a timer is armed behind it, or goes on

    def _note(self, command: do.Note) -> None:
        self._account.reason = command.reason

    def _recall(self, command: do.Recall) -> None:
        self._tell(on.Recalled(self._host.recall(self._entry, self._profile().key, command.server_name)))

    def _learn(self, command: do.Learn) -> None:
        self._host.learn(self._entry, self._profile().key, command.reason, command.server_name)

    # data

    def _relaying(self) -> Relay:
        if self._relay is None:
            if self._least != 1:
                self._wake_at(1)
            self._relay = Relay(self._loop, self._client, self._server, self._half_closed, self._broken_off,
                                self._within, self._finished)
            self._relay.bytes, self._relay.messages = self._account.relayed, self._account.messages
        return self._relay

    def _inspect(self, _: do.Inspect) -> None:
        tap = self._show if self._host.mirrors is None else self._mirrored(self._show)
        (self._relay or self._relaying()).start(tap)

    def _relay_unseen(self, _: do.Relay) -> None:
        tap = None if self._host.mirrors is None else self._mirrored(None)
        (self._relay or self._relaying()).start(tap)

    def _show(self, direction: Direction, data: bytes) -> None:
        plain_from_client = direction is Direction.C2S and self._client.tls is None
        segments = self._client.carried().data_segments if plain_from_client else 0
        self._tell(on.Plaintext(direction, data, segments, self._loop.now))

    def _finished(self, direction: Direction) -> None:
        if self._is_only_copied:
            self._relaying().finish(direction)
        else:
            self._tell(on.Finished(direction, self._loop.now))

    def _moved(self) -> None:
        """What the relay has moved, and when it last did, is not told of piece by piece."""
        if self._relay is not None:
            self._account.relayed, self._account.messages = self._relay.bytes, self._relay.messages
            self._account.touched = max(self._account.touched, self._relay.touched)

    def _half_closed(self) -> None:
        if self._ssl_i is not None and self._server.write_ending is Stop.TRUNCATED:
            self._ssl_i.keep(apart=True)  # the server will hardly send a close_notify to a client that has sent none
        self._arm(do.Arm(Timer.IDLE, min(self._patience, self._entry.plan.timeouts.half_closed)))

    # the end

    def _drop(self, command: do.Drop) -> None:
        """A client in its handshake gets the alert that tells it why; one that already has data gets a page, or a reset."""
        self._account.reason, self._account.dropped = command.reason, True
        if command.page:
            self._page = command.page
        elif not self._account.decrypted:
            self._client.say_goodbye(command.alert)
        self._ending = command.ending
        self._end(CloseReason.IDLE if command.reason is Reason.IDLE_TIMEOUT else CloseReason.APPLICATION)

    def _end(self, reason: CloseReason, reset: bool = True) -> None:
        if self._over:
            return
        self._over = True
        account, relay, truncated = self._account, self._relay, False
        if relay is not None:
            relay.stop()
            account.relayed, account.messages = relay.bytes, relay.messages
            truncated = account.decrypted and relay.cut_off
            self._relay = None
        volume = account.volume(self._loop.now)
        self._loop.disarm(self)
        if account.decrypted and self._ssl_i is not None and not truncated:
            self._ssl_i.keep()
        if self._exchanges or self._alarm is not None:
            self._stop_consulting()
        if self._copies:
            self._end_copies(is_reset=reset)
        self._close(reset)
        self._tell(on.Ended(reason, volume, truncated))
        self._host.log(self._entry.closed(reason, volume))
        self._host.closed(self, account.summary(volume))

    def _close(self, reset: bool) -> None:
        """End both TCP connections, as a service may have wanted it."""
        for leg, spared in ((self._client, Ending.CLOSE_SERVER), (self._account.server, Ending.CLOSE_CLIENT)):
            if leg is None:
                continue
            if self._page and leg is self._client:
                Farewell(self._loop, leg, self._page)
                continue
            if leg.interest != FORGET:
                self._loop.watch(leg, FORGET)
            if self._ending is Ending.SILENT:
                leg.vanish()
            else:
                leg.close(reset and not leg.write_ended and self._ending is not spared)

    deeds = {**Dialing.deeds,  # noqa: RUF012 - declared there
             do.Inspect: _inspect, do.Recall: _recall, do.Learn: _learn, do.Relay: _relay_unseen,
             do.Arm: _arm, do.Report: _report, do.Log: _log, do.Note: _note, do.Drop: _drop}
