"""Services' exchanges with daemons: connections are shared by all sessions of a worker, and those that may serve again kept."""

import ssl
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Final, Literal, TypeAlias

from nf.dataplane.lines import Line
from nf.dataplane.loop import Chore, Loop
from nf.services.asking import Answer, Ask, Peer

IDLE: Final = 30.0  # seconds that a connection is kept for the next exchange
MUCH: Final = 1 << 18  # bytes that may wait for a daemon before its session is read no further
LITTLE: Final = 1 << 16  # and until it is again

Contexts: TypeAlias = Callable[[Peer], ssl.SSLContext]
Fault: TypeAlias = Literal["timeout", "not-ready", "closed", "busy"]


def no_tls(peer: Peer) -> ssl.SSLContext:
    """Without a PKI directory nobody can be spoken to over TLS."""
    raise ValueError(f"no TLS towards {peer.host}")


class Exchange:
    """All that one service of one session asks under one number; `heard` gets the answers, `stalled` whether it must wait."""

    def __init__(self, daemons: "Daemons", peer: Peer, number: int, heard: Callable[[Answer], None],
                 stalled: Callable[[bool], None]) -> None:
        self.slot: int | None = None  # the loop's
        self.number, self.peer = number, peer
        self.is_stalled = False
        self._daemons, self._heard, self._stalled = daemons, heard, stalled
        self._line: Line | None = None
        self._before = bytearray()  # said before there was a line
        self._deadline = 0.0

    def say(self, ask: Ask) -> None:
        """Send more; the deadline counts anew."""
        self._deadline = ask.deadline
        self._daemons.loop.arm(self, ask.deadline)
        if self._line is None:
            self._before += ask.data
        else:
            self._line.send(ask.data)
        self._look()

    def take(self, line: Line) -> None:
        """Here is a connection."""
        self._line = line
        line.heard, line.sent = self._hear, self._look
        said, self._before = bytes(self._before), bytearray()
        line.send(said)

    def expired(self) -> None:
        """The daemon has taken too long, or there was no connection for it."""
        self.fail("timeout" if self._line is not None else "busy")

    def fail(self, fault: Fault) -> None:
        """There will be no answer."""
        reused = self._line is not None and self._line.served
        self.drop()
        self._heard(Answer(self.number, fault=fault, reused=reused, now=self._daemons.loop.now))

    def listen(self, wanted: bool) -> None:
        """Whether more is to be heard for now; while it is not, the daemon has all the time there is."""
        line = self._line
        if line is None or line.deaf is not wanted:
            return
        if wanted:
            self._daemons.loop.arm(self, self._deadline)
            line.listen()
        else:
            line.deaf = True
            self._daemons.loop.disarm(self)

    def end(self, keep: bool) -> None:
        """It is over; its connection may serve another."""
        line, self._line = self._line, None
        self._leave()
        if line is not None:
            self._daemons.back(line, keep and line.ready and not line.waiting and not line.deaf)

    def drop(self) -> None:
        """It is over, and so is its connection."""
        self.end(keep=False)

    def _leave(self) -> None:
        self._daemons.loop.disarm(self)
        self._daemons.leave(self)
        if self.is_stalled:
            self.is_stalled = False
            self._stalled(False)

    def _hear(self, data: bytes) -> None:
        line = self._line
        if line is None:
            return
        if data:
            self._heard(Answer(self.number, data, reused=line.served, now=self._daemons.loop.now))
        else:
            self.fail("closed" if line.ready else "not-ready")

    def _look(self) -> None:
        """Whether too much waits to be sent."""
        waiting = len(self._before) if self._line is None else len(self._line.waiting)
        if (waiting > MUCH and not self.is_stalled) or (waiting < LITTLE and self.is_stalled):
            self.is_stalled = not self.is_stalled
            self._stalled(self.is_stalled)


class Daemons:
    """The connections of one worker; `contexts` gives TLS to those that want it."""

    def __init__(self, loop: Loop, contexts: Contexts) -> None:
        self.loop = loop
        self._contexts = contexts
        self._idle: defaultdict[Peer, list[tuple[Line, Chore]]] = defaultdict(list)
        self._busy: defaultdict[Peer, int] = defaultdict(int)
        self._waiting: defaultdict[Peer, deque[Exchange]] = defaultdict(deque)

    def begin(self, ask: Ask, heard: Callable[[Answer], None], stalled: Callable[[bool], None]) -> Exchange:
        """A new exchange, on a connection that is there already, on a fresh one, or once there is one."""
        exchange = Exchange(self, ask.peer, ask.number, heard, stalled)
        exchange.say(ask)
        if not self._serve(exchange):
            self._waiting[ask.peer].append(exchange)
        return exchange

    def back(self, line: Line, keep: bool) -> None:
        """A connection is not needed for now; somebody may wait for one."""
        peer = line.peer
        self._busy[peer] -= 1
        line.served = True
        if keep:
            self._keep(line)
        else:
            line.close()
        waiting = self._waiting[peer]
        if waiting and self._serve(waiting[0]):
            waiting.popleft()

    def leave(self, exchange: Exchange) -> None:
        """One that waited waits no longer."""
        waiting = self._waiting.get(exchange.peer)
        if waiting and exchange in waiting:
            waiting.remove(exchange)

    def _serve(self, exchange: Exchange) -> bool:
        """False where it has to wait for another to end."""
        peer = exchange.peer
        idle = self._idle[peer]
        if not idle and self._busy[peer] >= peer.most:
            return False
        self._busy[peer] += 1
        if idle:
            line, chore = idle.pop()
            self.loop.disarm(chore)
            exchange.take(line)
            return True
        try:
            line = Line(self.loop, peer, self._contexts(peer) if peer.transport == "tls" else None)
        except (OSError, ValueError):
            self._busy[peer] -= 1
            self.loop.again(lambda: exchange.fail("not-ready"))  # never while its session is still asking
            return True
        exchange.take(line)
        return True

    def _keep(self, line: Line) -> None:
        """Until it is used, until it is not, or until the daemon says something, which nobody has asked for."""
        idle = self._idle[line.peer]

        def over(_: bytes = b"") -> None:
            idle.remove(kept)
            self.loop.disarm(kept[1])
            line.close()

        kept = line, Chore(over)
        line.heard, line.sent = over, _nothing
        idle.append(kept)
        self.loop.arm(kept[1], IDLE)


def _nothing() -> None:
    """Nobody waits."""
