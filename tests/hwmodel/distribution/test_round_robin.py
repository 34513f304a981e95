from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from hwmodel.chassis import Chassis, FirstPath
from hwmodel.distribution import WeightTable
from hwmodel.distribution.round_robin import RoundRobin
from hwmodel.session import Packet
from tests.hwmodel.hardware import flow, small_platform, syn


@given(st.lists(st.integers(0, 50), min_size=8, max_size=8))
def test_the_turn_does_not_depend_on_who_comes(clients: list[int]) -> None:
    rotation = RoundRobin(WeightTable({1: 5, 2: 10, 3: 5}, frozenset({1, 2, 3}), 64, lambda spu: 0))
    assert [rotation.choose(flow(client)) for client in clients] == [2, 1, 3, 2, 2, 1, 3, 2]


def test_the_dead_have_no_turn_and_the_living_keep_their_proportion() -> None:
    rotation = RoundRobin(WeightTable({1: 5, 2: 10, 3: 5}, frozenset({1, 2}), 64, lambda spu: 0))
    assert Counter(rotation.choose(flow()) for _ in range(30)) == {1: 10, 2: 20}


def test_shares_on_a_chassis_are_exact_and_packets_of_open_sessions_take_no_turn() -> None:
    chassis = Chassis(small_platform((25, 50, 25)), "round_robin")
    owners = Counter[int]()
    for client in range(100):
        placement = chassis.receive(syn(client), 0.0)
        assert isinstance(placement, FirstPath)
        owners[placement.session.spu] += 1
        chassis.receive(Packet(flow(client).reversed(), opens=False), 0.0)
    assert owners == {1: 25, 2: 50, 3: 25}
