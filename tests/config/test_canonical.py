from dataclasses import replace
from ipaddress import ip_address, ip_network

from nf.config.canonical import digest
from nf.config.configuration import Configuration, Remark
from nf.policy.match import AddressMatch, ApplicationMatch
from nf.policy.policies import Action, Policy, PolicyTable
from nf.policy.profile import SslProxyProfile
from nf.policy.zones import Route, Zone, ZoneMap

NOTHING = AddressMatch((), ())
POLICY = Policy("a", ("t",), ("u",), NOTHING, NOTHING, ApplicationMatch((), ()), Action.PERMIT)


def of(*policies: Policy) -> str:
    return digest(Configuration(policies=PolicyTable(policies)))


def test_remarks_and_the_digest_itself_do_not_count() -> None:
    plain = Configuration()
    assert digest(replace(plain, digest="x", warnings=(Remark("o", 1, "s", "m"),))) == digest(plain)


def test_policies_are_ordered_within_their_pair_of_zones_only() -> None:
    other, back = replace(POLICY, name="b"), replace(POLICY, from_zones=("u",), to_zones=("t",))
    assert of(POLICY, other) != of(other, POLICY)
    assert of(POLICY, back) == of(back, POLICY)
    shared = replace(POLICY, is_global=True)
    assert of(shared, replace(shared, name="b")) != of(replace(shared, name="b"), shared)


def test_order_without_meaning() -> None:
    routes = tuple(Route(ip_network(prefix), ip_address("10.0.0.1")) for prefix in ("10.1.0.0/16", "10.2.0.0/16"))
    one = ZoneMap({"a": Zone("a", ("x", "y")), "b": Zone("b")}, {}, routes)
    two = ZoneMap({"b": Zone("b"), "a": Zone("a", ("y", "x"))}, {}, routes[::-1])
    assert digest(Configuration(zone_map=one)) == digest(Configuration(zone_map=two))
    names = (AddressMatch(("h", "i"), ()), AddressMatch(("i", "h"), ()))
    assert of(replace(POLICY, source=names[0])) == of(replace(POLICY, source=names[1]))


def test_every_log_class_counts_once() -> None:
    logs = [frozenset({"errors", "info"}), frozenset({"info", "errors"}), frozenset({"info"})]
    found = [digest(Configuration(ssl_profiles={"p": SslProxyProfile("p", log=log)})) for log in logs]  # type: ignore[arg-type]
    assert found[0] == found[1] != found[2]
