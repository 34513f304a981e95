"""What one session keeps in memory, however fast its peers write, however slowly they read, whatever services hold."""

import hashlib
import socket

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwmodel.session import Direction
from nf.dataplane.leg import Leg
from nf.dataplane.loop import Loop
from nf.dataplane.relay import Relay
from nf.inspection.inspection import Inspection
from nf.services import Opinion, Piece, Verdict
from tests.inspection.services import Silent

MOST = 256 << 10  # bytes
BLOCK = hashlib.shake_256(b"memory").digest(1 << 16)
WAYS = list(Direction)


class Holder(Silent):
    """Holds both directions as long as it is told to."""

    def __init__(self) -> None:
        self.holding = True

    def inspect(self, piece: Piece) -> Opinion:
        return Opinion(Verdict.HOLD if self.holding else Verdict.PERMIT)


class Session:
    """A relay between two socket pairs whose services hold, and what it has at most kept."""

    def __init__(self) -> None:
        self.loop = Loop()
        self.most, self.blocked = 0, False
        self.ends, legs = {}, {}
        for way in WAYS:
            near, far = socket.socketpair()
            for end in (near, far):
                end.setblocking(False)
            legs[way], self.ends[way] = Leg(near, self._failed), far  # the end that sends in this direction
        self.legs = list(legs.values())
        self.holder = Holder()
        self.inspection = Inspection((self.holder,))
        self.relay = Relay(self.loop, legs[Direction.C2S], legs[Direction.S2C], lambda: None, self._ended,
                           lambda _: None, lambda _: None)
        self.relay.start(self._tap)

    def _failed(self) -> None:
        raise AssertionError("a leg's turn failed")

    def _ended(self, *_: object) -> None:
        self.blocked = True
        self.relay.stop()

    def _tap(self, direction: Direction, data: bytes) -> None:
        passage = self.inspection.receive(direction, data)
        if passage.blocked:
            return self._ended()
        for way, piece in passage.data:
            self.relay.deliver(way, piece)
        held = sum(held.size for held in self.inspection._held.values())
        self.most = max(self.most, held + sum(len(leg.out) for leg in self.legs))
        return None

    def turn(self, times: int = 3) -> None:
        for _ in range(times):
            self.loop.again(lambda: None)  # so that it does not wait
            self.loop._turn()

    def pour(self, way: Direction) -> int:
        """Send as much as goes; the bytes that went."""
        sent = 0
        try:
            while sent < 1 << 20:
                sent += self.ends[way].send(BLOCK)
        except BlockingIOError:
            pass
        return sent

    def drink(self, way: Direction, size: int) -> int:
        """Read what was sent in this direction."""
        try:
            return len(self.ends[way.opposite].recv(size))
        except BlockingIOError:
            return 0

    def close(self) -> None:
        self.loop.close()
        for end in (*self.ends.values(), *(leg.sock for leg in self.legs)):
            end.close()


@pytest.mark.parametrize("hold", [True, False])
def test_writers_without_readers_wait(hold: bool) -> None:
    session = Session()
    session.holder.holding = hold
    for _ in range(30):
        for way in WAYS:
            session.pour(way)
        session.turn()
    assert session.most <= MOST
    assert session.blocked is hold  # what is held without end ends the session
    session.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from([*((what, way) for what in ("pour", "drink") for way in WAYS), ("hold", None), ("go", None)]),
                max_size=40))
def test_whatever_happens_in_whatever_order(steps: list[tuple[str, Direction | None]]) -> None:
    session, sent, seen = Session(), dict.fromkeys(WAYS, 0), dict.fromkeys(WAYS, 0)
    session.holder.holding = False
    for what, way in steps:
        if way is None:
            session.holder.holding = what == "hold"
        elif what == "pour":
            sent[way] += session.pour(way)
        else:
            seen[way] += session.drink(way, 1 << 18)
        session.turn()
        assert session.most <= MOST
    session.holder.holding = False
    for way in WAYS:
        sent[way] += session.pour(way)  # which lets the service let go
    for _ in range(400):
        session.turn(1)
        for way in WAYS:
            seen[way] += session.drink(way, 1 << 18)
    assert session.blocked or seen == sent
    session.close()
