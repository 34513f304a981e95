"""Plots of many simulations: how near each box is to its limit, and how long packets wait, over the load."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogFormatter, NullLocator

from hwmodel.rendering.plots import BLUE, GREEN, GREY, PALETTE, RED, drawn
from hwmodel.sweep import Outcome

_Line = tuple[str, str]
_TICKS = 6


def grid_plots(found: Sequence[Outcome]) -> list[str]:
    """Lines over the load where there are several loads, else bars."""
    lines: dict[_Line, list[Outcome]] = {}
    for entry in found:
        lines.setdefault((entry.platform, entry.distribution), []).append(entry)
    if len({entry.load for entry in found}) == 1:
        return [drawn(_bars, lines, 1.0 + 0.3 * len(lines))]
    near = partial(_over_load, value=lambda entry: 100 * entry.pressure, title="How near the first limit is (%)", limit=100.0)
    wait = partial(_over_load, value=lambda entry: 1e6 * entry.waiting_p99, title="Waiting for a thread, p99 (us)", limit=0.0)
    return [drawn(near, lines, 3.4), drawn(wait, lines, 3.4)]


def _over_load(
    axes: Axes, lines: dict[_Line, list[Outcome]], value: Callable[[Outcome], float], title: str, limit: float
) -> None:
    rates: list[float] = []
    for number, (line, entries) in enumerate(lines.items()):
        loads = sorted({entry.load for entry in entries})
        seen = [[value(entry) for entry in entries if entry.load == load] for load in loads]
        rates = [float(np.mean([entry.offered for entry in entries if entry.load == load])) for load in loads]
        colour = PALETTE[number % len(PALETTE)]
        axes.plot(rates, [np.mean(values) for values in seen], "o-", ms=3.5, color=colour, label=_name(line, lines))
        axes.fill_between(rates, list(map(min, seen)), list(map(max, seen)), color=colour, alpha=0.15, lw=0)
    if limit:
        axes.axhline(limit, color=GREY, lw=0.8, ls="--")
    axes.set(title=title, xlabel="sessions offered a second (CPS)", xscale="log", yscale="log")
    _ticks(axes, rates)
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _ticks(axes: Axes, rates: Sequence[float]) -> None:
    """The loads that were played, up to six of them, and plain numbers."""
    shown = rates[:: -(-len(rates) // _TICKS)]
    axes.set_xticks(shown, [f"{rate:,.0f}" for rate in shown])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter("{x:,.6g}")
    axes.yaxis.set_minor_formatter(LogFormatter(minor_thresholds=(1, 0.5)))


def _bars(axes: Axes, lines: dict[_Line, list[Outcome]]) -> None:
    names = [_name(line, lines) for line in lines]
    near = [100 * float(np.mean([entry.pressure for entry in entries])) for entries in lines.values()]
    colours = [GREEN if share <= 80 else BLUE if share < 100 else RED for share in near]
    bars = axes.barh(names[::-1], near[::-1], color=colours[::-1], height=0.65)
    axes.bar_label(bars, [f"{share:,.0f} %" for share in near[::-1]], padding=3, fontsize=8)
    axes.axvline(100, color=GREY, lw=0.8, ls="--")
    axes.margins(x=0.12)
    axes.grid(visible=False, axis="y")
    axes.set(title="How near the first limit is", xlabel="% (100: reached)")


def _name(line: _Line, lines: dict[_Line, list[Outcome]]) -> str:
    """As little as tells the lines apart."""
    platform, distribution = line
    if len({other for other, _ in lines}) == 1:
        return distribution
    return platform if len({other for _, other in lines}) == 1 else f"{platform}, {distribution}"
