"""`show security application-firewall rule-set`, in the order of the device's facts; the layout is ours."""

from collections.abc import Mapping
from typing import Any, Final

from nf.cli.operate import values
from nf.cli.operate.grammar import Answer, Given, OperatorError, Word
from nf.cli.operate.services import clear, show

_DEFAULT: Final = "default-rule"


def rule_sets(answer: Answer, given: Given) -> list[str]:
    """Every rule set, or one, with how often each rule has decided."""
    wanted = given.get("rule-set")
    found = [one for one in answer["rule-sets"].values() if wanted in {None, one["name"]}]
    if wanted is not None and not found:
        raise OperatorError(f"no rule set {wanted}")
    return [line for one in found for line in _rule_set(one)]


def _rule_set(one: Mapping[str, Any]) -> list[str]:
    lines = [f"Rule-set: {one['name']}", f"    Logical system: {one['system']}"]
    for name, rule in one["rules"].items():
        if name == _DEFAULT:
            lines.append(f"    Default rule: {rule['action']}")
        else:
            lines += [f"    Rule: {name}", f"        Dynamic Applications: {rule['applications']}",
                      f"        SSL-Encryption: {rule['encrypted']}", f"        Action: {rule['action']}"]
        lines += [f"        Number of sessions matched: {rule['matched']}",
                  f"        Number of sessions redirected: {rule['redirected']}"]
    return lines


SHOW_SECURITY = (Word("application-firewall", "Application firewall", children=(
    Word("rule-set", "Rule sets, and how often each rule has decided", children=(
        Word("all", "All of them", end=show("appfw", "rule-sets", rule_sets)),
        Word("", "", value=values.name("<rule-set>"), key="rule-set", local=True,
             end=show("appfw", "rule-sets", rule_sets)))),)),)
CLEAR_SECURITY = (Word("application-firewall", "Application firewall", children=(
    Word("rule-set", "Rule sets", children=(Word("statistics", "How often each rule has decided", children=(
        Word("all", "Of all rule sets", end=clear("appfw", "rule-sets", lambda *_: [])),)),)),)),)
