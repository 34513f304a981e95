"""Moves data between the two legs of a session: back-pressure, half-close, and every end passed on in kind."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Final, TypeAlias

from hwmodel.session import Direction
from nf.dataplane.leg import CHUNK, Leg, Stop
from nf.dataplane.loop import BROKEN, FORGET, NOTHING, READ, WRITE, Loop
from nf.log.records import CloseReason
from nf.tls.steps import RECORD, pass_on

MOST_WAITING: Final = 1 << 16  # bytes that may wait for a leg when the other must be read all the same
TURN: Final = 32  # chunks of one direction before other sessions get their turn

Tap: TypeAlias = Callable[[Direction, bytes], None]
Follower: TypeAlias = Callable[[bytes], int]  # how many of the next bytes are not shown


class Relay:
    """Reads a leg only while the other takes what was read, so memory per session is bounded.

    With a tap, data is shown to it and only what comes back through `deliver` goes on; without, all of it does.
    `half_closed` is called when one way has ended, `ended` once with the reason, for both legs to be closed, `within` when
    a leg's `stages` tell of something within its TLS, before the data that were read with it go further. `finished` tells,
    while there is a tap, that a direction's sender has ended: `finish` then passes that on.
    """

    def __init__(self, loop: Loop, client: Leg, server: Leg, half_closed: Callable[[], None],
                 ended: Callable[[CloseReason, bool], None], within: Callable[[Direction], None],
                 finished: Callable[[Direction], None]) -> None:
        self.bytes = self.messages = 0  # of data that have come in; how often some came
        self.touched = loop.now  # when a leg was last ready
        self.cut_off = False  # the server ended without close_notify while its client was still listening
        self._loop = loop
        self._legs = {Direction.C2S: (client, server), Direction.S2C: (server, client)}
        self._half_closed, self._ended, self._within, self._finished = half_closed, ended, within, finished
        self._blind: dict[Direction, int] = {}  # bytes that pass unseen although there is a tap
        self._followers: dict[Direction, Follower] = {}
        self._endings: dict[Direction, Stop] = {}  # how senders ended whose end has not been passed on
        self.drained: Callable[[], None] | None = None  # called when nothing waits for a leg any more
        self._tap: Tap | None = None
        self._over = False
        client.ready = partial(self._ready, Direction.C2S)
        server.ready = partial(self._ready, Direction.S2C)

    def start(self, tap: Tap | None) -> None:
        """Begin, or go on with another tap, or without one: what is watched stays the same."""
        begins, self._tap = self._tap is None, tap
        self._followers.clear()
        if begins:
            self._watch()

    def stop(self) -> None:
        """Touch neither leg again."""
        self._over = True

    def skip(self, direction: Direction, count: int | Follower) -> None:
        """Show the tap nothing of so many bytes that come next, or of those that a follower takes."""
        if isinstance(count, int):
            self._blind[direction] = count
        else:
            self._followers[direction] = count

    def deliver(self, direction: Direction, data: bytes) -> None:
        """Send data on in its direction, perhaps long after they were read."""
        sink = self._legs[direction][1]
        if self._over:
            return
        if not sink.write(data):
            self._broken(direction.opposite)
        elif sink.out:
            self._watch()

    def _ready(self, direction: Direction, mask: int) -> None:
        """The leg that sends in `direction` is ready: to take what was kept for it, and to be read."""
        source, sink = self._legs[direction]
        if (mask & WRITE or sink.out or source.paused) and not self._is_to_read(direction, mask):
            return None
        for turn in range(TURN):
            if self._over or source.paused or source.read_ended or (sink.out and not self._must_read(direction)):
                break
            data = source.read()
            if source.stages and self._ends_within(direction):
                break
            if isinstance(data, Stop):
                if data is not Stop.AGAIN:
                    self._stopped(direction, data)
                elif source.tls is not None and not source.drained:
                    continue  # that was one message of TLS, a ticket for one
                break
            size = len(data)
            self.bytes += size
            self.messages += turn == 0
            if self._tap is not None:
                (self._show if self._blind or self._followers else self._tap)(direction, data)
            elif not sink.write(data):
                return self._broken(direction.opposite)
            if self._over or (size < CHUNK and source.drained):
                break
            if turn == 0 and size == CHUNK and not self._hurry(direction):
                return self._broken(direction.opposite)
        else:
            self._loop.again(partial(source.take_turn, READ))
        return self._settle()

    def _is_to_read(self, direction: Direction, mask: int) -> bool:
        """Write what was kept for a leg, where it takes some; whether it is to be read then."""
        leg, other = self._legs[direction]
        if mask & WRITE and leg.wants_to_write:
            if not leg.flush():
                self._broken(direction)
                return False
            if not leg.out:
                if self.drained is not None:
                    self.drained()
                self._loop.again(partial(other.take_turn, READ))
        if mask & BROKEN and (other.out or leg.paused) and not (leg.read_ended or leg.write_ended):
            self._broken(direction)  # it is not read now, and open both ways it can break only by a reset
            return False
        if mask & (READ | BROKEN):
            return True
        self._settle()
        return False

    def _ends_within(self, direction: Direction) -> bool:
        """Tell what has happened within TLS; whether that has ended the session."""
        self._within(direction)
        return self._over

    def _show(self, direction: Direction, data: bytes) -> None:
        """Show what has come, but for what was to be skipped, which goes on at once."""
        follow = self._followers.get(direction)
        blind = self._blind.get(direction, 0) if follow is None else follow(data)
        if follow is not None and blind < len(data):
            del self._followers[direction]
        if follow is None and blind:
            self._blind[direction] = max(0, blind - len(data))
        if blind:
            self.deliver(direction, data[:blind])
        if data[blind:] and self._tap is not None and not self._over:
            self._tap(direction, data[blind:])

    def _hurry(self, direction: Direction) -> bool:
        """Pass whole records on unseen for as long as the kernel has some; False when the sink is broken."""
        (source, sink), blind = self._legs[direction], self._blind.get(direction, 0)
        if (self._tap is not None and not blind) or not source.passes_on_to(sink):
            return True
        records = source.unread // RECORD if self._tap is None else min(source.unread // RECORD, blind // CHUNK)
        for _ in range(min(TURN, records)):
            assert source.tls is not None and sink.tls is not None  # noqa: S101, PT018 - `passes_on_to` has said so
            taken, rest = pass_on(source.tls, sink.tls)
            self.bytes += taken
            self._blind[direction] = blind = max(0, blind - taken)
            if rest:
                return sink.write(rest)
            if not taken:
                break
        return True

    def _stopped(self, direction: Direction, how: Stop) -> None:
        source, sink = self._legs[direction]
        if how is Stop.RESET:
            self._broken(direction)
        else:
            source.read_ended = True
            self.cut_off |= direction is Direction.S2C and how is Stop.TRUNCATED and not sink.read_ended
            if self._tap is None:
                self._pass_end_on(source, sink, how)
            else:
                self._endings[direction] = how
                self._finished(direction)

    def finish(self, direction: Direction) -> None:
        """Pass a sender's end on, in kind."""
        how = self._endings.pop(direction, None)
        if how is not None and not self._over:
            self._pass_end_on(*self._legs[direction], how)
            self._settle()

    def _pass_end_on(self, source: Leg, sink: Leg, how: Stop) -> None:
        last = sink.read_ended and source.write_ended
        sink.end_writing(how, closing=last)
        if not last:
            self._half_closed()

    @property
    def is_backed_up(self) -> bool:
        """Whether so much waits for a leg that nobody should deliver more."""
        return any(len(leg.out) > MOST_WAITING for leg, _ in self._legs.values())

    def pause(self, directions: Collection[Direction]) -> None:
        """Read nothing of these directions until told otherwise; what is sent meanwhile waits in the kernel."""
        for direction, (leg, _) in self._legs.items():
            leg.paused = direction in directions
        if not self._over:
            self._watch()

    def _broken(self, direction: Direction) -> None:
        """The leg that sends in `direction` is reset: so is the other, at once."""
        if not self._over:
            self._ended(CloseReason.CLIENT_RST if direction is Direction.C2S else CloseReason.SERVER_RST, True)

    def _settle(self) -> None:
        if self._over:
            return
        self.touched = self._loop.now
        client, server = self._legs[Direction.C2S]
        if client.interest == server.interest == READ and not (
                client.read_ended or client.out or client.paused or server.read_ended or server.out or server.paused):
            return  # as after nearly every piece of data: nothing changes
        if client.read_ended and client.write_ended and server.read_ended and server.write_ended:
            self._ended(CloseReason.FIN, False)
        else:
            self._watch()

    def _must_read(self, direction: Direction) -> bool:
        """Whether the leg can only go on writing once it has been read: then one read more may wait for the other leg."""
        leg, other = self._legs[direction]
        return leg.must_read and len(other.out) < MOST_WAITING

    def _watch(self) -> None:
        for leg, other in self._legs.values():
            interest, otherwise = 0 if leg.read_ended or leg.paused else READ, FORGET
            if other.out:
                if not (leg.must_read and len(other.out) < MOST_WAITING):
                    interest = 0
                if not (leg.read_ended or leg.write_ended):
                    otherwise = NOTHING
            elif leg.paused and not leg.read_ended:
                otherwise = NOTHING
            if (leg.out or (leg.write_ending is not None and not leg.write_ended)) and not leg.must_read:
                interest |= WRITE
            wanted = interest or otherwise
            if wanted != leg.interest:
                self._loop.watch(leg, wanted)
