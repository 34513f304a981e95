"""The model against published points: bounds kept, and the one known miss shown as a miss."""

import pytest

from hwmodel.platform import available, load_platform
from hwmodel.validation import Row, markdown, validate
from hwmodel.validation.fit import CONNECTION, LARGE, as_shipped, on_the_sheet
from hwmodel.work import Work

KNOWN_MISS = ("CPU at 25,000 sessions/s, 1.08 Mpps", "large packets, connections/s")


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    return validate()


def test_bounds_are_kept_but_for_the_known_miss(rows: tuple[Row, ...]) -> None:
    assert [(row.what, row.fit) for row in rows if row.missed] == [KNOWN_MISS]
    assert sum(row.bound is not None for row in rows) == 5


def test_every_imix_figure_of_a_sheet_is_predicted_within_a_third(rows: tuple[Row, ...]) -> None:
    imix = [row for row in rows if row.what.startswith("IMIX")]
    assert len(imix) == 11
    assert all(-0.33 < row.error < 0.1 for row in imix)


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
    assert fit.costs.byte_ns >= 0


def test_as_shipped_is_the_platforms_own() -> None:
    platform = load_platform("srx1600")
    assert as_shipped(platform).costs is platform.costs


def test_the_table_has_a_line_for_every_row_and_says_what_missed(rows: tuple[Row, ...]) -> None:
    lines = markdown(rows).splitlines()
    assert len(lines) == len(rows) + 2
    assert {line.count("|") for line in lines} == {9}
    assert sum("missed" in line for line in lines) == 1
