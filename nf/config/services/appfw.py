"""Statements under `security application-firewall` to rule sets, and under `security dynamic-application` to block messages."""

from collections.abc import Iterator, Mapping
from typing import Final, cast

from nf.config.services import Scope, application_identification
from nf.config.tree import Statement
from nf.policy.appfw import AppFwRule, AppFwRuleSet, ApplicationFirewall, BlockMessage, Encrypted
from nf.policy.policies import Action
from nf.protocols import applications

_PATH: Final = ("security", "application-firewall")
AREAS = (
    ("security application-firewall profile block-message type", "custom-text content | custom-redirect-url content"),
    ("security application-firewall rule-sets", """default-rule | profile | rule match dynamic-application
        rule match dynamic-application-group | rule match ssl-encryption | rule then permit | rule then deny
        rule then reject"""),
    ("security application-firewall nested-application dynamic-lookup", "enable"),
    ("security dynamic-application profile redirect-message type", "custom-text content | redirect-url content"),
    ("security policies policy policy then reject", "profile"),
    ("security policies global policy then reject", "profile"),
)
OWN = ("security application-firewall ", "security dynamic-application ")
_EVERY: Final = frozenset({"any"})


def build(scope: Scope) -> ApplicationFirewall | None:
    """Rule sets and messages; a logical system has its own beside those of the box."""
    shared = scope.shared or ApplicationFirewall()
    messages = dict(_messages(scope.root.entries(*_PATH, "profile"), "block-message", "custom-redirect-url"))
    profiles = {**shared.profiles, **dict(_messages(
        scope.root.entries("security", "dynamic-application", "profile"), "redirect-message", "redirect-url"))}
    known = applications.names() | application_identification.names(scope.root) | _own_names(scope)
    rule_sets = {**shared.rule_sets, **{entry.name: _rule_set(entry, messages, known, scope)
                                        for entry in scope.root.entries(*_PATH, "rule-sets")}}
    for policy, name in scope.asked("application-firewall"):
        if name not in rule_sets:
            at = scope.where("rule-set", name)
            scope.findings.wrong(at, name, f"policy {policy.name} names a rule set that is not there", rule_sets)
    for policy in scope.system.policies.policies:
        if policy.message_profile and policy.message_profile not in profiles:
            at = scope.where("profile", policy.message_profile)
            scope.findings.wrong(at, policy.message_profile,
                                 f"policy {policy.name} names a dynamic-application profile that is not there", profiles)
    nested = scope.root.one(*_PATH, "nested-application", "dynamic-lookup")
    lookup = shared.dynamic_lookup or bool(nested and nested.has("enable"))
    return ApplicationFirewall(rule_sets, lookup, profiles) if rule_sets or profiles or lookup else None


def _own_names(scope: Scope) -> frozenset[str]:
    own = scope.system.services.get("application_identification")
    return frozenset() if own is None else frozenset({*(each.name for each in own.applications), *own.groups})


def _messages(entries: Iterator[Statement], container: str, redirect: str) -> Iterator[tuple[str, BlockMessage]]:
    for entry in entries:
        kind = entry.one(container, "type")
        text = kind.value("custom-text", "content") if kind else None
        location = kind.value(redirect, "content") if kind else None
        yield entry.name, BlockMessage(text or "", location or "")


def _rule_set(entry: Statement, messages: Mapping[str, BlockMessage], known: frozenset[str], scope: Scope) -> AppFwRuleSet:
    rules = tuple(_rule(each, known, scope) for each in entry.all("rule"))
    default = entry.one("default-rule")
    action = _action(default) if default else None
    if action is None:
        scope.findings.wrong(default or entry, entry.name, "a rule set has a default-rule with one of permit, deny, reject")
    name = entry.value("profile")
    if name is not None and name not in messages:
        scope.findings.wrong(entry.one("profile") or entry, name, "no such profile of the application firewall", messages)
    return AppFwRuleSet(entry.name, rules, AppFwRule("default-rule", action=action or Action.DENY, tells=_tells(default)),
                        messages.get(name or ""))


def _rule(entry: Statement, known: frozenset[str], scope: Scope) -> AppFwRule:
    match, then = entry.one("match"), entry.one("then")
    names: set[str] = set()
    for word, kind in (("dynamic-application", "application"), ("dynamic-application-group", "group")):
        leaf = match.one(word) if match else None
        names |= set(leaf.values) if leaf else set()
        for name, line in leaf.values.items() if leaf else ():
            if name not in known | _EVERY:
                scope.findings.wrong(line, name, f"no such {kind}", known)
    if not names:
        scope.findings.wrong(entry, entry.name, "a rule matches a dynamic-application or dynamic-application-group")
    action = _action(then) if then else None
    if action is None:
        scope.findings.wrong(entry, entry.name, "a rule has 'then' with one of permit, deny, reject")
    every = frozenset(applications.names()) | known
    return AppFwRule(entry.name, every if names & _EVERY else frozenset(names),
                     cast("Encrypted", (match.value("ssl-encryption") if match else None) or "any"),
                     action or Action.PERMIT, _tells(then))


def _action(then: Statement) -> Action | None:
    actions = [action for action in Action if then.has(action.value)]
    return actions[0] if len(actions) == 1 else None


def _tells(then: Statement | None) -> bool:
    return then is not None and any(then.has(word, "block-message") for word in ("deny", "reject"))
