"""What every distribution must do, whichever file it is."""

import doctest
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib import import_module
from types import FrameType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwmodel.chassis import Chassis, FastPath, FirstPath
from hwmodel.distribution import Chooser, Distribution, DistributionError, Stateful, Stateless, WeightTable, available, load
from hwmodel.flow_hash import flow_hashes
from hwmodel.session import Packet, Session
from hwmodel.sessions import Sessions, from_columns
from tests.hwmodel.hardware import flow, small_platform, syn

pytestmark = pytest.mark.parametrize("name", available())

weight_tables = st.dictionaries(st.integers(0, 40), st.integers(1, 1 << 22), min_size=1, max_size=12)


def made(name: str, weights: dict[int, int], living: set[int] | None = None) -> Distribution:
    """The distribution over SPUs that hold nothing."""
    return load(name)(WeightTable(weights, frozenset(weights if living is None else living), 256, lambda spu: 0))


def opened(chassis: Chassis, client: int, ingress: int = 0) -> Session:
    placement = chassis.receive(syn(client), 0.0, ingress)
    assert isinstance(placement, FirstPath)
    return placement.session


def lines_run(call: Callable[[], object]) -> int:
    """How many lines of the model a call runs: a measure of its cost that no busy machine disturbs."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        count += event == "line" and frame.f_globals["__name__"].startswith("hwmodel.")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


@given(weights=weight_tables, data=st.data())
def test_the_chosen_spu_lives(name: str, weights: dict[int, int], data: st.DataObject) -> None:
    living = data.draw(st.sets(st.sampled_from(sorted(weights)), min_size=1))
    distribution = made(name, weights, living)
    assert {distribution.choose(flow(client)) for client in range(20)} <= living


@given(weights=weight_tables, clients=st.lists(st.integers(0, 1000), max_size=20))
def test_the_same_history_leads_to_the_same_choice(name: str, weights: dict[int, int], clients: list[int]) -> None:
    one, other = made(name, weights), made(name, dict(reversed(weights.items())))
    assert [one.choose(flow(client)) for client in clients] == [other.choose(flow(client)) for client in clients]


@given(weights=weight_tables, clients=st.lists(st.integers(0, 1000), max_size=20))
def test_copies_in_network_processors_agree_whatever_each_has_seen(
    name: str, weights: dict[int, int], clients: list[int]
) -> None:
    one, other = made(name, weights), made(name, weights)
    if one.chooser is Chooser.NETWORK_PROCESSOR:
        there = {client: one.choose(flow(client)) for client in clients}
        back = {client: other.choose(flow(client).reversed()) for client in reversed(clients)}
        assert there == back


def columns_of(seed: int, count: int = 300) -> Sessions:
    """Sessions of both versions and any protocol from two cards."""
    chance = np.random.default_rng(seed)
    v6 = chance.random(count) < 0.3
    wide = chance.integers(0, 1 << 64, (4, count), np.uint64, endpoint=False) & np.where(v6, 2**64 - 1, 2**32 - 1).astype(
        np.uint64
    )
    address = dict(zip(("client_low", "server_low", "client_high", "server_high"), wide, strict=True))
    address["client_high"] *= v6
    address["server_high"] *= v6
    ports = {f"{end}_port": chance.integers(0, 1 << 16, count) for end in ("client", "server")}
    kinds = {"protocol": chance.integers(0, 256, count), "ingress": chance.integers(0, 2, count)}
    return from_columns(1.0, at=np.zeros(count), life=1.0, v6=v6, **address, **ports, **kinds)


@settings(deadline=None)  # tables are made once
@given(weights=weight_tables, seed=st.integers(0, 1000), data=st.data())
def test_what_depends_on_the_flow_alone_says_the_same_of_one_and_of_many(
    name: str, weights: dict[int, int], seed: int, data: st.DataObject
) -> None:
    living = data.draw(st.sets(st.sampled_from(sorted(weights)), min_size=1))
    distribution = load(name)(WeightTable(weights, frozenset(living), 256, lambda spu: 0, ingresses=2))
    assert isinstance(distribution, Stateless) != isinstance(distribution, Stateful)
    if isinstance(distribution, Stateless):
        sessions = columns_of(seed, 40)
        many = distribution.choose_many(sessions, flow_hashes(sessions))
        one = [distribution.choose(sessions.flow(i), int(sessions.ingress[i])) for i in range(len(sessions))]
        assert many.tolist() == one


def test_shares_follow_weights(name: str) -> None:
    """Within five standard deviations of a binomial draw; a distribution that counts instead of hashing does better."""
    chassis = Chassis(small_platform((4000, 8000, 4000)), name)
    count = 8000
    owners = Counter(opened(chassis, client).spu for client in range(count))
    for spu, share in ((1, 0.25), (2, 0.5), (3, 0.25)):
        assert abs(owners[spu] - count * share) < 5 * (count * share * (1 - share)) ** 0.5


def test_both_wings_of_a_session_are_on_one_spu_whichever_card_they_come_in_by(name: str) -> None:
    chassis = Chassis(replace(small_platform((200, 200, 200)), network_processors=2), name)
    for client in range(120):
        session = opened(chassis, client, ingress=client % 2)
        for ingress in (0, 1):
            assert chassis.receive(Packet(flow(client), opens=False), 0.0, ingress) == FastPath(session)
            assert chassis.receive(Packet(flow(client).reversed(), opens=False), 0.0, ingress) == FastPath(session)


def test_a_failed_spu_gets_nothing_until_it_is_restored(name: str) -> None:
    chassis = Chassis(small_platform((400, 400, 400)), name)
    before = [opened(chassis, client) for client in range(60)]
    lost = chassis.fail(2, 1.0)
    assert {session.id for session in lost} == {session.id for session in before if session.spu == 2}
    assert {opened(chassis, client).spu for client in range(100, 200)} == {1, 3}
    chassis.restore(2, 2.0)
    assert 2 in {opened(chassis, client).spu for client in range(200, 300)}


def test_a_choice_costs_little_the_last_one_no_more_than_the_first(name: str) -> None:
    looks = Counter[int]()

    def sessions_on(spu: int) -> int:
        looks[spu] += 1
        return 0

    weights = dict.fromkeys(range(44), 1 << 20)  # as many SPUs as the largest chassis has
    distribution = load(name)(WeightTable(weights, frozenset(weights), 4096, sessions_on))
    costs = [lines_run(partial(distribution.choose, flow(client))) for client in range(50)]
    assert 0 < max(costs) <= 7 * len(weights)
    assert costs[-1] == costs[1]
    assert all(count <= 50 for count in looks.values())


def test_its_file_says_what_it_does_by_an_example_that_holds(name: str) -> None:
    module = import_module(f"hwmodel.distribution.{name}")
    assert name.isidentifier()
    assert len((module.__doc__ or "").splitlines()[0]) > 20
    results = doctest.testmod(module)
    assert results.attempted > 2
    assert results.failed == 0


def test_an_unknown_name_lists_those_there_are(name: str) -> None:
    with pytest.raises(DistributionError, match=rf"^{name}_not: unknown distribution; available: .*{name}"):
        load(f"{name}_not")
    with pytest.raises(DistributionError):
        load("__init__")


def test_there_are_as_many_as_files_to_look_at(name: str) -> None:
    assert name in available()
    assert len(available()) >= 10
    assert {"hash_based", "least_sessions", "round_robin"} <= set(available())
