"""Statements under `security idp` to policies and attacks."""

from collections.abc import Iterator

from nf.config.build_applications import applications
from nf.config.errors import Findings
from nf.config.extensions import extension
from nf.config.services import Scope
from nf.config.services.idp.attacks import AttackReader
from nf.config.services.idp.groups import Groups
from nf.config.services.idp.packets import storage
from nf.config.services.idp.rules import Rules
from nf.config.tree import Statement
from nf.policy.idp import Idp, IdpPolicy

_RULE = """description | match from-zone | match to-zone | match source-address | match source-except
    match destination-address | match destination-except | match attacks custom-attacks | match attacks custom-attack-groups
    match attacks dynamic-attack-groups | match attacks predefined-attacks | match attacks predefined-attack-groups
    then notification ."""
_SIGNATURE = """context | pattern | pattern-pcre | negate | direction | content pattern | content pcre
    content depth depth-value | content offset offset-value | content within within-value | content distance distance-value
    content is-data-at offset offset-value | content is-data-at relative | content is-data-at negate
    optional-parameters | shellcode | protocol | content byte-extract | content byte-test | content byte-math
    content byte-jump | content depth depth-variable | content offset offset-variable | content within within-variable
    content distance distance-variable | regexp"""
AREAS = (
    ("security idp", "active-policy | default-policy | custom-attack-group group-members"),
    ("security idp idp-policy rulebase-ips rule", _RULE + """| match application | terminal | then severity | then action .
        then action no-action | then action ignore-connection | then action mark-diffserv | then action drop-packet
        then action drop-connection | then action close-client | then action close-server
        then action close-client-and-server | then action recommended | then action class-of-service dscp-code-point
        then notification log-attacks | then ip-action
        then notification packet-log"""),
    ("security idp sensor-configuration packet-log", "local-storage"),
    ("security idp idp-policy rulebase-exempt rule", _RULE + "| then . | then notification log-attacks"),
    ("security idp custom-attack", """attack-description | recommended-action | severity | time-binding | detection-filter
        attack-type anomaly"""),
    ("security idp custom-attack attack-type signature", _SIGNATURE + "| protocol-binding"),
    ("security idp custom-attack attack-type chain", "protocol-binding | scope | order | reset | expression | member ."),
    ("security idp custom-attack attack-type chain member attack-type", "anomaly"),
    ("security idp custom-attack attack-type chain member attack-type signature", _SIGNATURE),
    ("security idp dynamic-attack-group filters", """direction | severity | type | recommended | no-recommended | category
        service | attack-prefix"""),
)
OWN: tuple[str, ...] = ("security idp ",)


def build(scope: Scope) -> Idp | None:
    """The policies; those of the box may be named in a logical system that has none of this name."""
    root, findings = scope.root.one("security", "idp"), scope.findings
    shared = scope.shared if isinstance(scope.shared, Idp) else Idp()
    if root is None:
        _check_asked(scope, shared)
        return None
    attacks = {entry.name: AttackReader(entry, findings).attack() for entry in root.all("custom-attack")}
    known = {**shared.attacks, **{name: attack for name, attack in attacks.items() if attack is not None}}
    groups = Groups(root, frozenset((*shared.attacks, *attacks)), findings)
    kept = storage(root, findings) or shared.storage
    rules = Rules(scope, groups, applications(scope.root, findings), kept is not None)
    own = {entry.name: _policy(entry, rules) for entry in root.all("idp-policy")}
    policies = {**shared.policies, **own}
    built = Idp(policies, _standard(root, policies, findings) or shared.default, known, kept,
                int(extension(root, "inspection-depth") or shared.depth))
    _check_asked(scope, built)
    return built


def _policy(entry: Statement, rules: Rules) -> IdpPolicy:
    file = extension(entry, "rules")
    policy = IdpPolicy(entry.name, tuple(rules.prevention(each) for each in entry.entries("rulebase-ips", "rule")),
                       tuple(rules.exempt(each) for each in entry.entries("rulebase-exempt", "rule")), (file,) if file else ())
    if not policy.rules and not policy.rule_files:
        rules.scope.findings.remark(entry, f"idp-policy {entry.name}", "it has no rules, so nothing is ever found")
    return policy


def _standard(root: Statement, policies: dict[str, IdpPolicy], findings: Findings) -> str | None:
    """The policy of `application-services idp`."""
    for word in ("default-policy", "active-policy"):
        leaf = root.one(word)
        if leaf is not None:
            if leaf.text not in policies:
                findings.wrong(leaf, leaf.text, "no such IDP policy", policies)
            return leaf.text
    return None


def _check_asked(scope: Scope, idp: Idp) -> None:
    """Security policies that ask for a policy which is not there."""
    for leaf in _asking(scope.root):
        if leaf.word is not None and leaf.word.name == "idp-policy" and leaf.text not in idp.policies:
            scope.findings.wrong(leaf, leaf.text, "no such IDP policy", idp.policies)
        elif leaf.word is not None and leaf.word.name == "idp" and idp.default is None:
            scope.findings.remark(leaf, "application-services idp",
                                  "no effect without security idp default-policy or active-policy")


def _asking(root: Statement) -> Iterator[Statement]:
    """Every `idp` and `idp-policy` of the security policies."""
    pairs = (entry for pair in root.entries("security", "policies", "policy") for entry in pair.all("policy"))
    for entry in (*pairs, *root.entries("security", "policies", "global", "policy")):
        services = entry.one("then", "permit", "application-services")
        if services is not None:
            yield from (*services.all("idp"), *services.all("idp-policy"))
