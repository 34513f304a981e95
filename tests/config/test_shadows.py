from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.session import FiveTuple
from nf.config import load
from nf.config.shadows import Covering
from nf.policy.match import AddressMatch, Application, ApplicationMatch, ApplicationTerm, PortRange
from nf.policy.policies import Action, Policy

LAB = """set security zones security-zone t interfaces ge-0/0/0.0
set security zones security-zone u interfaces ge-0/0/1.0
set security address-book global address net 10.1.0.0/16
set security address-book global address host 10.1.2.3/32
set security address-book global address other 10.9.0.0/16
"""
PAIR = "set security policies from-zone t to-zone u policy "
GLOBAL = "set security policies global policy "


def policy(name: str, source: str = "any", destination: str = "any", application: str = "any", more: str = "",
           place: str = PAIR) -> str:
    return (f"{place}{name} match source-address {source} destination-address {destination}\n"
            + (f"{place}{name} match application {application}\n" if application else "")
            + (f"{place}{name} match {more}\n" if more else "") + f"{place}{name} then permit\n")


def unreached(*policies: str) -> list[str]:
    return [remark.message for remark in load(LAB + "".join(policies), "t").warnings if "never reached" in remark.message]


@pytest.mark.parametrize(("first", "second", "covered"), [
    (policy("a"), policy("b"), True),
    (policy("a", "net"), policy("b", "host"), True),
    (policy("a", "host"), policy("b", "net"), False),
    (policy("a", "[ net other ]"), policy("b", "[ other host ]"), True),
    (policy("a", application="junos-http"), policy("b", application="junos-https"), False),
    (policy("a", application="[ junos-http junos-https ]"), policy("b", application="junos-https"), True),
    (policy("a", "host", more="source-address-excluded"), policy("b", "other"), True),
    (policy("a", "host", more="source-address-excluded"), policy("b", "net"), False),
    (policy("a", "host", more="source-address-excluded"), policy("b", "net", more="source-address-excluded"), True),
    (policy("a"), policy("b", "net", more="source-address-excluded"), True),
    (policy("a", more="source-identity joe"), policy("b"), False),
    (policy("a"), policy("b", more="source-identity joe"), True),
    (policy("a"), policy("b", place=GLOBAL), False),
    (policy("a"), policy("b", more="from-zone t to-zone u", place=GLOBAL), True),
    (policy("a", place=GLOBAL), policy("b", more="from-zone t", place=GLOBAL), True),
    (policy("a", more="from-zone t", place=GLOBAL), policy("b", place=GLOBAL), False)])
def test_a_policy_that_an_earlier_one_covers(first: str, second: str, covered: bool) -> None:
    assert unreached(first, second) == (["policy b is never reached: a covers it"] if covered else [])


def test_the_remark_names_the_place_and_the_line() -> None:
    remark = next(each for each in load(LAB + policy("a") + policy("b", "net"), "t").warnings if "never" in each.message)
    assert (remark.line, remark.statement) == (9, "from-zone t to-zone u")


PREFIXES = st.lists(st.builds(lambda bits, length: ip_network((bits >> (32 - length) << (32 - length), length)),
                              st.integers(0, 2**32 - 1).map(lambda bits: bits & 0xC0000003), st.sampled_from([1, 2, 31, 32])),
                    min_size=1, max_size=3)
TERMS = st.builds(lambda protocol, low, more: ApplicationTerm(protocol, PortRange(), PortRange(low, low + more)),
                  st.sampled_from([None, 6, 17]), st.integers(0, 3), st.integers(0, 3))
MATCHES = st.builds(lambda prefixes, negated: AddressMatch((), tuple(prefixes), negated), PREFIXES, st.booleans())
PLAIN = Policy("p", (), (), AddressMatch((), ()), AddressMatch((), ()), ApplicationMatch((), ()), Action.PERMIT)
POLICIES = st.builds(lambda source, destination, term: replace(
    PLAIN, source=source, destination=destination,
    application=ApplicationMatch((), (Application("a", (term,)),))), MATCHES, MATCHES, TERMS)
ENDS = st.integers(0, 2**32 - 1).map(lambda bits: ip_address(bits & 0xC0000003))


@given(POLICIES, POLICIES, st.lists(st.tuples(ENDS, ENDS, st.integers(0, 6), st.sampled_from([6, 17])), min_size=5))
def test_whatever_a_covered_policy_covers_the_other_does(
        one: Policy, other: Policy, flows: list[tuple[object, object, int, int]]) -> None:
    if Covering().holds(one, other):
        for src, dst, port, proto in flows:
            flow = FiveTuple(src, 1025, dst, port, proto)  # type: ignore[arg-type]
            assert one.covers("t", "u", flow) or not other.covers("t", "u", flow)
