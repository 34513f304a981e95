from ipaddress import ip_address

import pytest

from hwmodel.session import FiveTuple
from nf.config import ConfigError, Configuration, load
from nf.policy.policies import Action, ApplicationServices, Policy

LAB = """set security zones security-zone trust interfaces ge-0/0/0.0
set security zones security-zone untrust interfaces ge-0/0/1.0
set services ssl proxy profile p root-ca ca
set services ssl proxy profile p trusted-ca all
set security address-book global address h 10.0.0.1
"""
PAIR = "set security policies from-zone trust to-zone untrust policy "
ALL = " match source-address any destination-address any application any\n"


def lab(lines: str) -> Configuration:
    return load(LAB + lines, "t")


def one(lines: str) -> Policy:
    policy, = lab(lines).policies.policies
    return policy


def test_policies_keep_their_order_and_global_ones_come_last() -> None:
    table = lab("set security policies global policy g" + ALL + "set security policies global policy g then deny\n"
                + PAIR + "b" + ALL + PAIR + "b then permit\n" + PAIR + "a" + ALL + PAIR + "a then reject").policies
    assert [(policy.name, policy.action, policy.is_global) for policy in table.policies] == [
        ("b", Action.PERMIT, False), ("a", Action.REJECT, False), ("g", Action.DENY, True)]
    assert table.policies[2].from_zones == ()
    assert table.default is Action.DENY


def test_services_of_a_permit() -> None:
    then = PAIR + "a then permit application-services "
    services = one(PAIR + "a" + ALL + then + "ssl-proxy profile-name p disable-http2\n"
                   + then + "idp utm-policy u\n" + then + "application-firewall rule-set r\n" + then + "casb-policy c\n"
                   + "set security utm utm-policy u\n"
                   + "set security application-firewall rule-sets r default-rule permit").services
    assert services == ApplicationServices(True, "p", True, (
        ("idp", ""), ("utm-policy", "u"), ("application-firewall", "r"))), "nothing here answers to casb-policy"


def test_ssl_proxy_may_stand_without_a_profile() -> None:
    services = one(PAIR + "a" + ALL + PAIR + "a then permit application-services ssl-proxy").services
    assert services == ApplicationServices(ssl_proxy=True)
    assert services
    assert not one(PAIR + "a" + ALL + PAIR + "a then permit").services


def test_log_count_and_excluded_addresses() -> None:
    policy = one(PAIR + "a match source-address h source-address-excluded\n"
                 + PAIR + "a match destination-address any application junos-https\n"
                 + PAIR + "a then deny\n" + PAIR + "a then log session-close\n" + PAIR + "a then count")
    assert (policy.log_init, policy.log_close, policy.count) == (False, True, True)
    flow = FiveTuple(ip_address("10.0.0.1"), 1025, ip_address("10.9.9.9"), 443)
    assert not policy.covers("trust", "untrust", flow)
    assert policy.covers("trust", "untrust", FiveTuple(ip_address("10.0.0.2"), 1025, flow.dst, 443))


def test_global_policies_name_zones_as_a_condition() -> None:
    shared = "set security policies global policy g"
    policy = one(shared + ALL + shared + " match from-zone trust to-zone any\n" + shared + " then permit")
    assert (policy.from_zones, policy.to_zones) == (("trust",), ())


def test_conditions_that_are_not_looked_at_are_remarked() -> None:
    remarks = lab(PAIR + "a match source-address any destination-address any dynamic-application junos:HTTP\n"
                  + PAIR + "a match source-identity admins\n" + PAIR + "a then permit").warnings
    assert [remark.statement for remark in remarks] == ["policy a match source-identity admins"]


UNIFIED = PAIR + "a match source-address any destination-address any\n"


def test_a_unified_policy_is_open_to_tcp_of_any_port() -> None:
    policy = one(UNIFIED + PAIR + "a match dynamic-application [ junos:HTTP junos:FACEBOOK-ACCESS ]\n" + PAIR + "a then deny")
    assert policy.is_open
    assert policy.dynamic_applications == ("junos:HTTP", "junos:FACEBOOK-ACCESS")
    assert not one(UNIFIED + PAIR + "a match dynamic-application any\n" + PAIR + "a then deny").is_open


def test_names_by_which_nothing_is_found_are_remarked() -> None:
    text = (UNIFIED + PAIR + "a match dynamic-application junos:NO-SUCH url-category [ banks Enhanced_Games ]\n"
            + PAIR + "a then permit\nset security utm custom-objects url-pattern p value bank.test\n"
            "set security utm custom-objects custom-url-category banks value p\n")
    assert {(remark.statement, remark.message) for remark in lab(text).warnings} == {
        ("policy a match dynamic-application junos:NO-SUCH",
         "no application is known by this name: by it the policy never matches"),
        ("policy a match url-category Enhanced_Games",
         "no URL category is known by this name: by it the policy never matches")}
    udp = PAIR + "a match application junos-dns-udp dynamic-application junos:HTTP\n"
    remarks = lab(UNIFIED + udp + PAIR + "a then permit").warnings
    assert [remark.message for remark in remarks] == ["never matches: only what TCP carries is looked into"]


def test_usual_ports_are_every_port_and_that_is_said() -> None:
    text = UNIFIED + PAIR + "a match application junos-defaults dynamic-application junos:HTTP\n" + PAIR + "a then deny"
    assert [remark.statement for remark in lab(text).warnings] == ["policy a match application junos-defaults"]


def test_a_policy_may_reject_over_tls() -> None:
    profile = "set services ssl proxy profile fp root-ca x trusted-ca all\n"
    policy = one(profile + PAIR + "a" + ALL + PAIR + "a then reject ssl-proxy profile-name fp")
    assert (policy.action, policy.services.ssl_proxy_profile) == (Action.REJECT, "fp")


def test_what_is_logged_before_the_application_is_known() -> None:
    pre_id = "set security policies pre-id-default-policy then log session-close\n"
    table = lab(pre_id).policies
    assert (table.pre_id_log_init, table.pre_id_log_close) == (False, True)
    assert not lab(pre_id).warnings


def test_an_inactive_policy_is_not_there() -> None:
    lines = PAIR + "a" + ALL + PAIR + "a then permit\n" + PAIR.replace("set", "deactivate", 1) + "a\n"
    assert lab(lines).policies.policies == ()


@pytest.mark.parametrize(("lines", "line", "word", "said"), [
    (PAIR + "a" + ALL, 6, "a", "policy has no action, 'then' takes one of permit, deny, reject"),
    (PAIR + "a" + ALL + PAIR + "a then permit\n" + PAIR + "a then deny", 6, "a", "policy has permit and deny, 'then'"),
    (PAIR + "a match source-address any application any\n" + PAIR + "a then deny", 6, "a", "policy has no 'match dest"),
    (PAIR + "a match source-address any destination-address any\n" + PAIR + "a then deny", 6, "a", "policy has no"),
    ((PAIR + "a" + ALL + PAIR + "a then deny").replace("untrust", "dmz"), 6, "dmz", "no such zone"),
    (PAIR + "a" + ALL + PAIR + "a then permit application-services ssl-proxy profile-name q", 7, "q", "no such SSL"),
    (PAIR + "a" + ALL + PAIR + "a then deny\n" + PAIR + "a match source-address web", 8, "web", "no such address in"),
    (PAIR + "a" + ALL + PAIR + "a then deny\n" + PAIR + "a match application htps", 8, "htps", "no such application"),
    ("set security policies global policy g" + ALL + "set security policies global policy g then deny\n"
     "set security policies global policy g match from-zone lan", 8, "lan", "no such zone")])
def test_mistakes(lines: str, line: int, word: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        lab(lines)
    assert (caught.value.line, caught.value.word) == (line, word)
    assert caught.value.message.startswith(said)
