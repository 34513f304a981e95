"""The attacks that come with srxnf, and the groups that a configuration may ask for them by."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files

from nf.policy.attacks import Attack, Severity
from nf.services.idp.rule_file import metadata, read_attacks

FILE = "attacks.rules"


@cache
def predefined() -> Mapping[str, Attack]:
    """Every attack by its name."""
    text = files("nf.services.idp").joinpath(FILE).read_text(encoding="utf-8")
    return {attack.name: attack for rule, attack in read_attacks(text) for attack in [_named(attack, metadata(rule))]}


@cache
def groups() -> Mapping[str, frozenset[str]]:
    """Names of attacks by group: `WEB`, `WEB:SQL`, and each of them with a severity: `WEB:SQL - Critical`."""
    found: dict[str, set[str]] = {}
    for attack in predefined().values():
        for group in _groups(attack):
            found.setdefault(group, set()).add(attack.name)
    return {group: frozenset(names) for group, names in sorted(found.items())}


def _groups(attack: Attack) -> Iterator[str]:
    for group in (attack.category.partition(":")[0], attack.category):
        yield group
        yield f"{group} - {_capital(attack.severity)}"


def _capital(severity: Severity) -> str:
    return severity.value.capitalize()


def _named(attack: Attack, words: Mapping[str, list[str]]) -> Attack:
    """The attack under its own name, looked for in other buffers too."""
    name = words["attack"][0]
    first = attack.members[0]
    others = [replace(first, context=context) for context in words.get("also", ())]
    members = tuple(replace(member, name=f"m{place:02}") for place, member in enumerate((*attack.members, *others), 1))
    either = ("m01", *(word for member in members[1:] for word in (member.name, "or"))) if others else ()
    return replace(attack, name=name, category=name.rpartition(":")[0], members=members, expression=either)
