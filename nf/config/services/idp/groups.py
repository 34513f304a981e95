"""What the names of rules stand for: attacks of the configuration, attacks that come along, and groups of either."""

import re
from collections.abc import Callable, Iterable, Mapping

from nf.config.errors import Findings, nearest
from nf.config.tree import Statement
from nf.policy.attacks import Attack
from nf.services.idp.predefined import groups, predefined

_HTTP_GROUP = re.compile(r"(?:\[Recommended\])?HTTP - (All|Critical|Major|Minor|Warning|Info)")
_JUNIPERS = re.compile(r":| - ")  # in names of theirs and of ours
_DIRECTIONS = {"client-to-server": "c2s", "server-to-client": "s2c"}


class Groups:
    """Every attack and group that a rule may name."""

    def __init__(self, root: Statement, custom: frozenset[str], findings: Findings) -> None:
        self._findings = findings
        self._custom = custom
        self._customs = {entry.name: entry for entry in root.all("custom-attack-group")}
        self._dynamics = {entry.name: entry for entry in root.all("dynamic-attack-group")}
        for entry in self._customs.values():
            self._members(entry.name, ())
        self._dynamic = {name: self._filtered(entry) for name, entry in self._dynamics.items()}

    def attacks(self, match: Statement | None) -> frozenset[str]:
        """The attacks that a rule's `match attacks` names."""
        kinds: Mapping[str, tuple[str, Iterable[str], Callable[[str], Iterable[str]]]] = {
            "custom-attacks": ("custom attack", self._custom, lambda name: (name,)),
            "custom-attack-groups": ("custom attack group", self._customs, lambda name: self._members(name, ())),
            "dynamic-attack-groups": ("dynamic attack group", self._dynamics, lambda name: self._dynamic[name]),
            "predefined-attacks": ("predefined attack", predefined(), lambda name: (name,)),
            "predefined-attack-groups": ("predefined attack group", groups(), lambda name: groups()[name])}
        found: set[str] = set()
        for word, (what, known, stands_for) in kinds.items():
            leaf = match.one("attacks", word) if match else None
            for name, line in leaf.values.items() if leaf else ():
                if name in known:
                    found.update(stands_for(name))
                elif word.startswith("predefined"):
                    found |= self._of_junipers(leaf or match, what, name)
                else:
                    self._findings.wrong(line, name, f"no such {what} here", known)
        return frozenset(found)

    def _of_junipers(self, at: Statement | None, what: str, name: str) -> frozenset[str]:
        """What stands here for one of Juniper's predefined attacks or groups: ours of the same severity, or nothing."""
        same = _HTTP_GROUP.fullmatch(name)
        if at is not None and same is not None:
            ours = "WEB" if same[1] == "All" else f"WEB - {same[1]}"
            self._findings.remark(at, f"{what} {name}", f"Juniper's attacks are not shipped: it stands for {ours} here")
            return groups().get(ours, frozenset())
        near = nearest(name, (*groups(), *predefined()))
        meant = f"; did you mean {' or '.join(near)}?" if near else ""
        if at is not None:
            self._findings.remark(at, f"{what} {name}", f"not shipped here: it never matches{meant}")
        return frozenset()

    def _members(self, name: str, above: tuple[str, ...]) -> set[str]:
        """The attacks of a custom group, in which groups may stand too."""
        found: set[str] = set()
        leaf = self._customs[name].one("group-members")
        for member, line in leaf.values.items() if leaf else ():
            if member in self._customs and member not in {*above, name}:
                found |= self._members(member, (*above, name))
            elif member in self._customs:
                self._findings.wrong(line, member, "a group cannot stand in itself")
            elif member in self._dynamics:
                found |= self._filtered(self._dynamics[member])
            elif member in groups():
                found |= groups()[member]
            elif member in self._custom or member in predefined():
                found.add(member)
            elif _JUNIPERS.search(member) and leaf is not None:
                found |= self._of_junipers(leaf, "attack or group", member)
            elif not above:
                known = [*self._custom, *self._customs, *self._dynamics, *groups(), *predefined()]
                self._findings.wrong(line, member, "no such attack or group here", known)
        return found

    def _filtered(self, entry: Statement) -> set[str]:
        """The attacks that come along and that every filter of a group lets through."""
        filters = entry.one("filters")
        return {name for name, attack in predefined().items() if filters is None or _fits(attack, filters)}


def _fits(attack: Attack, filters: Statement) -> bool:
    wanted = {word: set(filters.texts(word, "values")) for word in ("severity", "type", "category", "service", "attack-prefix")}
    recommended = attack.recommended.ends
    categories = {attack.category.lower(), attack.category.rpartition(":")[2].lower()}
    return ((not wanted["severity"] or attack.severity.value in wanted["severity"])
            and (not wanted["type"] or ("anomaly" if attack.anomaly else "signature") in wanted["type"])
            and (not wanted["category"] or not categories.isdisjoint(name.lower() for name in wanted["category"]))
            and (not wanted["service"] or "http" in {name.lower() for name in wanted["service"]})
            and (not wanted["attack-prefix"] or attack.name.startswith(tuple(wanted["attack-prefix"])))
            and not (filters.has("recommended") and not recommended) and not (filters.has("no-recommended") and recommended)
            and _goes(attack, filters.one("direction")))


def _goes(attack: Attack, direction: Statement | None) -> bool:
    """Whether an attack goes one of the ways that a filter names, or all of them under `expression and`."""
    if direction is None:
        return True
    own = {member.direction.value if member.direction else "any" for member in attack.members}
    found = [(_DIRECTIONS.get(name.removeprefix("exclude-"), "any") in own) is not name.startswith("exclude-")
             for name in direction.texts("values")]
    return not found or (all(found) if direction.value("expression") == "and" else any(found))
