"""`show services security-intelligence …`; no published sample shows a device's output: labels are ours."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from nf.cli.operate.grammar import Answer, Given, Word
from nf.cli.operate.render.system import nothing
from nf.cli.operate.services import clear, show

_ACTIONS: Final = ("permit", "drop", "close")
_SERVICE: Final = "security_intelligence"


def _statistics(answer: Answer, _: Given) -> list[str]:
    """What became of whom feeds name, by category."""
    lines: list[str] = []
    for category, counts in sorted(answer["categories"].items()):
        lines += [f"Category {category}:", f"  {'Total:':<12}{sum(counts.values())}"]
        lines += [f"  {action.capitalize() + ':':<12}{counts.get(action, 0)}" for action in _ACTIONS]
    return lines or ["Nobody whom a feed names has been met."]


def _summary(answer: Answer, _: Given) -> list[str]:
    """The feeds, each once, with what is wrong in any worker."""
    lines: list[str] = []
    for one in {row["name"]: row for row in sorted(answer["feeds"], key=lambda row: bool(row["problem"]))}.values():
        lines += [f"Category {one['category']}, feed {one['name']}", f"  {'Source:':<12}{one['source']}",
                  f"  {'Entries:':<12}{one['entries']}", f"  {'Updated:':<12}{_updated(one)}"]
        lines += [f"  {'Problem:':<12}{one['problem']}"] if one["problem"] else []
    return lines or ["No feed is configured."]


def _updated(feed: Mapping[str, Any]) -> str:
    return f"{datetime.fromtimestamp(feed['updated'], UTC):%Y-%m-%d %H:%M:%S} UTC" if feed["updated"] else "never"


SHOW_SERVICES = (Word("security-intelligence", "Security intelligence", children=(
    Word("statistics", "What became of sessions", end=show(_SERVICE, "statistics", _statistics)),
    Word("category", "Categories", children=(
        Word("summary", "Feeds of all categories", end=show(_SERVICE, "feeds", _summary)),)))),)
CLEAR_SERVICES = (Word("security-intelligence", "Security intelligence", children=(
    Word("statistics", "Counters", end=clear(_SERVICE, "statistics", nothing)),)),)
