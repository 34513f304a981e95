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


def test_the_table_has_a_line_for_every_spu_and_tells_what_is_assumed() -> None:
    text = str(hwmodel.simulate("srx5400-2spc2", LIGHT))
    assert sum(line.startswith("FPC") for line in text.splitlines()) == 8
    assert "refused: none" in text
    assert "assumed, not measured: " in text
    assert text.count("\nall ") == 1
    assert "costs.full_handshake_us" in text


def test_refusals_and_overload_are_in_the_table() -> None:
    heavy = Workload(arrival_rate=200.0, duration=4.0, mean_life=60.0, sizes=(SizeClass(500_000_000),))
    report = hwmodel.simulate(small_platform((20, 20)), heavy)
    text = str(report)
    assert f"{report.totals.refused['session table full']} session table full" in text
    assert text.count("  overloaded") == 2


def test_skew_is_the_busiest_spus_share_over_its_weight() -> None:
    report = hwmodel.simulate("srx5400-2spc2", LIGHT)
    most = max(spu.created for spu in report.spus)
    assert abs(report.skew - (most / report.totals.created * 7 - 1)) < 1e-9


@pytest.mark.parametrize("distribution", ["hash_based", "least_sessions", "round_robin"])
def test_the_largest_chassis_still_makes_a_table_that_can_be_read(distribution: str) -> None:
    report = hwmodel.simulate("srx5800-11spc2", replace(LIGHT, arrival_rate=1000.0, duration=3.0), distribution)
    lines = str(report).splitlines()
    assert max(map(len, lines)) <= 120
    [titles] = [line for line in lines if line.startswith("SPU ")]
    rows = [line for line in lines if line.startswith(("FPC", "all "))]
    assert len(rows) == 45
    assert {len(row) for row in rows[:-1]} == {len(titles)}
    assert [row.split()[0] for row in rows] == [*(spu.name for spu in report.spus), "all"]
    assert rows[-1].split()[3] == str(report.totals.created)


def test_the_first_lines_say_whom_to_look_at() -> None:
    report = hwmodel.simulate("srx5400-2spc2", LIGHT)
    flow_spus = report.spus[1:]
    least, *_, most = sorted(flow_spus, key=lambda spu: spu.created)
    assert most.skew == report.skew > 0 > least.skew
    line = str(report).splitlines()[4]
    assert f"{most.name} got most ({most.skew:+.1%})" in line
    assert f" least ({least.skew:+.1%})" in line
    assert line.endswith("0 of 8 SPUs overloaded")


@pytest.mark.parametrize("platform", ["srx1600", "srx5400-2spc2"])
def test_a_run_without_a_session_is_a_report_too(platform: str) -> None:
    report = hwmodel.simulate(platform, NOTHING)
    assert (report.totals.offered, report.skew) == (0, 0.0)
    assert "0 sessions offered" in str(report)
