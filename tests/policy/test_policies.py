from dataclasses import replace
from ipaddress import ip_address, ip_network

from msgspec import structs

from hwmodel.session import FiveTuple
from nf.policy.match import AddressMatch, Application, ApplicationMatch, ApplicationTerm, PortRange
from nf.policy.policies import Action, ApplicationServices, FailMode, Policy, PolicyTable

EVERY = AddressMatch(("any",), (ip_network("0.0.0.0/0"), ip_network("::/0")))
HTTPS = Application("junos-https", (ApplicationTerm(6, PortRange(), PortRange(443, 443)),))
TLS = ApplicationMatch(("junos-https",), (HTTPS,))
INSPECT = Policy("inspect", ("trust",), ("untrust",), EVERY, EVERY, TLS, Action.PERMIT,
                 ApplicationServices(ssl_proxy=True))
LAB = AddressMatch(("lab",), (ip_network("10.0.0.0/8"),))
REFUSE = Policy("refuse", (), (), LAB, EVERY, TLS, Action.REJECT, is_global=True)
FLOW = FiveTuple(ip_address("10.0.0.1"), 40000, ip_address("192.0.2.1"), 443)


def test_a_policy_speaks_of_its_pair_of_zones_alone() -> None:
    assert INSPECT.covers("trust", "untrust", FLOW)
    assert not INSPECT.covers("untrust", "trust", FLOW)
    assert REFUSE.covers("a", "b", FLOW)
    assert not replace(REFUSE, to_zones=("dmz",)).joins("a", "b")


def test_every_condition_must_hold() -> None:
    assert not REFUSE.covers("a", "b", structs.replace(FLOW, src=ip_address("11.0.0.1")))
    assert not REFUSE.covers("a", "b", structs.replace(FLOW, dport=80))
    assert not replace(REFUSE, destination=LAB).covers("a", "b", FLOW)


def test_the_first_policy_that_covers_decides_then_the_default() -> None:
    table = PolicyTable((INSPECT, replace(INSPECT, name="later", action=Action.DENY), REFUSE))
    assert table.lookup("trust", "untrust", FLOW) is INSPECT
    assert table.action("trust", "untrust", FLOW) is Action.PERMIT
    assert table.action("untrust", "trust", FLOW) is Action.REJECT
    assert table.lookup("trust", "untrust", structs.replace(FLOW, dport=80)) is None
    assert table.action("trust", "untrust", structs.replace(FLOW, dport=80)) is Action.DENY
    assert PolicyTable(default=Action.PERMIT).action("a", "b", FLOW) is Action.PERMIT


def test_services_are_there_when_one_is_asked_for() -> None:
    assert not ApplicationServices()
    assert ApplicationServices(ssl_proxy=True)
    assert ApplicationServices(others=(("idp", ""),))


def test_conditions_beyond_the_five_tuple_are_named_and_any_is_none() -> None:
    assert INSPECT.conditions == ()
    narrowed = replace(INSPECT, dynamic_applications=("junos:HTTP",), url_categories=("any",),
                       other_conditions=(("source-identity-feed", ("f",)),))
    assert narrowed.conditions == (("dynamic-application", ("junos:HTTP",)), ("source-identity-feed", ("f",)))


def test_a_policy_fails_closed() -> None:
    assert INSPECT.fail_mode is FailMode.CLOSED
