"""Plots as SVG texts, in sizes and colours that a paper prints (Okabe and Ito's palette; legible in grey)."""

from collections.abc import Sequence
from io import StringIO
from typing import Any, TypeVar

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hwmodel.rendering.words import time_text, time_unit
from hwmodel.report import Report

BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#7F7F7F"
PALETTE = (BLUE, ORANGE, GREEN, "#CC79A7", "#56B4E9", RED, "#000000", "#B8A100")
_LINES_AT_MOST = 8  # SPUs; more are shown as a map
Subject = TypeVar("Subject")
_STYLE: Any = {
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E4E4E4",
    "legend.frameon": False,
    "svg.fonttype": "none",  # text stays text: it can be searched, and the file is small
    "svg.hashsalt": "srxnf",  # the same report gives the same file
}


def plots(report: Report) -> list[str]:
    """Load, sessions, rates, shares and waiting times of a report."""
    shown = [drawn(_load, report, 3.0), drawn(_threads, report, _map_height(report)), drawn(_sessions, report, 2.6),
             drawn(_rates, report, 2.6)]
    if len(report.spus) > 1:
        shown.append(drawn(_shares, report, 2.8))
    return [*shown, drawn(_waiting, report, 2.4)]


def drawn(draw: Any, subject: Any, height: float) -> str:  # each plot knows its own subject
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(7.2, height), layout="constrained")
        draw(figure.subplots(), subject)
        made = StringIO()
        figure.savefig(made, format="svg", metadata={"Date": None})
    return made.getvalue()[made.getvalue().index("<svg"):]


def _seconds(values: Sequence[float]) -> Any:  # matplotlib takes what numpy gives
    return np.arange(len(values)) + 0.5


def _load(axes: Axes, report: Report) -> None:
    """CPU of every SPU; of many, the busiest, the idlest and the mean."""
    loads = {spu.name: np.mean(np.asarray(threads, float), axis=0) * 100
             for spu, threads in zip(report.spus, report.series.load, strict=True) if spu.max_sessions}
    if len(loads) <= _LINES_AT_MOST:
        for (name, load), colour in zip(loads.items(), PALETTE, strict=False):
            axes.plot(_seconds(load), load, color=colour, label=name)
    else:
        every = np.array(list(loads.values()))
        axes.fill_between(_seconds(every[0]), every.min(0), every.max(0), color=BLUE, alpha=0.25, lw=0, label="all SPUs")
        busiest = max(loads, key=lambda name: float(loads[name].mean()))
        axes.plot(_seconds(every[0]), loads[busiest], color=RED, label=f"busiest: {busiest}")
        axes.plot(_seconds(every[0]), every.mean(0), color=BLUE, label="mean")
    axes.axhline(100, color=GREY, lw=0.8, ls="--")
    axes.set(title="CPU of each SPU", xlabel="time (s)", ylabel="CPU asked for (%)", xlim=(0, report.duration), ylim=(0, None))
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _map_height(report: Report) -> float:
    return min(7.0, 1.4 + 0.13 * sum(len(threads) for threads in report.series.load))


def _threads(axes: Axes, report: Report) -> None:
    """Every thread's load as a map: rows are threads, dark is busy, red is more than there is."""
    load = np.vstack([np.asarray(threads, float) for threads in report.series.load]) * 100
    colours = mpl.colormaps["Blues"].with_extremes(over=RED)
    shown = axes.imshow(load, aspect="auto", cmap=colours, vmin=0, vmax=100, interpolation="nearest",
                        extent=(0, load.shape[1], load.shape[0], 0))
    ends = np.cumsum([0, *(len(threads) for threads in report.series.load)])
    axes.set_yticks((ends[:-1] + ends[1:]) / 2, [spu.name for spu in report.spus], fontsize=8 if len(report.spus) < 16 else 6)
    for end in ends[1:-1]:
        axes.axhline(end, color="white", lw=0.8)
    axes.grid(visible=False)
    axes.set(title="CPU of each thread (red: overloaded)", xlabel="time (s)")
    axes.figure.colorbar(shown, ax=axes, extend="max", label="CPU asked for (%)", pad=0.01)


def _sessions(axes: Axes, report: Report) -> None:
    """Open sessions: stacked by SPU while they can be told apart."""
    holders = [spu for spu in report.spus if spu.max_sessions]
    levels = np.asarray([report.series.sessions[spu.spu] for spu in holders], float)
    if 1 < len(levels) <= _LINES_AT_MOST:
        axes.stackplot(_seconds(levels[0]), levels, colors=PALETTE, labels=[spu.name for spu in holders], alpha=0.85)
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    else:
        axes.fill_between(_seconds(levels[0]), levels.sum(0), color=BLUE, alpha=0.6, lw=0)
    axes.set(title="Sessions at the end of each second", xlabel="time (s)", ylabel="sessions", xlim=(0, report.duration),
             ylim=(0, None))
    axes.yaxis.set_major_formatter("{x:,.0f}")


def _rates(axes: Axes, report: Report) -> None:
    """Sessions created and refused in each second."""
    created, refused = np.sum(report.series.created, axis=0), np.sum(report.series.refused, axis=0)
    axes.stairs(created, fill=True, color=BLUE, label="created")
    if refused.any():
        axes.stairs(created + refused, baseline=created, fill=True, color=RED, label="refused")
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    axes.set(title="New sessions", xlabel="time (s)", ylabel="per second (CPS)", xlim=(0, report.duration))
    axes.yaxis.set_major_formatter("{x:,.0f}")


def _shares(axes: Axes, report: Report) -> None:
    """What each SPU got against what its weight says."""
    weighted = [spu for spu in report.spus if spu.max_sessions]
    places = np.arange(len(weighted))
    axes.bar(places, [100 * spu.share for spu in weighted], color=BLUE, width=0.7, label="share of sessions")
    axes.plot(places, [100 * spu.weight_share for spu in weighted], "_", color=RED, ms=14, mew=2, label="weight")
    axes.set_xticks(places, [spu.name for spu in weighted], rotation=60 if len(weighted) > 6 else 0, fontsize=8)
    axes.grid(visible=False, axis="x")
    axes.set(title="How sessions spread", ylabel="share (%)")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _waiting(axes: Axes, report: Report) -> None:
    """Percentiles of the time that packets wait for their thread."""
    names = ("mean", "p50", "p90", "p99", "p999", "max")
    times = [getattr(report.delays, name) for name in names]
    unit, size = time_unit(max(times))
    bars = axes.barh(names[::-1], [time / size for time in times[::-1]], color=BLUE, height=0.65)
    axes.bar_label(bars, [time_text(time) for time in times[::-1]], padding=3, fontsize=8)
    axes.margins(x=0.12)
    axes.grid(visible=False, axis="y")
    axes.set(title="Waiting for a thread", xlabel=f"time ({unit})", xlim=(0, None if any(times) else 1))
