"""What a policy wants logged of a session that it permits or refuses."""

from dataclasses import replace

import pytest

from nf.flow.entry import Refusal, SessionEntry
from nf.inspection.inspection import Inspection
from nf.log.records import ApplicationFacts, CloseReason, session_close, session_create, session_deny
from nf.policy.policies import Action, Policy
from nf.policy.zones import Interface
from nf.sslproxy.plan import Plan
from tests.services.attachments import FACTS, FLOW, POLICY, VOLUME


def entry(policy: Policy) -> SessionEntry:
    return SessionEntry(FLOW, policy, Interface("ge-0/0/1.0"), FACTS, Plan(FACTS), Inspection(()))


def test_session_init_and_session_close_are_logged_each_by_its_own_word() -> None:
    begun, ended = entry(replace(POLICY, log_init=True)), entry(replace(POLICY, log_close=True))
    assert begun.created() == (session_create(FACTS),)
    assert begun.closed(CloseReason.FIN, VOLUME) == ended.created() == ()
    assert ended.closed(CloseReason.FIN, VOLUME) == (session_close(FACTS, ApplicationFacts(), CloseReason.FIN, VOLUME),)


def test_close_names_what_inspection_has_found() -> None:
    session = entry(replace(POLICY, log_close=True))
    session.inspection.mark_encrypted(True)
    known = ApplicationFacts(encrypted="Yes")
    assert session.closed(CloseReason.IDLE, VOLUME) == (session_close(FACTS, known, CloseReason.IDLE, VOLUME),)


@pytest.mark.parametrize(("policy", "logged"), [
    (replace(POLICY, action=Action.DENY, log_init=True), True),
    (replace(POLICY, action=Action.REJECT, log_close=True), True),
    (replace(POLICY, action=Action.DENY), False), (None, False)])
def test_refusals_are_logged_where_their_policy_logs(policy: Policy | None, logged: bool) -> None:
    assert Refusal(FACTS, Action.DENY, policy).denied() == ((session_deny(FACTS),) if logged else ())
