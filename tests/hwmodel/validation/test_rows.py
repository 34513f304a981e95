"""The model against published points: bounds kept, and what misses one shown as a miss."""

from dataclasses import replace

import pytest

from hwmodel.platform import available, load_platform
from hwmodel.validation import Row, markdown, validate
from hwmodel.validation.fit import CONNECTION, LARGE, as_shipped, on_the_sheet
from hwmodel.work import Work


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    return validate()


def test_every_bound_is_kept(rows: tuple[Row, ...]) -> None:
    assert [row.what for row in rows if row.missed] == []
    assert sum(row.bound is not None for row in rows) == 5


def test_imix_is_predicted_within_a_third_but_for_the_one_known_outlier(rows: tuple[Row, ...]) -> None:
    errors = {row.platform: row.error for row in rows if row.what.startswith("IMIX")}
    assert len(errors) == 11
    assert [name for name, error in errors.items() if abs(error) > 1 / 3] == ["srx1500"]


@pytest.mark.parametrize("session", [14, 50])
def test_the_lab_row_does_not_hang_on_what_a_session_costs_in_packets(session: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hwmodel.validation.fit.SESSION_IN_PACKETS", session)
    assert not validate()[1].missed


def test_sessions_of_every_full_chassis_are_predicted_once(rows: tuple[Row, ...]) -> None:
    chassis = {row.platform: row.error for row in rows if row.what == "sessions of all cards"}
    assert list(chassis) == ["srx5400", "srx5600", "srx5800"]
    assert abs(chassis["srx5800"]) < 0.01


def test_an_error_is_counted_from_the_nearest_end_of_a_range() -> None:
    row = validate()[0]
    assert (row.published_low, row.published_high, row.error) == (48, 55, 0.0)


@pytest.mark.parametrize("name", [name for name in available() if {"cps", "large_gbps"} <= set(load_platform(name).published)])
def test_a_fit_gives_back_the_two_figures_it_was_made_of(name: str) -> None:
    platform = load_platform(name)
    fit = on_the_sheet(platform)
    cps = int(platform.published["cps"].value)
    assert fit.gbps(LARGE) == pytest.approx(float(platform.published["large_gbps"].value))
    assert fit.cpu_percent(Work(sessions=cps, packets=CONNECTION * cps)) == pytest.approx(100)
    assert fit.gbps(64) < fit.gbps(LARGE)


def test_as_shipped_is_the_platforms_own() -> None:
    platform = load_platform("srx1600")
    assert as_shipped(platform).costs is platform.costs


def test_the_table_has_a_line_for_every_row_and_says_what_missed(rows: tuple[Row, ...]) -> None:
    first, *others = rows
    lines = markdown((replace(first, predicted=70.0), *others)).splitlines()
    assert len(lines) == len(rows) + 2
    assert {line.count("|") for line in lines} == {9}
    assert [number for number, line in enumerate(lines) if "15%, missed" in line] == [2]
