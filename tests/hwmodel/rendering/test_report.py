"""Every rendering of one report says the same, and none leaves out what was assumed."""

import csv
import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from pyarrow import parquet
from rich.console import Console

from hwmodel import Report, Workload, simulate
from hwmodel.comparison import compare
from hwmodel.rendering.compared import compared_page, compared_table
from hwmodel.rendering.device import as_dict, device_table
from hwmodel.rendering.page import report_page
from hwmodel.rendering.plots import plots
from hwmodel.rendering.replay import replay_page
from hwmodel.rendering.rows import COLUMNS, rows, write_csv, write_parquet
from hwmodel.rendering.terminal import report_table
from hwmodel.rendering.words import busiest_thread, first_limit, time_text
from hwmodel.workload import SizeClass, Spread, draw

MICE = Workload(arrival_rate=100.0, duration=4.0, tls_share=0.0, inspected_share=0.0)
LARGE = replace(MICE, sessions=1, lives=Spread("constant"), sizes=(SizeClass(8_000_000_000),))
ELEPHANT = replace(MICE, parts=(MICE, LARGE))


@pytest.fixture(scope="module")
def report() -> Report:
    return simulate("srx5400-2spc2", ELEPHANT, seed=3)


@pytest.fixture(scope="module")
def single() -> Report:
    return simulate("srx1600", Workload(arrival_rate=50.0, duration=3.0))


def printed(part: object) -> str:
    console = Console(width=200, record=True, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115  # it is nothing
    console.print(part)
    return console.export_text()


def test_the_table_has_every_spu_the_limit_and_the_assumed_figures(report: Report) -> None:
    text = printed(report_table(report))
    assert all(spu.name in text for spu in report.spus)
    assert "first limit reached: SPU CPU of FPC" in text
    assert all(key in re.sub(r"\s+", " ", text) for key in report.platform.assumed)


def test_a_thread_may_be_overloaded_while_its_spu_is_not(report: Report) -> None:
    busiest = max(range(len(report.spus)), key=lambda spu: busiest_thread(report, spu))
    assert busiest_thread(report, busiest) > 1
    assert not report.spus[busiest].overloaded
    assert report.first_limit is not None
    assert report.first_limit.spu == busiest
    assert report.spus[busiest].name in first_limit(report)


def test_rows_are_a_thread_and_second_each(report: Report, tmp_path: Path) -> None:
    found = list(rows(report))
    assert len(found) == sum(spec.threads for spec in report.platform.spus) * 4
    write_csv(report, tmp_path / "r.csv")
    with (tmp_path / "r.csv").open(encoding="utf-8") as file:
        read = list(csv.DictReader(file))
    assert len(read) == len(found)
    assert max(float(row["load"]) for row in read) > 1
    first_threads = [row for row in read if row["thread"] == "0"]
    assert sum(int(row["created"]) for row in first_threads) == report.totals.created


def test_parquet_holds_the_same_as_csv(report: Report, tmp_path: Path) -> None:
    write_parquet(report, tmp_path / "r.parquet")
    table = parquet.read_table(tmp_path / "r.parquet")
    assert table.column_names == list(COLUMNS)
    assert list(zip(*table.to_pydict().values(), strict=True)) == list(rows(report))


def test_plots_are_svg_that_can_be_searched_and_made_again(report: Report, single: Report) -> None:
    drawn = plots(report)
    assert all(ET.fromstring(plot).tag.endswith("svg") for plot in drawn)  # noqa: S314  # we made it
    assert any("FPC0.PIC2" in plot for plot in drawn)
    assert drawn == plots(report)
    assert len(plots(single)) == len(drawn) - 1  # one SPU needs no shares


def test_the_page_needs_nothing_else(report: Report) -> None:
    page = report_page(report, ["first limit <here>"])
    assert "first limit &lt;here&gt;" in page
    assert "First limit reached: SPU CPU of FPC" in page
    assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=", page)
    assert page.count("<svg") == len(plots(report))
    assert all(f"<td>{key}</td>" in page for key in report.platform.figures)


def test_the_replay_shows_the_elephant_as_long_as_it_lives(report: Report) -> None:
    page = replay_page(report, draw(ELEPHANT, 3))
    facts = json.loads(page.split("const facts = ")[1].split(";\n")[0])
    large = [flight for flight in facts["flights"] if flight[3] == 1]
    assert len(large) >= 16  # four a second
    assert {flight[2] for flight in large} == {report.first_limit.spu if report.first_limit else None}
    assert len(facts["load"]) == len(report.spus)
    assert all(key in page for key in report.platform.assumed)


def test_comparisons_show_every_distribution() -> None:
    found = compare("srx5400-2spc2", Workload(arrival_rate=100.0, duration=3.0), ["hash_based", "maglev"])
    for text in (printed(compared_table(found)), compared_page(found)):
        assert "hash_based" in text
        assert "maglev" in text
        assert "costs.session_us" in text


def test_a_platform_is_described_with_sources(report: Report) -> None:
    text = printed(device_table(report.platform))
    assert all(key in text for key in report.platform.figures)
    plain = json.loads(json.dumps(as_dict(report.platform)))
    assert plain["figures"]["costs.session_us"]["kind"] == "assumed"


@pytest.mark.parametrize(("seconds", "text"), [(0.0, "0 us"), (2.5e-6, "2.5 us"), (0.0123, "12.3 ms"), (3.0, "3 s")])
def test_times_have_the_unit_that_suits(seconds: float, text: str) -> None:
    assert time_text(seconds) == text
