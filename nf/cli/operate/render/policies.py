"""`show security policies`, `show security policies hit-count`, `show security zones`."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from nf.cli.operate.grammar import Answer, Given, OperatorError

_CONDITIONS: Final = (("Dynamic Applications", "dynamic-applications"), ("Url-categories", "url-categories"))
ROOT: Final = "root"  # the kind of the box itself


def policies(answer: Answer, given: Given) -> Sequence[str]:
    """Policies by system and pair of zones, in look-up order; the global ones last."""
    lines: list[str] = []
    for system in answer["systems"]:
        lines += [] if system["kind"] == ROOT else [_system(system)]
        lines += [] if _narrowed(given) else [f"Default policy: {system['default']}-all"]
        for (is_global, sources, destinations), group in groupby(_of(system, answer["policies"]), key=_pair):
            lines.append(f"From zones: {_any(sources)}, To zones: {_any(destinations)}" if is_global
                         else f"From zone: {', '.join(sources)}, To zone: {', '.join(destinations)}")
            for sequence, policy in enumerate(group, 1):
                lines += _policy(policy, sequence)
    return lines


def hit_count(answer: Answer, given: Given) -> Sequence[str]:
    """How often each policy was the one that decided, since the start or since it was cleared."""
    lines: list[str] = []
    for system in answer["systems"]:
        rows = [] if _narrowed(given) else [("0", "all-zone", "all-zone", "default-policy", system["default-hits"],
                                             system["default"])]
        rows += [(str(policy["index"]), _any(policy["from-zones"]), _any(policy["to-zones"]), policy["name"],
                  policy["hits"], policy["action"]) for policy in _of(system, answer["policies"])]
        lines += [_system(system), *_table(rows)]
    return lines


def _table(rows: Sequence[tuple[str, str, str, str, int, str]]) -> Iterator[str]:
    heads = ("Index", "From zone", "To zone", "Name", "Policy count", "Action")
    table = [heads, *((*row[:4], str(row[4]), row[5].capitalize()) for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(heads))]
    for row in table:
        yield " " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def zones(answer: Answer, given: Given) -> Sequence[str]:
    """Zones and their interfaces."""
    lines: list[str] = []
    for zone in answer["zones"]:
        lines += [*([] if zone["kind"] == ROOT else [_system(zone)]),
                  f"Security zone: {zone['name']}",
                  f"  Send reset for non-SYN session TCP packets: {'On' if zone['tcp-rst'] else 'Off'}",
                  "  Policy configurable: Yes",
                  *(["  Application tracking: On"] if zone["application-tracking"] else []),
                  f"  Interfaces bound: {len(zone['interfaces'])}",
                  "  Interfaces:", *(f"    {name}" for name in zone["interfaces"]), ""]
    if "zone" in given and not lines:
        raise OperatorError(f"no security zone {given['zone']}")
    return lines[:-1]


def _narrowed(given: Given) -> bool:
    """Whether some of a system's policies are asked for, and not all."""
    return bool(set(given) - {"logical-system", "root-logical-system"})


def _of(system: Mapping[str, Any], policies: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [policy for policy in policies if policy["logical-system"] == system["logical-system"]]


def _system(system: Mapping[str, Any]) -> str:
    return f"{'Tenant' if system['kind'] == 'tenant' else 'Logical system'}: {system['logical-system']}"


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
            *(f"    {label}: {', '.join(policy[key])}" for label, key in _CONDITIONS if policy[key]),
            *([f"    Application services: {', '.join(services)}"] if services else []),
            f"    Action: {policy['action']}{log}"]


def _excluded(match: Mapping[str, Any]) -> str:
    return "(excluded)" if match["excluded"] else ""
