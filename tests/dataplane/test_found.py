"""What the central point is told of sessions, also of those whose policy comes later."""

from dataclasses import replace

from msgspec import structs

from nf.dataplane.found import Findings
from nf.dataplane.messages import NO_POLICY
from nf.flow.entry import Refusal
from nf.policy.policies import Action, PolicyTable
from nf.policy.systems import LogicalSystem, Systems
from tests.flow.test_open_case import GET, NO_SOCIAL, REST, TLS, WEB, Play

SYSTEMS = Systems((LogicalSystem(policies=PolicyTable((NO_SOCIAL, WEB, TLS, REST))),
                   LogicalSystem("one", "logical-system", policies=PolicyTable((replace(REST),)))))


def test_a_session_is_told_once_and_an_open_one_until_it_is_decided() -> None:
    findings, play = Findings(SYSTEMS), Play(NO_SOCIAL, WEB, TLS, REST, default_profile="standard")
    first = findings.of(play.entry)
    assert (first.pending, first.policy, first.policy_index, first.profile) == (True, "pre-id-default-policy", NO_POLICY, "")
    assert findings.news() == []
    play.hello(b"a.test")
    chosen, = findings.news()
    assert (chosen.pending, chosen.profile, chosen.default_profile) == (True, "standard", "hit")
    play.decrypt().client(GET % b"a.test")
    last, = findings.news()
    assert (last.pending, last.policy, last.policy_index) == (False, "web", 2)
    assert findings.news() == findings.over(first.session_id) == []


def test_what_ends_undecided_has_no_policy() -> None:
    findings, play = Findings(SYSTEMS), Play(NO_SOCIAL, WEB, TLS, REST)
    session_id = findings.of(play.entry).session_id
    play.hello(b"a.test")
    last, = findings.over(session_id)
    assert (last.pending, last.policy_index, last.default_profile) == (False, NO_POLICY, "none")


def test_the_default_policy_of_each_system() -> None:
    findings, facts = Findings(SYSTEMS), Play(WEB, REST).entry.facts
    for system, index in (("root-logical-system", 0), ("one", -1)):
        refusal = Refusal(structs.replace(facts, logical_system=system), Action.DENY, None)
        assert findings.of(refusal).policy_index == index
    assert findings.of(Refusal(facts, Action.DENY, REST)).policy_index == 4
