"""What tables and pages say in the same words."""

from hwmodel.platform import Figure
from hwmodel.report import Report


def first_limit(report: Report) -> str:
    """Where the box had no more to give, and when."""
    limit = report.first_limit
    if limit is None:
        return "no limit reached"
    return f"first limit reached: {limit.what} of {report.spus[limit.spu].name}, in second {limit.at}"


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
    """A figure's value, thousands told apart."""
    return f"{figure.value:,}" if isinstance(figure.value, int) and not isinstance(figure.value, bool) else str(figure.value)
