"""What holds for a chassis whatever happens to it: a machine opens, closes, fails and restores at will."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hwmodel.chassis import Chassis, FastPath, FirstPath, Refusal, Refused
from hwmodel.distribution import available
from hwmodel.session import FiveTuple, Packet, Session
from hwmodel.work import Work
from tests.hwmodel.hardware import flow, small_platform

flows = st.builds(flow, st.integers(0, 60), st.integers(0, 1), st.sampled_from((4, 6)))


class ChassisLife(RuleBasedStateMachine):
    """A chassis beside a plain dictionary of what must be open on it."""

    @initialize(distribution=st.sampled_from(available()))
    def switch_on(self, distribution: str) -> None:
        self.chassis = Chassis(small_platform((4, 12, 6)), distribution)
        self.expected: dict[int, Session] = {}
        self.dead: set[int] = set()
        self.now = 0.0

    @rule(flow=flows, opens=st.booleans(), back=st.booleans(), wait=st.floats(0, 3))
    def receive(self, flow: FiveTuple, opens: bool, back: bool, wait: float) -> None:
        self.now += wait
        there = flow.reversed() if back else flow
        known = [s for s in self.expected.values() if there in (s.c2s.five_tuple, s.s2c.five_tuple)]
        placement = self.chassis.receive(Packet(there, opens=opens), self.now)
        if known:
            assert placement == FastPath(known[0])
        elif isinstance(placement, FirstPath):
            assert opens
            assert placement.session.spu not in self.dead
            assert placement.session.id not in self.expected
            self.expected[placement.session.id] = placement.session
        else:
            assert isinstance(placement, Refused)
            assert opens or placement.reason is not Refusal.SESSION_TABLE_FULL

    @precondition(lambda self: self.expected)
    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        session_id = data.draw(st.sampled_from(sorted(self.expected)))
        self.chassis.charge(session_id, Work(packets=3), self.now)
        assert self.chassis.close(session_id, self.now) == self.expected.pop(session_id)

    @rule(spu=st.integers(1, 3))
    def fail(self, spu: int) -> None:
        lost = self.chassis.fail(spu, self.now)
        assert {session.id for session in lost} == {s.id for s in self.expected.values() if s.spu == spu}
        self.expected = {s.id: s for s in self.expected.values() if s.spu != spu}
        self.dead.add(spu)

    @rule(spu=st.integers(1, 3))
    def restore(self, spu: int) -> None:
        self.chassis.restore(spu, self.now)
        self.dead.discard(spu)

    @invariant()
    def every_table_says_the_same(self) -> None:
        statuses = self.chassis.status(self.now)
        assert set(self.chassis.sessions()) == set(self.expected.values())
        assert sum(status.sessions for status in statuses) == len(self.expected)
        assert statuses[0].cp_sessions == len(self.expected)
        assert self.chassis.wings() == 2 * len(self.expected)

    @invariant()
    def capacity_is_never_exceeded(self) -> None:
        for status in self.chassis.status(self.now):
            held = [s for s in self.expected.values() if s.spu == status.spu]
            assert sum(2 if s.c2s.five_tuple.src.version == 6 else 1 for s in held) <= status.max_sessions
            assert status.sessions <= status.peak_sessions <= status.created
            assert status.alive == (status.spu not in self.dead)

    def teardown(self) -> None:
        for session_id in list(self.expected):
            self.chassis.close(session_id, self.now)
        assert self.chassis.sessions() == ()
        assert self.chassis.wings() == 0
        assert all(status.sessions == status.cp_sessions == 0 for status in self.chassis.status(self.now))


ChassisLife.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestChassisLife = ChassisLife.TestCase
