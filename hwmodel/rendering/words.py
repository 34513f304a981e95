"""What tables and pages say in the same words."""

from math import inf

from hwmodel.platform import Figure
from hwmodel.report import Report


def first_limit(report: Report) -> str:
    """Where the box had no more to give, and when."""
    limit = report.first_limit
    if limit is None:
        return "no limit reached"
    return f"first limit reached: {limit.what} of {report.spus[limit.spu].name}, in second {limit.at}"


def refusals(report: Report) -> str:
    """What opened no session, what was dropped, and what found no room in a cache."""
    totals = report.totals
    words = ["refused: " + (", ".join(f"{count:,} {reason}" for reason, count in totals.refused.items()) or "none")]
    if totals.dropped:
        words.append(f"dropped: {totals.dropped:,} batches of packets (queue full)")
    if totals.aged:
        words.append(f"aged early: {totals.aged:,} sessions, to make room")
    if totals.turned_away:
        words.append(f"{totals.turned_away:,} wings found their network processor's cache full")
    return "; ".join(words)


def interruptions(report: Report) -> list[str]:
    """A line for each SPU that failed."""
    return [f"{_spu(stop.spu)} failed in second {stop.at:g}{'' if stop.back == inf else f', back in second {stop.back:g}'} "
            f"({'alone' if stop.graceful else 'all data-plane cards reset'}): of {stop.open:,} sessions {stop.lost:,} lost, "
            f"{stop.moved:,} moved to another SPU by the new table" for stop in report.interruptions]  # fmt: skip


def _spu(name: str) -> str:
    return f"SPU {name}" if name.isdecimal() else name


def busiest_thread(report: Report, spu: int) -> float:
    """The mean load of an SPU's busiest thread; above 1 it is overloaded, whatever the others have left."""
    return max(sum(loads) / max(1, len(loads)) for loads in report.series.load[spu])


def time_text(seconds: float) -> str:
    """A time in the unit that suits it."""
    unit, size = time_unit(seconds)
    return f"{seconds / size:.3g} {unit}"


def time_unit(seconds: float) -> tuple[str, float]:
    """The largest unit that makes one or more of a time, and its length in seconds."""
    return next((entry for entry in (("s", 1.0), ("ms", 1e-3)) if seconds >= entry[1]), ("us", 1e-6))


def value_text(figure: Figure) -> str:
    """A figure's value, thousands told apart, without the last digits of a product."""
    value = figure.value
    if isinstance(value, float):
        return f"{value:.6g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
