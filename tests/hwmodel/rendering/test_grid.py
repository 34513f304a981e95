import csv
import json
from pathlib import Path

from pyarrow import parquet
from rich.console import Console

from hwmodel import Workload
from hwmodel.rendering.grid import fit_table, grid_page, grid_table, write_csv, write_parquet
from hwmodel.sweep import grid, outcome

LIGHT = Workload(arrival_rate=100.0, duration=2.0)
FOUND = [outcome(point, LIGHT) for point in grid(["srx300", "srx1600"], ["hash_based"], [1.0, 20.0])]


def printed(part: object) -> str:
    console = Console(width=250)
    with console.capture() as capture:
        console.print(part)
    return capture.get()


def test_a_grid_is_every_combination_in_order() -> None:
    assert [(entry.platform, entry.load) for entry in FOUND] == [
        ("srx300", 1.0), ("srx300", 20.0), ("srx1600", 1.0), ("srx1600", 20.0)]
    assert [entry.carried for entry in FOUND] == [True, False, True, True]
    assert FOUND[1].pressure > FOUND[0].pressure


def test_tables_name_platforms_and_what_was_assumed() -> None:
    for text in (printed(grid_table(FOUND)), printed(fit_table(FOUND, 0.2)), grid_page(FOUND)):
        assert "srx300" in text
        assert "costs.full_handshake_us" in text
    assert "does not carry it" in printed(fit_table(FOUND, 0.2))


def test_csv_has_a_row_for_each_point(tmp_path: Path) -> None:
    write_csv(FOUND, tmp_path / "grid.csv")
    with (tmp_path / "grid.csv").open(encoding="utf-8") as file:
        assert [float(row["load"]) for row in csv.DictReader(file)] == [1.0, 20.0, 1.0, 20.0]


def test_several_loads_are_lines_and_one_is_bars() -> None:
    assert "sessions offered a second" in grid_page(FOUND)
    assert "100: reached" in grid_page(FOUND[::2])


def test_parquet_has_a_row_for_each_point_and_the_figures(tmp_path: Path) -> None:
    write_parquet(FOUND, tmp_path / "grid.parquet")
    table = parquet.read_table(tmp_path / "grid.parquet")
    assert table["load"].to_pylist() == [1.0, 20.0, 1.0, 20.0]
    assert set(json.loads(table.schema.metadata[b"assumed"])) == {"srx300", "srx1600"}
