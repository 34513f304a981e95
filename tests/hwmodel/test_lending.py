"""Session numbers that a chassis lends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.chassis import Chassis, FastPath, FirstPath, Refused
from hwmodel.flow_settings import FlowSettings
from hwmodel.platform import load_platform
from tests.hwmodel.hardware import flow, small_platform, syn


def let_in(chassis: Chassis, lent: dict[int, list[int]], client: int, version: int = 4) -> FirstPath:
    """A session that came under one of these numbers."""
    choose = chassis.chooser()
    assert choose is not None
    number = lent[choose(flow(client, version=version))].pop()
    placement = chassis.receive(syn(client, version=version), 1.0, number=number)
    assert isinstance(placement, FirstPath)
    assert placement.session.id == number
    return placement


@given(st.lists(st.integers(0, 2000), unique=True, max_size=60), st.sampled_from([4, 6]))
def test_a_session_lives_where_its_number_says_and_there_is_room_for_it(clients: list[int], version: int) -> None:
    chassis = Chassis(small_platform((200, 200, 200)))
    lent = chassis.lend(60, [1, 2, 3])
    owner = {number: spu for spu, numbers in lent.items() for number in numbers}
    for client in clients:
        session = let_in(chassis, lent, client, version).session
        assert session.spu == owner[session.id]
        assert chassis.receive(syn(client, version=version), 1.0) == FastPath(session)
    assert sum(status.created for status in chassis.status(1.0)) == len(clients)


def test_a_number_is_nobody_elses_and_keeps_its_room_until_it_is_taken_back() -> None:
    chassis = Chassis(small_platform((20,)))
    assert chassis.lend(11, [1]) == {}, "each might be a session of IPv6, which needs two"
    lent = chassis.lend(8, [1])
    others = [chassis.receive(syn(client), 0.0) for client in range(5)]
    assert isinstance(others.pop(), Refused)
    assert {placement.session.id for placement in others if isinstance(placement, FirstPath)}.isdisjoint(lent[1])
    let_in(chassis, lent, 9, version=6)
    chassis.take_back(lent[1])
    assert sum(isinstance(chassis.receive(syn(100 + client), 0.0), FirstPath) for client in range(20)) == 14


def test_an_spu_that_is_down_lends_nothing_and_what_it_had_lent_stays_lent() -> None:
    chassis = Chassis(small_platform((40,)))
    lent = chassis.lend(4, [1])
    let_in(chassis, lent, 1)
    chassis.fail(1, 2.0)
    assert chassis.lend(1, [1]) == {}
    chassis.restore(1, 3.0)
    assert set(chassis.lend(4, [1])[1]).isdisjoint(lent[1])
    let_in(chassis, lent, 2)


def test_one_spu_needs_no_table() -> None:
    choose = Chassis(small_platform((8,))).chooser()
    assert choose is not None
    assert {choose(flow(client)) for client in range(20)} == {1}


def test_a_central_point_that_chooses_by_what_came_before_lends_its_choice_to_nobody() -> None:
    assert Chassis(load_platform("srx5400-2spc2"), "round_robin").chooser() is None


@pytest.mark.parametrize(("now", "remembered"), [(1.0, True), (4.9, True), (5.0, False)])
def test_a_denied_flow_is_remembered_for_its_time(now: float, remembered: bool) -> None:
    chassis = Chassis(small_platform((40,)), settings=FlowSettings(drop_flow_timeout=4.0))
    assert not chassis.remembers_denied(1.0)
    chassis.deny(flow(1), 1.0)
    assert chassis.remembers_denied(now) is remembered


def test_whose_lender_is_down_goes_to_who_lives() -> None:
    chassis = Chassis(small_platform((40, 40)))
    number = chassis.lend(1, [2])[2][0]
    chassis.fail(2, 1.0)
    placement = chassis.receive(syn(1), 2.0, number=number)
    assert isinstance(placement, FirstPath)
    assert (placement.session.id, placement.session.spu) == (number, 1)
