"""Operators' commands of intrusion detection; the words and columns are Juniper's where they are known, the rest is ours."""

from collections.abc import Sequence

from nf.cli.operate.grammar import Answer, Given, Word
from nf.cli.operate.render.system import nothing
from nf.cli.operate.services import clear, show

_WIDTH = 68


def _status(answer: Answer, _: Given) -> Sequence[str]:
    lines = [f"  {name + ':':<24}{answer.get(key, 0)}" for key, name in (
        ("policies", "Policies"), ("attacks", "Attacks looked for"), ("sessions", "Sessions"), ("found", "Attacks found"),
        ("ip-actions", "ip-actions in force"))]
    return ["State of IDP: " + ("Running" if answer.get("policies") else "No policy is configured"), *lines]


def _counters(answer: Answer, _: Given) -> Sequence[str]:
    rows = [f"  {name:<{_WIDTH}}{count}" for name, count in sorted(answer["counters"].items())]
    return ["IDP counters:", "", f"  {'IDP counter type':<{_WIDTH}}Value", *rows]


def _attacks(answer: Answer, _: Given) -> Sequence[str]:
    rows = sorted(answer["attacks"].items(), key=lambda row: (-row[1], row[0]))
    return ["IDP attack statistics:", "", f"  {'Attack name':<45}#Hits", *(f"  {name:<45}{count}" for name, count in rows)]


def _policies(answer: Answer, _: Given) -> Sequence[str]:
    rows = sorted(dict.fromkeys(tuple(row) for row in answer["policies"]))
    return [f"  {'Name':<32}{'Sessions of':<32}{'Rules':>6}",
            *(f"  {name:<32}{system:<32}{count:>6}" for system, name, count in rows)]


SHOW_SECURITY = (Word("idp", "Intrusion detection and prevention", children=(
    Word("status", "Whether it runs, and what it has done", end=show("idp", "status", _status)),
    Word("counters", "What became of sessions", end=show("idp", "counters", _counters)),
    Word("attack", "Attacks", children=(Word("table", "How often each was found", end=show("idp", "attacks", _attacks)),)),
    Word("policies", "Policies that run", end=show("idp", "policies", _policies)))),)
CLEAR_SECURITY = (Word("idp", "Intrusion detection and prevention", children=(
    Word("counters", "What became of sessions", end=clear("idp", "counters", nothing)),
    Word("attack", "Attacks", children=(Word("table", "How often each was found", end=clear("idp", "attacks", nothing)),)))),)
