"""`show security policies`, `show security policies hit-count`, `show security zones`."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from nf.cli.operate.grammar import Answer, Given, OperatorError


def policies(answer: Answer, given: Given) -> Sequence[str]:
    """Policies by pair of zones, in look-up order; the global ones last."""
    lines = [] if given else [f"Default policy: {answer['default']}-all"]
    for (is_global, sources, destinations), group in groupby(answer["policies"], key=_pair):
        lines.append(f"From zones: {_any(sources)}, To zones: {_any(destinations)}" if is_global
                     else f"From zone: {', '.join(sources)}, To zone: {', '.join(destinations)}")
        for sequence, policy in enumerate(group, 1):
            lines += _policy(policy, sequence)
    return lines


def hit_count(answer: Answer, given: Given) -> Sequence[str]:
    """How often each policy was the one that decided, since the start or since it was cleared."""
    rows = [] if given else [("0", "all-zone", "all-zone", "default-policy", answer["default-hits"], answer["default"])]
    rows += [(str(policy["index"]), _any(policy["from-zones"]), _any(policy["to-zones"]), policy["name"],
              policy["hits"], policy["action"]) for policy in answer["policies"]]
    heads = ("Index", "From zone", "To zone", "Name", "Policy count", "Action")
    table = [heads, *((*row[:4], str(row[4]), row[5].capitalize()) for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(heads))]
    lines = ("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in table)
    return ["Logical system: root-logical-system", *(f" {line}".rstrip() for line in lines)]


def zones(answer: Answer, given: Given) -> Sequence[str]:
    """Zones and their interfaces."""
    lines: list[str] = []
    for zone in answer["zones"]:
        lines += [f"Security zone: {zone['name']}",
                  f"  Send reset for non-SYN session TCP packets: {'On' if zone['tcp-rst'] else 'Off'}",
                  "  Policy configurable: Yes",
                  *(["  Application tracking: On"] if zone["application-tracking"] else []),
                  f"  Interfaces bound: {len(zone['interfaces'])}",
                  "  Interfaces:", *(f"    {name}" for name in zone["interfaces"]), ""]
    if "zone" in given and not lines:
        raise OperatorError(f"no security zone {given['zone']}")
    return lines[:-1]


def _pair(policy: Mapping[str, Any]) -> tuple[bool, list[str], list[str]]:
    return policy["global"], policy["from-zones"], policy["to-zones"]


def _any(zones: Sequence[str]) -> str:
    return ", ".join(zones) or "any"


def _policy(policy: Mapping[str, Any], sequence: int) -> list[str]:
    log = ", log" if policy["log"] else ""
    services = [" ".join(part for part in service if part) for service in policy["services"]]
    head = f"  Policy: {policy['name']}, State: enabled, Index: {policy['index']}"
    return [f"{head}, Scope Policy: 0, Sequence number: {sequence}",
            f"    Source addresses{_excluded(policy['source'])}: {', '.join(policy['source']['names'])}",
            f"    Destination addresses{_excluded(policy['destination'])}: {', '.join(policy['destination']['names'])}",
            f"    Applications: {', '.join(policy['applications'])}",
            *([f"    Application services: {', '.join(services)}"] if services else []),
            f"    Action: {policy['action']}{log}"]


def _excluded(match: Mapping[str, Any]) -> str:
    return "(excluded)" if match["excluded"] else ""
