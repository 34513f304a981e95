"""SPUs that fail and come back: both engines and the live chassis say the same."""

from collections.abc import Sequence
from dataclasses import replace
from heapq import heapify, heappop, heappush

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwmodel import ModelError, simulate
from hwmodel.chassis import Chassis, FirstPath, Refused
from hwmodel.distribution import available
from hwmodel.engine import event, vector
from hwmodel.engine.failures import played
from hwmodel.engine.fates import CREATED, REFUSALS
from hwmodel.engine.play import prepare
from hwmodel.failure import Failure
from hwmodel.session import Packet
from hwmodel.workload import Workload
from tests.hwmodel.engine.test_agreement import CASES, WIDE, load, same

TROUBLE = (Failure("FPC0.PIC2", 1.5, back=3.0, graceful=True), Failure("3", 2.5, graceful=True))

failures = st.builds(
    Failure, st.sampled_from(("0", "1", "2")), st.floats(0, 5), st.one_of(st.just(float("inf")), st.floats(5, 6)), st.booleans()
)


@pytest.mark.parametrize("distribution", available())
def test_engines_agree_under_every_distribution(distribution: str) -> None:
    ready = prepare(WIDE, load(1), distribution, failures=TROUBLE)
    one, other = played(ready, event.run), played(ready, vector.run)
    same(one.outcome, other.outcome)
    assert one.losses == other.losses
    assert all(loss.lost for loss in one.losses)


@given(st.integers(0, 1 << 20), st.sampled_from(sorted(CASES)), st.sampled_from(available()), st.lists(failures, max_size=3))
@settings(max_examples=30, deadline=None)
def test_engines_agree_whatever_fails(seed: int, case: str, distribution: str, troubles: Sequence[Failure]) -> None:
    platform, flow = CASES[case]
    ready = prepare(platform, load(seed, 100.0), distribution, flow, troubles)
    one, other = played(ready, event.run), played(ready, vector.run)
    same(one.outcome, other.outcome)
    assert one.losses == other.losses


@pytest.mark.parametrize("graceful", [True, False])
@pytest.mark.parametrize("distribution", sorted(set(available()) - {"least_loaded", "rss_plus_plus"}))
def test_the_live_chassis_loses_and_places_the_same(distribution: str, graceful: bool) -> None:
    sessions, troubles = load(2), [replace(one, graceful=graceful) for one in TROUBLE]
    course = played(prepare(WIDE, sessions, distribution, failures=troubles), vector.run)
    outcome = course.outcome
    chassis, leaving = Chassis(WIDE, distribution, reset_on_spu_failure=not graceful), list[tuple[float, int]]()
    events = [(1.5, 2, False), (2.5, 3, False), (3.0, 2, True)]
    lost = []
    for number, at in enumerate(sessions.at.tolist()):
        while leaving and leaving[0][0] <= at:
            chassis.close(heappop(leaving)[1], at)
        while events and events[0][0] <= at:
            when, spu, back = events.pop(0)
            if back:
                chassis.restore(spu, when)
            else:
                gone = {session.id for session in chassis.fail(spu, when)}
                leaving = [(end, session) for end, session in leaving if session not in gone]  # identifiers come again
                heapify(leaving)
                lost.append(len(gone))
        placed = chassis.receive(Packet(sessions.flow(number)), at, int(sessions.ingress[number]) % WIDE.network_processors)
        assert not isinstance(placed, Refused)
        assert outcome.owner[number] == placed.session.spu
        assert (outcome.fate[number] == CREATED) == isinstance(placed, FirstPath)
        if isinstance(placed, FirstPath):
            heappush(leaving, (at + float(sessions.life[number]), placed.session.id))
    assert [loss.lost for loss in course.losses] == pytest.approx(lost, abs=1)  # who ends between that arrival and the failure


def test_without_its_central_point_a_chassis_opens_no_sessions() -> None:
    stop = Failure("FPC0.PIC0", 2.0, graceful=True)
    outcome = played(prepare(WIDE, load(1), "hash_based", failures=[stop]), event.run).outcome
    late = load(1).at >= 2.0
    assert {REFUSALS.get(fate) for fate in np.unique(outcome.fate[late]).tolist()} == {None, "no live central point"}
    assert not (outcome.fate[late] == CREATED).any()


def test_the_report_counts_what_was_lost() -> None:
    report = simulate("srx5400-2spc2", Workload(arrival_rate=300.0), failures=[Failure("1", 5.0)])
    [stop] = report.interruptions
    assert stop.open == stop.lost == report.totals.lost > 800
    assert report.totals.created == report.totals.closed + report.totals.lost + report.totals.open_at_end
    assert report.spus[1].created < 0.6 * report.spus[2].created


def test_an_unknown_spu_is_told() -> None:
    with pytest.raises(ModelError, match=r"failure of FPC9\.PIC9: srx1600 has no such SPU; expected FPC0\.PIC0, or a number"):
        simulate("srx1600", Workload(), failures=[Failure("FPC9.PIC9", 1.0)])
