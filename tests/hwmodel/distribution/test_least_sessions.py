from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from hwmodel.chassis import Chassis, FirstPath
from hwmodel.distribution import WeightTable
from hwmodel.distribution.least_sessions import LeastSessions
from hwmodel.session import Session
from tests.hwmodel.hardware import flow, small_platform, syn

tables = st.dictionaries(st.integers(0, 9), st.tuples(st.integers(1, 100), st.integers(0, 100)), min_size=1)


def opened(chassis: Chassis, client: int) -> Session:
    placement = chassis.receive(syn(client), 0.0)
    assert isinstance(placement, FirstPath)
    return placement.session


@given(tables)
def test_nobody_is_filled_less_than_the_chosen_one_and_of_equals_it_is_the_lowest(
    table: dict[int, tuple[int, int]],
) -> None:
    weights = {spu: weight for spu, (weight, _) in table.items()}
    facts = WeightTable(weights, frozenset(weights), 64, lambda spu: table[spu][1])
    chosen = LeastSessions(facts).choose(flow())
    weight, held = table[chosen]
    for spu, (other_weight, other_held) in table.items():
        mine, others = held * other_weight, other_held * weight
        assert mine < others or (mine == others and chosen <= spu)


def test_where_sessions_end_new_ones_come() -> None:
    chassis = Chassis(small_platform((20, 20, 20)), "least_sessions")
    sessions = [opened(chassis, client) for client in range(30)]
    for session in sessions:
        if session.spu == 2:
            chassis.close(session.id, 1.0)
    assert {opened(chassis, client).spu for client in range(100, 110)} == {2}


def test_an_spu_that_comes_back_catches_up_before_others_get_more() -> None:
    chassis = Chassis(small_platform((20, 20, 20)), "least_sessions")
    chassis.fail(3, 0.0)
    assert Counter(opened(chassis, client).spu for client in range(20)) == {1: 10, 2: 10}
    chassis.restore(3, 1.0)
    assert {opened(chassis, client).spu for client in range(100, 110)} == {3}
    assert Counter(opened(chassis, client).spu for client in range(200, 230)) == {1: 10, 2: 10, 3: 10}


def test_no_session_is_refused_while_any_spu_has_room() -> None:
    chassis = Chassis(small_platform((4, 12, 8)), "least_sessions")
    assert Counter(opened(chassis, client).spu for client in range(24)) == {1: 4, 2: 12, 3: 8}
