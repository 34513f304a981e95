"""Distributions side by side: a table, plots, a page."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from rich.console import Group, RenderableType
from rich.table import Table

from hwmodel.comparison import Comparison
from hwmodel.rendering.page import Listing, Row, page, provenance
from hwmodel.rendering.plots import BLUE, RED, drawn
from hwmodel.rendering.terminal import assumed
from hwmodel.rendering.words import time_text, time_unit

_TITLES = ("distribution", "Jain index", "SPU max/mean", "thread max/mean", "p99 wait", "refused", "open at failure", "lost",
           "moved")


def compared_table(found: Sequence[Comparison]) -> RenderableType:
    """A row for each distribution, and which figures were assumed."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in _TITLES:
        table.add_column(title, justify="left" if title == "distribution" else "right")
    for entry in found:
        table.add_row(*_cells(entry))
    remark = "at the failure of an SPU in the middle: its sessions are lost, moved ones would be looked for elsewhere"
    return Group(table, "", remark, "", assumed(found[0].report.platform))


def compared_page(found: Sequence[Comparison]) -> str:
    """One file with all of it."""
    report = found[0].report
    rows = tuple(Row(_cells(entry)) for entry in found)
    even = max(found, key=lambda entry: entry.jain)
    findings = (
        f"The same {report.totals.offered:,} sessions under each distribution, seed {report.seed}.",
        f"{even.distribution} spread CPU time most evenly (Jain index {even.jain:.4f}).",
    )
    height = 1.1 + 0.27 * len(found)
    plots = (drawn(_evenness, found, height), drawn(_waits, found, height), drawn(_failure, found, height))
    tables = (Listing("Distributions", _TITLES, rows, frozenset(range(1, len(_TITLES)))), provenance(report.platform))
    return page(f"Distributions on {report.platform.name}", report.platform.description, findings, plots, tables)


def as_dict(entry: Comparison) -> dict[str, object]:
    """A comparison's figures without the whole report."""
    return {"distribution": entry.distribution, "jain": entry.jain, "max_over_mean": entry.max_over_mean,
            "thread_max_over_mean": entry.thread_max_over_mean, "p99": entry.p99, "refused": entry.refused,
            "open": entry.open, "lost": entry.lost, "moved": entry.moved}


def _cells(entry: Comparison) -> tuple[str, ...]:
    return (entry.distribution, f"{entry.jain:.4f}", f"{entry.max_over_mean:.3f}", f"{entry.thread_max_over_mean:.3f}",
            time_text(entry.p99), f"{entry.refused:,}", f"{entry.open:,}", f"{entry.lost:,}", f"{entry.moved:,}")


def _evenness(axes: Axes, found: Sequence[Comparison]) -> None:
    """How much more the busiest has than the mean, of SPUs and of threads."""
    places = np.arange(len(found))[::-1]
    spus, threads = ([100 * (ratio - 1) for ratio in ratios] for ratios in zip(
        *((entry.max_over_mean, entry.thread_max_over_mean) for entry in found), strict=True))
    axes.barh(places + 0.18, spus, height=0.34, color=BLUE, label="busiest SPU")
    axes.barh(places - 0.18, threads, height=0.34, color=RED, label="busiest thread")
    _names(axes, found, "How much more the busiest has to do (0: perfectly even)", "CPU time above the mean (%)")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _waits(axes: Axes, found: Sequence[Comparison]) -> None:
    times = [entry.p99 for entry in found]
    unit, size = time_unit(max(times))
    bars = axes.barh(np.arange(len(found))[::-1], [time / size for time in times], height=0.65, color=BLUE)
    axes.bar_label(bars, [time_text(time) for time in times], padding=3, fontsize=8)
    axes.margins(x=0.12)
    _names(axes, found, "What 99 in 100 batches of packets wait at most", f"time ({unit})")


def _failure(axes: Axes, found: Sequence[Comparison]) -> None:
    """Sessions lost with an SPU, and those that would be looked for elsewhere."""
    places = np.arange(len(found))[::-1]
    lost = [entry.lost for entry in found]
    axes.barh(places, lost, height=0.65, color=RED, label="lost")
    axes.barh(places, [entry.moved for entry in found], left=lost, height=0.65, color=BLUE, label="moved")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    _names(axes, found, "When an SPU fails", "sessions")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _names(axes: Axes, found: Sequence[Comparison], title: str, label: str) -> None:
    axes.set_yticks(np.arange(len(found))[::-1], [entry.distribution for entry in found])
    axes.grid(visible=False, axis="y")
    axes.set(title=title, xlabel=label)
