from dataclasses import replace

import pytest

from hwmodel import Workload, load_platform
from hwmodel.platform import Kind
from hwmodel.saturation import saturation
from hwmodel.sensitivity import sensitivity
from hwmodel.workload import SizeClass, Spread

SRX1600 = load_platform("srx1600")
CHEAP = Workload(
    arrival_rate=2000.0, duration=4.0, mean_life=0.05, sizes=(SizeClass(1460),), tls_share=0.0, inspected_share=0.0)


def test_cpu_is_the_first_limit_of_short_sessions_where_the_costs_say() -> None:
    found = saturation(SRX1600, CHEAP)
    costs = SRX1600.costs
    exact = 4 / (costs.session_us + 8 * costs.packet_us) * 1e6  # 8 packets a session, four threads
    assert found.limit.startswith("SPU CPU (FPC0.PIC0, thread ")
    assert found.rate == pytest.approx(exact, rel=0.03)  # the busiest thread has a little more than a quarter
    assert str(found) == f"first limit reached: {found.limit} at {found.rate:,.0f} CPS"


def test_the_session_table_is_the_first_limit_of_sessions_that_stay() -> None:
    small = replace(SRX1600, spus=(replace(SRX1600.spus[0], max_sessions=8000),))
    found = saturation(small, replace(CHEAP, arrival_rate=500.0, mean_life=1000.0))
    assert found.limit == "session table of FPC0.PIC0"
    assert found.rate * CHEAP.duration == pytest.approx(8000, rel=0.03)


def test_the_search_comes_down_from_a_load_that_is_too_high() -> None:
    assert saturation(SRX1600, replace(CHEAP, arrival_rate=400_000.0, duration=1.0)).factor == pytest.approx(0.25, rel=0.1)


def test_throughput_is_the_first_limit_of_large_packets_though_cpu_is_left() -> None:
    large = replace(CHEAP, arrival_rate=200.0, mean_life=1.0, lives=Spread("constant"), sizes=(SizeClass(1_460_000),))
    found = saturation(SRX1600, large)
    assert found.limit == "throughput (24 Gbps of large packets, sheet)"
    assert found.rate * 1_460_000 * 8 == pytest.approx(24e9, rel=0.05)  # some thousand sessions: chance is 2 %
    effects = sensitivity(SRX1600, large)
    assert (effects[0].figure, effects[0].kind) == ("published.large_gbps", Kind.SHEET)
    assert effects[0].elasticity == pytest.approx(-1, abs=0.1)


def test_what_never_meets_a_limit_is_said_so() -> None:
    alone = replace(CHEAP, sessions=3)
    found = saturation(SRX1600, alone)
    assert not found.reached
    assert "no limit reached" in str(found)


def test_a_flow_that_is_too_much_at_any_rate_is_said_so() -> None:
    elephant = replace(CHEAP, sessions=1, mean_life=4.0, lives=Spread("constant"), sizes=(SizeClass(10_000_000_000),))
    found = saturation(SRX1600, replace(CHEAP, parts=(CHEAP, elephant)))
    assert found.rate == 0
    assert str(found).endswith("however few sessions come a second")


def test_many_sessions_are_played_few_times() -> None:
    steps: list[str] = []
    found = saturation(SRX1600, replace(CHEAP, arrival_rate=80_000.0, duration=8.0), told=steps.append)
    assert found.reached
    assert len(steps) < 12


def test_the_dearest_figure_moves_most_and_those_without_work_nothing() -> None:
    effects = {effect.figure: effect for effect in sensitivity(SRX1600, CHEAP)}
    assert next(iter(effects)) == "costs.session_us"
    assert effects["costs.session_us"].elasticity + effects["costs.packet_us"].elasticity == pytest.approx(1, abs=0.01)
    assert effects["costs.full_handshake_us"].elasticity == 0
    assert effects["costs.full_handshake_us"].kind is not None
