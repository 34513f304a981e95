"""Rule sets of the application firewall and messages of unified policies."""

import pytest

from nf.config import ConfigError, load
from nf.policy.appfw import AppFwRule, AppFwRuleSet, ApplicationFirewall, BlockMessage
from nf.policy.policies import Action
from nf.policy.unified import Known

FIREWALL = """
security { application-firewall {
    profile p { block-message { type { custom-text { content "not here"; } } } }
    rule-sets rs {
        rule 1 { match { dynamic-application junos:FACEBOOK-ACCESS; ssl-encryption yes; } then { deny { block-message; } } }
        rule 2 { match { dynamic-application-group junos:web; } then { permit; } }
        default-rule { reject; }
        profile p;
    }
    nested-application { dynamic-lookup { enable; } }
} }
"""


def test_rules_in_their_order() -> None:
    found = load(FIREWALL, "t").services["appfw"]
    first = AppFwRule("1", frozenset({"junos:FACEBOOK-ACCESS"}), "yes", Action.DENY, tells=True)
    second = AppFwRule("2", frozenset({"junos:web"}))
    default = AppFwRule("default-rule", action=Action.REJECT)
    assert found == ApplicationFirewall(
        {"rs": AppFwRuleSet("rs", (first, second), default, BlockMessage("not here"))}, dynamic_lookup=True)


@pytest.mark.parametrize(("names", "encrypted", "rule"), [
    ({"junos:FACEBOOK-ACCESS", "junos:web"}, True, "1"), ({"junos:FACEBOOK-ACCESS", "junos:web"}, False, "2"),
    ({"junos:FTP"}, True, "default-rule")])
def test_the_first_that_covers_decides(names: set[str], encrypted: bool, rule: str) -> None:
    rule_set = load(FIREWALL, "t").services["appfw"].rule_sets["rs"]
    assert rule_set.rule(Known(frozenset(names)), encrypted).name == rule


@pytest.mark.parametrize(("statement", "word", "message"), [
    ("rule 1 { match { dynamic-application junos:FACEBOK; } then { deny; } }", "junos:FACEBOK", "no such application"),
    ("rule 1 { match { dynamic-application-group junos:webb; } then { deny; } }", "junos:webb", "no such group"),
    ("rule 1 { match { dynamic-application junos:FTP; } }", "1", "'then'"),
    ("rule 1 { then { deny; } }", "1", "matches a dynamic-application"), ("profile q;", "q", "no such profile")])
def test_mistakes(statement: str, word: str, message: str) -> None:
    text = f"security {{ application-firewall {{ rule-sets rs {{ {statement} default-rule {{ permit; }} }} }} }}"
    with pytest.raises(ConfigError, match=message) as caught:
        load(text, "t")
    assert caught.value.word == word


def test_policies_name_what_is_there() -> None:
    policy = "security policies from-zone trust to-zone untrust policy p"
    text = f"""
set security zones security-zone trust
set security zones security-zone untrust
set {policy} match source-address any
set {policy} match destination-address any
set {policy} match application any
set {policy} then permit application-services application-firewall rule-set rs
"""
    with pytest.raises(ConfigError, match="names a rule set that is not there"):
        load(text, "t")
