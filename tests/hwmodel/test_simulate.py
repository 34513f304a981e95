import subprocess
import sys
from dataclasses import replace

import pytest

import hwmodel
from hwmodel.platform import load_platform
from hwmodel.sessions import OPENS, from_columns
from hwmodel.workload import SizeClass, Workload, draw
from tests.hwmodel.hardware import small_platform

LIGHT = Workload(arrival_rate=100.0, duration=10.0)
PLAIN_44_KB = Workload(arrival_rate=250.0, duration=12.0, mean_life=0.5, tls_share=0.0, inspected_share=0.0)


def test_the_same_seed_gives_the_same_report_and_another_seed_another() -> None:
    first, again, other = (hwmodel.simulate("srx5400-2spc2", LIGHT, "hash_based", seed) for seed in (7, 7, 8))
    assert first == again
    assert first.as_dict() == again.as_dict()
    assert first != other


def test_every_session_is_accounted_for() -> None:
    totals = hwmodel.simulate("srx5400-2spc2", LIGHT).totals
    assert totals.offered == totals.created + totals.joined + sum(totals.refused.values())
    assert totals.created == totals.closed + totals.open_at_end
    assert totals.work.sessions == totals.created > 900
    assert totals.peak_sessions >= totals.open_at_end


def test_a_session_carries_all_its_data_by_the_time_it_closes() -> None:
    totals = hwmodel.simulate("srx1600", replace(LIGHT, duration=60.0, mean_life=3.0)).totals
    assert totals.closed * 45_056 <= totals.work.bytes <= totals.created * 45_056
    assert totals.closed > 0.9 * totals.created


def test_the_busiest_second_is_no_quieter_than_the_mean() -> None:
    for spu in hwmodel.simulate("srx5400-2spc2", LIGHT).spus[1:]:
        assert 0 < spu.mean_load <= spu.peak_load < 10 * spu.mean_load


def test_sessions_at_once_are_rate_times_life() -> None:
    long = replace(LIGHT, duration=40.0, mean_life=2.0)  # Little's law: 100/s x 2 s
    totals = hwmodel.simulate("srx1600", long).totals
    assert totals.open_at_end == pytest.approx(200, abs=5 * 200**0.5)


def test_the_measured_srx1600_load_comes_out_at_its_scale() -> None:
    """25 k/s of 44 KB made 48 to 55 %; a hundredth of the rate must make a hundredth of the load."""
    [spu] = hwmodel.simulate("srx1600", PLAIN_44_KB).spus
    arrived = spu.created / 12.0 / 25_000
    assert 0.48 * arrived <= spu.mean_load <= 0.55 * arrived


def test_tls_inspection_costs_more() -> None:
    plain, inspected = (
        hwmodel.simulate("srx1600", replace(LIGHT, tls_share=tls, inspected_share=tls)).totals.cpu_seconds
        for tls in (0.0, 1.0)
    )
    assert inspected > 5 * plain


def test_full_tables_refuse_and_overload_is_told() -> None:
    heavy = Workload(arrival_rate=200.0, duration=5.0, mean_life=60.0, sizes=(SizeClass(500_000_000),))
    report = hwmodel.simulate(small_platform((40, 40)), heavy)
    cp, *flow_spus = report.spus
    assert report.totals.refused["session table full"] == sum(spu.failed for spu in flow_spus)
    assert set(report.totals.refused) == {"session table full", "queue full"}
    assert report.totals.dropped > 0
    assert report.delays.max < 20.0  # 1,024 batches
    assert all(spu.peak_sessions == spu.max_sessions == 40 for spu in flow_spus)
    assert all(spu.overloaded for spu in flow_spus)
    assert not cp.overloaded


def test_shares_stay_within_the_binomial_bound() -> None:
    report = hwmodel.simulate("srx5400-2spc2", LIGHT)
    created = report.totals.created
    for spu in report.spus[1:]:
        deviation = (spu.weight_share * (1 - spu.weight_share) / created) ** 0.5
        assert abs(spu.share - spu.weight_share) < 5 * deviation


@pytest.mark.parametrize("engine", ["event", "vector"])
def test_a_client_that_comes_back_to_a_living_port_joins_its_session(engine: str) -> None:
    four = from_columns(4.0, at=[0.0, 0.5, 1.5, 3.0], life=1.0, client_port=[7, 7, 7, 7], packets=2, bytes=100, flags=OPENS)
    totals = hwmodel.simulate("srx1600", four, engine=engine).totals
    assert (totals.created, totals.joined, totals.work.packets) == (3, 1, 8)


@pytest.mark.parametrize("engine", ["event", "vector"])
def test_what_is_no_opener_opens_nothing(engine: str) -> None:
    late = from_columns(1.0, at=[0.0, 0.5], life=9.0, client_port=[7, 8], packets=2, flags=[0, OPENS])
    totals = hwmodel.simulate("srx1600", late, engine=engine).totals
    assert (totals.created, dict(totals.refused)) == (1, {"not a session opener": 1})


def test_sessions_that_came_as_such_are_played_as_they_are() -> None:
    report = hwmodel.simulate("srx1600", draw(LIGHT, seed=4))
    assert report.workload is None
    assert report.spus == hwmodel.simulate("srx1600", LIGHT, seed=4).spus


def test_a_platform_by_name_or_object() -> None:
    assert hwmodel.simulate("vsrx-2cpu", LIGHT) == hwmodel.simulate(load_platform("vsrx-2cpu"), LIGHT)
    with pytest.raises(hwmodel.ModelError, match="unknown platform"):
        hwmodel.simulate("nosuch")
    with pytest.raises(hwmodel.ModelError, match="unknown distribution"):
        hwmodel.simulate("srx1600", LIGHT, "by_moon")
    with pytest.raises(hwmodel.ModelError, match="unknown engine; expected one of auto, event, vector"):
        hwmodel.simulate("srx1600", LIGHT, engine="steam")


def test_a_live_network_function_does_not_load_what_simulations_need() -> None:
    asked = "import sys, hwmodel; hwmodel.Chassis(hwmodel.load_platform('srx5400-2spc2')); print('numpy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
