"""Idle sessions go after their timeout, and sooner between the watermarks."""

from math import inf

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hwmodel.ageing import Ageing
from hwmodel.flow_settings import FlowSettings
from hwmodel.session import UDP, Direction, Session, Wing
from tests.hwmodel.hardware import flow


def session(number: int, *, udp: bool = False) -> Session:
    there = replace(flow(number), proto=UDP) if udp else flow(number)
    return Session(number, Wing(there, Direction.C2S), Wing(there.reversed(), Direction.S2C), 0)


def test_tcp_and_the_others_have_their_own_timeouts_and_packets_restart_them() -> None:
    ageing = Ageing(FlowSettings())
    ageing.touch(session(1), 0.0)
    ageing.touch(session(2, udp=True), 0.0)
    ageing.touch(session(3, udp=True), 0.0)
    ageing.touch(session(2, udp=True), 50.0)
    assert ageing.expired(59.9, 3, 100) == []
    assert ageing.expired(60.0, 3, 100) == [3]
    assert sorted(ageing.expired(1800.0, 3, 100)) == [1, 2, 3]
    ageing.forget(session(1))
    assert ageing.expired(1800.0, 2, 100) == [3, 2]


def test_by_default_a_full_table_ages_nothing_early() -> None:
    ageing = Ageing(FlowSettings())
    for number in range(10):
        ageing.touch(session(number), 0.0)
    assert ageing.expired(100.0, 10, 10) == []


@settings(deadline=None)
@given(st.integers(50, 90), st.integers(10, 50))
def test_from_the_high_watermark_on_the_longest_idle_go_until_the_low_one(high: int, low: int) -> None:
    ageing = Ageing(FlowSettings(high_watermark=high, low_watermark=low, early_ageout=20.0))
    for number in range(high):
        ageing.touch(session(number), number / 100)
    assert ageing.expired(10.0, high, 100) == []  # from here on remaining times are cut
    assert ageing.expired(29.9, high, 100) == []
    assert ageing.expired(30.0, high, 100) == list(range(high - low))
    for number in range(high - low):
        ageing.forget(session(number))
    assert ageing.expired(60.0, low, 100) == []


@settings(deadline=None)
@given(st.integers(2, 50), st.integers(2, 50), st.integers(50, 90), st.integers(10, 50))
def test_early_ageout_takes_the_longest_idle_of_all_and_spares_who_is_busy(tcp: int, others: int, high: int, low: int) -> None:
    ageing = Ageing(FlowSettings(high_watermark=high, low_watermark=low, early_ageout=20.0))
    for number in range(tcp + others):
        ageing.touch(session(number, udp=number % 2 == 0), number / 100)
    used = tcp + others
    assert ageing.early(10.0, used, 100) == []
    found = ageing.early(30.0, used, 100)
    assert found == (list(range(used - low)) if used >= high else [])
    assert ageing.early_in(session(1), 25.0) == (5.0 if used >= high and used > low else inf)  # it began at 10 s
    ageing.touch(session(0, udp=True), 30.0)
    assert 0 not in ageing.early(30.0, used, 100)
