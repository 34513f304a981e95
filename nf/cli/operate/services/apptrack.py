"""`show security application-tracking counters`; labels are ours."""

from typing import Final

from nf.cli.operate.grammar import Answer, Given, Word
from nf.cli.operate.services import clear, show

_LABELS: Final = (("create", "Session create messages"), ("update", "Session volume update messages"),
                  ("close", "Session close messages"))


def counters(answer: Answer, _: Given) -> list[str]:
    """The messages that have been written."""
    return ["Application tracking counters:", *(f"    {label:<40}{answer.get(name, 0)}" for name, label in _LABELS)]


SHOW_SECURITY = (Word("application-tracking", "Application tracking", children=(
    Word("counters", "Messages that have been written", end=show("apptrack", "counters", counters)),)),)
CLEAR_SECURITY = (Word("application-tracking", "Application tracking", children=(
    Word("counters", "Counters", end=clear("apptrack", "counters", lambda *_: [])),)),)
