"""What other cards change, as a table."""

from rich.console import Group, RenderableType
from rich.table import Table

from hwmodel.reboot import Reboot
from hwmodel.rendering.terminal import assumed
from hwmodel.rendering.words import busiest_thread, time_text
from hwmodel.report import Report

_TITLES = ("cards", "SPUs", "threads", "sessions at most", "created", "refused", "CPU %", "busiest thread %", "p99 wait")


def upgrade_table(found: Reboot) -> RenderableType:
    """Before and after, what the reboot costs, and which figures were assumed."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in _TITLES:
        table.add_column(title, justify="left" if title == "cards" else "right")
    for report in (found.before, found.after):
        table.add_row(*_cells(report))
    told = (f"cards are added with a reboot: {found.lost:,} sessions would be lost in the middle of this load; "
            f"{found.moved:.0%} of its flows have another SPU afterwards")
    return Group(table, "", told, "", assumed(found.after.platform))


def as_dict(found: Reboot) -> dict[str, object]:
    """The same for machines."""
    return {"before": found.before.as_dict(), "after": found.after.as_dict(), "lost": found.lost, "moved": found.moved}


def _cells(report: Report) -> tuple[str, ...]:
    platform = report.platform
    flowing = sum(spu.max_sessions > 0 for spu in platform.spus)
    load = report.totals.cpu_seconds / (platform.threads * report.duration)
    busiest = max(busiest_thread(report, spu) for spu in range(len(platform.spus)))
    return (platform.name, f"{flowing}", f"{platform.threads}", f"{platform.max_sessions:,}", f"{report.totals.created:,}",
            f"{sum(report.totals.refused.values()):,}", f"{100 * load:.1f}", f"{100 * busiest:.1f}",
            time_text(report.delays.p99))
