"""A report as a table to read."""

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from hwmodel.platform import Platform
from hwmodel.rendering.words import busiest_thread, first_limit, interruptions, refusals, time_text, value_text
from hwmodel.report import Report, SpuReport

_BARS = " ▁▂▃▄▅▆▇█"
_HISTORY = 30  # columns that a load's course takes


def report_table(report: Report) -> RenderableType:
    """All that a report says, the assumed figures included."""
    return Group(*_headline(report), "", _spus(report), "", assumed(report.platform))


def assumed(platform: Platform) -> RenderableType:
    """The figures that nobody has published or measured, or that there are none."""
    if not platform.assumed:
        return Text("every figure is published, measured or derived from such")
    figures = ((key, platform.figures[key]) for key in platform.assumed)
    known = ", ".join(f"{key} = {value_text(figure)} {figure.unit}".rstrip() for key, figure in figures)
    return Padding(Text(f"assumed, not measured: {known}", "yellow"), 0)


def _headline(report: Report) -> list[str]:
    totals, delays = report.totals, report.delays
    rate = f"{totals.offered / report.duration:,.0f} CPS, {totals.gbps:.3g} Gbps"
    lines = [
        f"{report.platform.name}, {report.distribution}, seed {report.seed}: {report.platform.description}",
        f"{totals.offered:,} sessions offered in {report.duration:g} s ({rate}), {totals.created:,} created",
        refusals(report),
        f"{totals.peak_sessions:,} at once at most, {totals.open_at_end:,} open at the end, skew {report.skew:+.1%}",
        "waiting for a thread: " + ", ".join(f"{name} {time_text(getattr(delays, name))}" for name in
                                             ("mean", "p50", "p90", "p99", "p999", "max")),
    ]
    return [*lines, *interruptions(report), first_limit(report)]


def _spus(report: Report) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("SPU", "role", "weight %", "share %", "created", "failed", "peak", "maximum", "CPU %", "peak %",
                  "thread %", "CPU over time"):
        table.add_column(title, justify="left" if title in ("SPU", "role", "CPU over time") else "right", no_wrap=True)
    for number, spu in enumerate(report.spus):
        busiest = busiest_thread(report, number)
        style = "red" if spu.overloaded or busiest > 1 else ""
        table.add_row(*_row(spu), f"{100 * busiest:.1f}", _course(report, number), style=style)
    return table


def _row(spu: SpuReport) -> tuple[str, ...]:
    shares = (f"{100 * spu.weight_share:.1f}", f"{100 * spu.share:.1f}")
    counts = (f"{spu.created:,}", f"{spu.failed:,}", f"{spu.peak_sessions:,}", f"{spu.max_sessions:,}")
    return (spu.name, spu.role, *shares, *counts, f"{100 * spu.mean_load:.1f}", f"{100 * spu.peak_load:.1f}")


def _course(report: Report, number: int) -> str:
    """The SPU's load over time as a row of bars."""
    mean = [sum(second) / len(second) for second in zip(*report.series.load[number], strict=True)]
    step = max(1, -(-len(mean) // _HISTORY))
    shown = [max(mean[start : start + step]) for start in range(0, len(mean), step)]
    return "".join(_BARS[min(8, round(8 * load))] for load in shown)
