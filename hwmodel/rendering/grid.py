"""Outcomes of many simulations: tables, CSV, Parquet, and a page."""

import csv
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table

from hwmodel.platform import load_platform
from hwmodel.rendering.grid_plots import grid_plots
from hwmodel.rendering.page import Listing, Row, page
from hwmodel.rendering.rows import write_columns
from hwmodel.rendering.words import time_text
from hwmodel.sweep import Outcome

_TITLES = ("platform", "distribution", "load", "seed", "CPS", "created", "refused", "CPU %", "to the limit %", "first limit",
           "p99 wait", "skew %", "assumed")
_TEXTS = frozenset({0, 1, 9})


def grid_table(found: Sequence[Outcome]) -> RenderableType:
    """A row for each outcome; what does not carry its load is red."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, title in enumerate(_TITLES):
        table.add_column(title, justify="left" if number in _TEXTS else "right", no_wrap=number not in _TEXTS)
    for entry in found:
        table.add_row(*_cells(entry), style="" if entry.carried else "red")
    return Group(table, "", *_assumed(found))


def fit_table(ordered: Sequence[Outcome], head_room: float) -> RenderableType:
    """Who carries the load with that head-room, in the order given."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("platform", "verdict", "head-room %", "would be first", "CPU %", "refused", "assumed"):
        table.add_column(title, justify="left" if title in ("platform", "verdict", "would be first") else "right")
    for entry in ordered:
        free = 1 - entry.pressure
        verdict, style = ("carries it", "green") if free >= head_room else ("too little room", "yellow")
        if not entry.carried:
            verdict, style = "does not carry it", "red"
        table.add_row(entry.platform, verdict, f"{100 * free:.0f}", entry.limit, f"{100 * entry.mean_cpu:.1f}",
                      f"{entry.refused:,}", str(len(entry.assumed)), style=style)
    return Group(table, "", *_assumed(ordered))


def write_csv(found: Sequence[Outcome], path: Path) -> None:
    """A file with a header and a row for each outcome. Raises OSError."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Outcome)])
        writer.writeheader()
        writer.writerows(asdict(entry) | {"assumed": " ".join(entry.assumed)} for entry in found)


def write_parquet(found: Sequence[Outcome], path: Path) -> None:
    """The same as Parquet, with the platforms' figures. Raises ModelError where pyarrow is not installed, OSError."""
    lines = [asdict(entry) | {"assumed": " ".join(entry.assumed)} for entry in found]
    columns = {field.name: [line[field.name] for line in lines] for field in fields(Outcome)}
    platforms = map(load_platform, dict.fromkeys(entry.platform for entry in found))
    write_columns(columns, platforms, path)


def grid_page(found: Sequence[Outcome]) -> str:
    """Plots and the table as one file."""
    rows = tuple(Row(_cells(entry), "" if entry.carried else "bad") for entry in found)
    listing = Listing("All points", _TITLES, rows, frozenset(range(len(_TITLES))) - _TEXTS)
    carried = sum(entry.carried for entry in found)
    findings = (f"{carried} of {len(found)} points carry their load.", *_assumed(found))
    return page("Sweep", f"{len(found)} simulations", findings, grid_plots(found), (listing,))


def _cells(entry: Outcome) -> tuple[str, ...]:
    return (entry.platform, entry.distribution, f"{entry.load:g}", str(entry.seed), f"{entry.offered:,.0f}",
            f"{entry.created:,}", f"{entry.refused:,}", f"{100 * entry.mean_cpu:.1f}", f"{100 * entry.pressure:.1f}",
            entry.limit, time_text(entry.waiting_p99), f"{100 * entry.skew:+.1f}", str(len(entry.assumed)))


def _assumed(found: Sequence[Outcome]) -> list[str]:
    """Each platform's figures that nobody has published or measured."""
    known = {entry.platform: ", ".join(entry.assumed) or "nothing" for entry in found}
    return [f"assumed for {platform}, not measured: {figures}" for platform, figures in known.items()]
