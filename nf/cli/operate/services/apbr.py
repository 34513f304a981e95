"""`show security advance-policy-based-routing statistics|profile`; labels and layout are ours."""

from typing import Final

from nf.cli.operate.grammar import Answer, Given, Word
from nf.cli.operate.services import clear, show

_LABELS: Final = (
    ("sessions-processed", "Sessions processed"), ("cache-hit-rerouted", "Route changed on cache hits"),
    ("midstream-rerouted", "Route changed midstream"), ("midstream-rerouting-disabled", "Midstream change not allowed"),
    ("zone-mismatch", "Zone mismatch"))


def statistics(answer: Answer, _: Given) -> list[str]:
    """What became of sessions of zones with a profile."""
    return ["Advance Profile Based Routing statistics:",
            *(f"    {label:<40}{answer['counters'].get(name, 0)}" for name, label in _LABELS)]


def profiles(answer: Answer, _: Given) -> list[str]:
    """Each profile's rules, where they lead, and how often they have."""
    lines: list[str] = []
    for profile in answer["profiles"].values():
        lines.append(f"Profile: {profile['name']} ({profile['system']})")
        lines += [f"    {name:<24} routing-instance {rule['instance'] or 'none':<24} applied {rule['applied']}"
                  for name, rule in profile["rules"].items()]
    return lines or ["No profile is configured."]


SHOW_SECURITY = (Word("advance-policy-based-routing", "Routing by application", children=(
    Word("statistics", "What became of sessions", end=show("apbr", "statistics", statistics)),
    Word("profile", "Rules, and how often they have moved a session", end=show("apbr", "profiles", profiles)))),)
CLEAR_SECURITY = (Word("advance-policy-based-routing", "Routing by application", children=(
    Word("statistics", "Counters", end=clear("apbr", "statistics", lambda *_: [])),)),)
