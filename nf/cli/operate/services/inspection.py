"""What every service has done, and what it cost; ours, the devices have no such command."""

from nf.cli.operate.grammar import Answer, Ask, Given, Word

_HEADS = ("Service", "Sessions", "Pieces", "Bytes", "CPU ms", "us/piece", "Held", "mean ms", "99% ms", "Asked", "mean ms",
          "99% ms", "Blocked", "Failed")


def tallies(answer: Answer, _: Given) -> list[str]:
    """A line for each service."""
    rows = [_HEADS, *(_row(name, tally) for name, tally in sorted(answer.items()))]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEADS))]
    return [f"{row[0]:<{widths[0]}}  " + "  ".join(f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
            for row in rows]


def _row(name: str, tally: Answer) -> tuple[str, ...]:
    pieces, microseconds = tally["pieces"], tally["nanoseconds"] / 1000
    return (name.replace("_", "-"), str(tally["sessions"]), str(pieces), str(tally["bytes"]), f"{microseconds / 1000:.1f}",
            f"{microseconds / pieces:.1f}" if pieces else "-", str(tally["holds"]), *_times(tally["held"]), str(tally["asks"]),
            *_times(tally["answered"]), str(tally["blocks"]), str(sum(tally["faults"].values())))


def _times(durations: Answer) -> tuple[str, str]:
    """Their mean, and what 99 in a hundred stay under, a power of two."""
    count, seen = durations["count"], 0
    for bound, number in sorted((int(bound), number) for bound, number in durations["under"].items()):
        seen += number
        if seen * 100 >= count * 99:
            return f"{durations['seconds'] * 1000 / count:.1f}", f"<{bound}"
    return "-", "-"


SHOW_SERVICES = (Word("inspection", "What each service has done, and what it cost", end=Ask({"show": "services"}, tallies)),)
