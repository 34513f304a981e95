"""Sessions that make room from the high watermark on: both engines and the live chassis say the same."""

from dataclasses import replace
from heapq import heappop, heappush

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwmodel import simulate
from hwmodel.chassis import Chassis, FirstPath
from hwmodel.engine import event, vector
from hwmodel.engine.failures import Course, played
from hwmodel.engine.fates import CREATED, FULL
from hwmodel.engine.play import prepare
from hwmodel.failure import Failure
from hwmodel.flow_settings import FlowSettings
from hwmodel.platform import Platform
from hwmodel.session import Packet
from hwmodel.sessions import Sessions, merged
from hwmodel.workload import SizeClass, Spread, Workload, draw
from tests.hwmodel.engine.test_agreement import WIDE, same

SMALL = replace(WIDE, spus=tuple(replace(spu, max_sessions=min(spu.max_sessions, 150)) for spu in WIDE.spus))
FLOOD = Workload(arrival_rate=120.0, duration=12.0, half_open=True, mean_life=20.0, lives=Spread("constant"),
                 sizes=(SizeClass(74),), tls_share=0.0, ipv6_share=0.3)  # fmt: skip
HEEDED = FlowSettings(high_watermark=80, low_watermark=40, early_ageout=2.0)


def mixed(seed: int) -> Sessions:
    """Sessions of one packet and 20 s among some that go on talking."""
    return merged([draw(FLOOD, seed), draw(Workload(arrival_rate=20.0, duration=12.0, mean_life=6.0), seed + 1)])


def course(sessions: Sessions, flow: FlowSettings = HEEDED, *stops: Failure, platform: Platform = SMALL) -> Course:
    """What comes of it, by the vectorised engine; the exact one says the same."""
    ready = prepare(platform, sessions, "hash_based", flow, stops)
    one, other = played(ready, event.run), played(ready, vector.run)
    same(one.outcome, other.outcome)
    assert (one.losses, one.aged) == (other.losses, other.aged)
    return other


@given(st.integers(0, 1 << 20), st.integers(50, 95), st.integers(20, 95), st.sampled_from([0.5, 2.0, 5.0]))
@settings(max_examples=6, deadline=None)
def test_the_live_chassis_ages_the_same(seed: int, high: int, low: int, early: float) -> None:
    sessions, flow = mixed(seed), FlowSettings(high_watermark=high, low_watermark=low, early_ageout=early)
    found, chassis = course(sessions, flow), Chassis(SMALL, settings=flow)
    agenda, aged, there = [(float(second), 1, -1, 0) for second in range(1, 12)], 0, dict[int, int]()
    for number, at in [*enumerate(sessions.at.tolist()), (-1, 12.0)]:
        while agenda and agenda[0][0] < at:
            now, kind, row, left = heappop(agenda)
            if kind == 1:
                for session in chassis.early_ageouts(now):
                    aged += chassis.close(session.id, now) is not None
            elif kind == 0:
                if chassis.session(there[row]) is not None:
                    chassis.close(there[row], now)
            elif chassis.session(there[row]) is not None:
                chassis.receive(Packet(sessions.flow(row)), now)
                if left > 1:
                    heappush(agenda, (now + gap(sessions, row), 2, row, left - 1))
        if number < 0:
            break
        placed = chassis.receive(Packet(sessions.flow(number)), at)
        assert (found.outcome.fate[number] == CREATED) == isinstance(placed, FirstPath)
        if isinstance(placed, FirstPath):
            there[number] = placed.session.id
            heappush(agenda, (at + float(sessions.life[number]), 0, number, 0))
            if sessions.packets[number] > 1:
                heappush(agenda, (at + gap(sessions, number), 2, number, int(sessions.packets[number]) - 1))
    assert found.aged == aged


def gap(sessions: Sessions, row: int) -> float:
    """Seconds between two packets of a session."""
    return float(sessions.life[row] / sessions.packets[row])


def test_fewer_are_turned_away_and_those_who_talk_stay() -> None:
    sessions = mixed(1)
    before, after = course(sessions, FlowSettings()), course(sessions, replace(HEEDED, early_ageout=0.5))
    assert before.aged == 0 < after.aged
    assert (before.outcome.fate == FULL).sum() > 2 * (after.outcome.fate == FULL).sum()
    cut = after.play.ends < before.play.ends
    assert cut.sum() == after.aged
    assert sessions.packets[cut].max() == 1


def test_a_failure_finds_those_that_had_made_room_gone() -> None:
    stop = Failure("FPC0.PIC2", 8.0)
    [calm], [aged] = (course(mixed(1), flow, stop).losses for flow in (FlowSettings(), HEEDED))
    assert aged.open < calm.open


def test_the_report_tells_them_from_those_that_closed() -> None:
    report = simulate(SMALL, FLOOD, settings=HEEDED)
    totals = report.totals
    assert totals.aged > 100
    assert totals.created == totals.closed + totals.aged + totals.open_at_end
    assert report.as_dict()["totals"]["aged"] == totals.aged  # type: ignore[index]
    assert simulate(SMALL, FLOOD).totals.aged == 0


def test_junos_defaults_age_nothing_early() -> None:
    plain = vector.run(prepare(SMALL, mixed(2), "hash_based"))
    assert np.array_equal(course(mixed(2), FlowSettings()).outcome.fate, plain.fate)
    assert course(mixed(2), FlowSettings(high_watermark=100, low_watermark=10)).aged == 0


@pytest.mark.parametrize("early", [11.5, 30.0])
def test_nobody_is_early_who_has_not_been_silent_for_long_enough(early: float) -> None:
    assert course(mixed(3), replace(HEEDED, early_ageout=early)).aged == 0
