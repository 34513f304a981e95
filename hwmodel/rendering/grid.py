"""Outcomes of many simulations: tables, CSV, and a page."""

import csv
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table

from hwmodel.rendering.grid_plots import grid_plots
from hwmodel.rendering.page import Listing, Row, page
from hwmodel.sweep import Outcome

_TITLES = ("platform", "distribution", "load", "seed", "CPS", "created", "refused", "CPU %", "to the limit %", "first limit",
           "p99 wait us", "skew %", "assumed")
_TEXTS = frozenset({0, 1, 9})


def grid_table(found: Sequence[Outcome]) -> RenderableType:
    """A row for each outcome; what does not carry its load is red."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, title in enumerate(_TITLES):
        table.add_column(title, justify="left" if number in _TEXTS else "right", no_wrap=number not in _TEXTS)
    for entry in found:
        table.add_row(*_cells(entry), style="" if entry.carried else "red")
    return Group(table, "", "assumed: how many of the platform's figures are assumed; srxnf model describe names them")


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
                      f"{entry.refused:,}", str(entry.assumed), style=style)
    return Group(table, "", "assumed: how many of the platform's figures are assumed; srxnf model describe names them")


def write_csv(found: Sequence[Outcome], path: Path) -> None:
    """A file with a header and a row for each outcome. Raises OSError."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Outcome)])
        writer.writeheader()
        writer.writerows(map(asdict, found))


def grid_page(found: Sequence[Outcome]) -> str:
    """Plots and the table as one file."""
    rows = tuple(Row(_cells(entry), "" if entry.carried else "bad") for entry in found)
    listing = Listing("All points", _TITLES, rows, frozenset(range(len(_TITLES))) - _TEXTS)
    carried = sum(entry.carried for entry in found)
    finding = (f"{carried} of {len(found)} points carry their load. Figures that were assumed are counted for each platform; "
               "srxnf model describe names them.")
    return page("Sweep", f"{len(found)} simulations", (finding,), grid_plots(found), (listing,))


def _cells(entry: Outcome) -> tuple[str, ...]:
    return (entry.platform, entry.distribution, f"{entry.load:g}", str(entry.seed), f"{entry.offered:,.0f}",
            f"{entry.created:,}", f"{entry.refused:,}", f"{100 * entry.mean_cpu:.1f}", f"{100 * entry.pressure:.1f}",
            entry.limit, f"{1e6 * entry.waiting_p99:,.4g}", f"{100 * entry.skew:+.1f}", str(entry.assumed))
