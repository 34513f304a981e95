"""Which policies may still be a session's own, by what is known of its application and its server."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from nf.policy.policies import Action, ApplicationServices, PolicyTable
from nf.policy.unified import Candidates, Fit, Known
from nf.policy.url_categories import UrlCategory
from tests.services.attachments import FLOW, POLICY

BANKS = {"banks": UrlCategory("banks", patterns=("*.bank.test",))}
HTTP, SSL, FACEBOOK = "junos:HTTP", "junos:SSL", "junos:FACEBOOK-ACCESS"


def policy(name: str, *applications: str, categories: tuple[str, ...] = (), action: Action = Action.PERMIT,
           profile: str | None = None):
    services = ApplicationServices(ssl_proxy=True, ssl_proxy_profile=profile) if profile else ApplicationServices()
    return replace(POLICY, name=name, dynamic_applications=applications, url_categories=categories, action=action,
                   services=services)


SOCIAL, WEB, REST = policy("social", FACEBOOK, action=Action.DENY), policy("web", HTTP, SSL, profile="a"), policy("rest")


def known(*applications: str, host: str | None = None, final: bool = False) -> Known:
    return Known(frozenset(applications), host, final)


@pytest.mark.parametrize(("one", "what", "fit"), [
    (REST, known(), Fit.YES), (policy("x", "any"), known(), Fit.YES), (policy("x", "none"), known(), Fit.YES),
    (SOCIAL, known(), Fit.MAYBE), (SOCIAL, known(SSL), Fit.MAYBE), (SOCIAL, known(SSL, FACEBOOK), Fit.YES),
    (SOCIAL, known(SSL, final=True), Fit.NO), (WEB, known(SSL), Fit.YES), (WEB, known(final=True), Fit.NO),
    (policy("x", categories=("banks",)), known(host="www.bank.test"), Fit.YES),
    (policy("x", categories=("banks",)), known(host="www.shop.test"), Fit.MAYBE),
    (policy("x", categories=("banks",)), known(host="www.shop.test", final=True), Fit.NO),
    (policy("x", categories=("unheard",)), known(host="www.bank.test", final=True), Fit.NO),
    (policy("x", SSL, categories=("banks",)), known(SSL), Fit.MAYBE),
    (policy("x", SSL, categories=("banks",)), known(SSL, host="a.test", final=True), Fit.NO)])
def test_whether_a_policy_fits(one, what: Known, fit: Fit) -> None:
    assert what.fit(one, BANKS) is fit


def test_policies_that_depend_on_more_are_only_for_tcp() -> None:
    udp = structs.replace(FLOW, proto=17)
    table = PolicyTable((SOCIAL, WEB, REST, policy("behind")))
    assert [one.name for one in table.candidates("trust", "untrust", FLOW)] == ["social", "web", "rest"]
    assert table.lookup("trust", "untrust", FLOW) is SOCIAL
    assert [one.name for one in table.candidates("trust", "untrust", udp)] == ["rest"]
    assert table.lookup("trust", "untrust", udp) is REST


def test_the_first_that_fits_decides_once_none_before_it_may() -> None:
    candidates = Candidates((SOCIAL, WEB, REST))
    assert not candidates.decided(known())
    left = candidates.narrowed(known(SSL))
    assert (left.policies, left.decided(known(SSL))) == ((SOCIAL, WEB), False)
    final = known(SSL, final=True)
    assert (left.narrowed(final).policies, left.narrowed(final).decided(final)) == ((WEB,), True)
    assert candidates.narrowed(known(FACEBOOK)).policies == (SOCIAL,)
    nothing = Candidates((SOCIAL, WEB)).narrowed(known(final=True))
    assert (nothing.policies, nothing.decided(known(final=True))) == ((), True)


def test_profiles_are_those_of_whoever_lets_in() -> None:
    both = (policy("a", HTTP, profile="one"), policy("b", SSL, profile="two"), policy("c", profile="one"))
    assert Candidates(both).profiles == ("one", "two")
    assert Candidates((policy("d", HTTP, profile="three", action=Action.DENY), REST)).profiles == ()


NAMES = st.lists(st.sampled_from([HTTP, SSL, FACEBOOK, "any"]), max_size=2).map(tuple)
TABLES = st.lists(st.builds(lambda names: policy("p", *names), NAMES), max_size=5).map(tuple)
FOUND = st.frozensets(st.sampled_from([HTTP, SSL, FACEBOOK]))


@given(TABLES, FOUND, FOUND)
def test_what_is_learnt_in_two_steps_leads_to_the_same_policy_as_at_once(policies, first, then) -> None:
    whole = Known(first | then, final=True)
    at_once = Candidates(policies).narrowed(whole)
    in_steps = Candidates(policies).narrowed(Known(first)).narrowed(whole)
    assert in_steps.policies[:1] == at_once.policies[:1]
    assert at_once.decided(whole)
    if Candidates(policies).narrowed(Known(first)).decided(Known(first)):
        assert Candidates(policies).narrowed(Known(first)).policies[:1] == at_once.policies[:1]
