import json
from dataclasses import replace

import pytest

import hwmodel
from hwmodel.workload import SizeClass, Workload
from tests.hwmodel.hardware import small_platform

LIGHT = Workload(arrival_rate=50.0, duration=4.0)
NOTHING = Workload(arrival_rate=0.001, duration=0.001)


def test_as_dict_survives_json_and_repeats_the_run() -> None:
    report = hwmodel.simulate("srx5400-2spc2", LIGHT, seed=3)
    data = report.as_dict()
    assert json.loads(json.dumps(data)) == data
    assert (data["platform"], data["distribution"], data["seed"]) == ("srx5400-2spc2", "hash_based", 3)
    spus = json.loads(json.dumps(data))["spus"]
    assert [spu["name"] for spu in spus][:2] == ["FPC0.PIC0", "FPC0.PIC1"]
    assert abs(sum(spu["share"] for spu in spus) - 1) < 1e-9
    assert {"full_handshakes", "decrypted_bytes"} <= set(spus[1]["work"])


def test_seconds_add_up_to_the_totals() -> None:
    report = hwmodel.simulate("srx5400-2spc2", replace(LIGHT, duration=3.5), seed=2)
    series, totals = report.series, report.totals
    assert {len(row) for row in (*series.sessions, *series.created, *series.load[1])} == {4}
    assert sum(map(sum, series.created)) == totals.created
    assert sum(row[-1] for row in series.sessions) == totals.open_at_end
    lengths = (1.0, 1.0, 1.0, 0.5)
    asked = sum(load * length for spu in series.load for thread in spu for load, length in zip(thread, lengths, strict=True))
    assert asked == pytest.approx(totals.cpu_seconds)
    assert [len(threads) for threads in series.load] == [spec.threads for spec in report.platform.spus]


@pytest.mark.parametrize("seed", range(8))
def test_percentiles_rise_and_nothing_waits_longer_than_the_longest(seed: int) -> None:
    delays = hwmodel.simulate("srx300", replace(LIGHT, arrival_rate=400.0, duration=2.0), seed=seed, engine="vector").delays
    assert 0 <= delays.p50 <= delays.p90 <= delays.p99 <= delays.p999 <= delays.max
    assert 0 < delays.mean < delays.max


@pytest.mark.parametrize("platform", ["srx1600", "srx4600"])
def test_throughput_counts_what_network_processors_carry_too(platform: str) -> None:
    steady = Workload(arrival_rate=1000.0, duration=6.0, mean_life=0.5, sizes=(SizeClass(14_600),), tls_share=0.0,
                      inspected_share=0.0, offloadable_share=1.0)  # fmt: skip
    found = hwmodel.simulate(platform, steady).totals
    assert found.gbps == pytest.approx(1000 * 14_600 * 8 / 1e9, rel=0.1)
    assert (found.work.bytes == 0) == (platform == "srx4600")


def test_the_first_limit_is_the_earliest() -> None:
    heavy = Workload(arrival_rate=200.0, duration=4.0, mean_life=60.0, sizes=(SizeClass(500_000_000),))
    report = hwmodel.simulate(small_platform((20, 200)), heavy)
    limit = report.first_limit
    assert limit is not None
    before = [load for threads in report.series.load for thread in threads for load in thread[: limit.at]]
    assert max(before, default=0.0) <= 1
    assert report.totals.refused["session table full"] == sum(map(sum, report.series.refused)) > 0
    assert hwmodel.simulate("srx5400-2spc2", LIGHT).first_limit is None


def test_a_table_without_room_is_a_limit_too() -> None:
    idle = Workload(arrival_rate=200.0, duration=4.0, mean_life=60.0, sizes=(SizeClass(100),), tls_share=0.0)
    limit = hwmodel.simulate(small_platform((20, 20)), idle).first_limit
    assert limit is not None
    assert limit.what == "session table"


def test_skew_is_the_busiest_spus_share_over_its_weight() -> None:
    report = hwmodel.simulate("srx5400-2spc2", LIGHT)
    most = max(spu.created for spu in report.spus)
    assert abs(report.skew - (most / report.totals.created * 7 - 1)) < 1e-9


@pytest.mark.parametrize("platform", ["srx1600", "srx5400-2spc2"])
def test_a_run_without_a_session_is_a_report_too(platform: str) -> None:
    report = hwmodel.simulate(platform, NOTHING)
    assert (report.totals.offered, report.skew) == (0, 0.0)
    assert report.delays.max == 0.0
    assert report.as_dict()["first_limit"] is None
