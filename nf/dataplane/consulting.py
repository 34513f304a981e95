"""What a session's services need of the world: engines that they ask, time, each other in other workers, other ways."""

import sys
from functools import partial
from typing import Final

from hwmodel.session import Direction
from nf.dataplane.daemons import Exchange
from nf.dataplane.loop import Chore
from nf.dataplane.tls_ends import TlsEnds
from nf.inspection.inspection import Inspection
from nf.services.asking import Answer
from nf.sinks import captures
from nf.sslproxy import commands as do
from nf.sslproxy import events as on

_BOTH: Final = frozenset(Direction)


class Consulting(TlsEnds):
    """The part of a connection that serves its services."""

    _exchanges: dict[tuple[int, int], Exchange] | None = None
    _alarm: Chore | None = None
    _paused: frozenset[Direction] = frozenset()  # by services

    @property
    def inspection(self) -> Inspection:
        """Its services together."""
        return self._entry.inspection

    def _failed(self) -> None:
        raise NotImplementedError

    def _consult(self, command: do.Consult) -> None:
        if self._exchanges is None:
            self._exchanges = {}
        ask, key = command.ask, (command.place, command.ask.number)
        exchange = self._exchanges.get(key)
        if ask.over:
            if exchange is not None:
                del self._exchanges[key]
                if ask.data:
                    exchange.say(ask)
                exchange.end(ask.keep)
        elif exchange is not None:
            exchange.say(ask)
        else:
            self._exchanges[key] = self._host.daemons.begin(ask, partial(self._answered, key), self._stalled)

    def _answered(self, key: tuple[int, int], answer: Answer) -> None:
        if answer.fault and self._exchanges is not None:
            self._exchanges.pop(key, None)
        self._tell_safely(on.Answered(key[0], answer))
        if self._relay is not None and self._relay.is_backed_up:
            self._relay.drained = self._listen_again
            self._listen(False)

    def _listen_again(self) -> None:
        """What engines have said has gone on."""
        if self._relay is not None:
            self._relay.drained = None
        self._listen(True)

    def _listen(self, wanted: bool) -> None:
        for exchange in tuple((self._exchanges or {}).values()):
            exchange.listen(wanted)

    def _stalled(self, _: bool) -> None:
        """Some engine does not keep up, or does again."""
        if self._relay is not None and not self._over:
            stalled = any(exchange.is_stalled for exchange in (self._exchanges or {}).values())
            self._relay.pause(_BOTH if stalled else self._paused)

    def _pause(self, command: do.Pause) -> None:
        self._paused = command.directions
        self._stalled(False)

    def _mark(self, command: do.Mark) -> None:
        for leg in (self._client, self._account.server):
            if leg is not None:
                leg.mark(command.dscp)

    def _wake(self, command: do.Wake) -> None:
        if self._alarm is None:
            self._alarm = Chore(lambda: self._tell_safely(on.Woken(self._loop.now)))
        self._loop.arm(self._alarm, command.seconds)

    def _announce(self, command: do.Announce) -> None:
        self._host.announce(command.bulletin)

    def _keep(self, command: do.Keep) -> None:
        captures.keep(command.capture)

    def _complain(self, command: do.Complain) -> None:
        sys.stderr.write(command.text)
        sys.stderr.flush()

    def _finish(self, command: do.Finish) -> None:
        if self._relay is not None:
            self._relay.finish(command.direction)

    def _skip(self, command: do.Skip) -> None:
        if self._relay is not None:
            self._relay.skip(command.direction, command.count)

    def _tell_safely(self, event: on.Event) -> None:
        if self._over:
            return
        try:
            self._tell(event)
        except Exception:  # noqa: BLE001 - as in Leg.take_turn
            self._failed()

    def _stop_consulting(self) -> None:
        """The session is over."""
        exchanges, self._exchanges = self._exchanges, None
        for exchange in (exchanges or {}).values():
            exchange.drop()
        if self._alarm is not None:
            self._loop.disarm(self._alarm)
            self._alarm = None

    deeds = {**TlsEnds.deeds,  # noqa: RUF012 - declared there
             do.Consult: _consult, do.Wake: _wake, do.Announce: _announce, do.Keep: _keep, do.Pause: _pause,
             do.Mark: _mark, do.Complain: _complain,
             do.Finish: _finish, do.Skip: _skip}
