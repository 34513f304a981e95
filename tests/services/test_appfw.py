"""The application firewall with application identification in front of it, as a session meets both."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.session import Direction
from nf.inspection.inspection import Inspection
from nf.policy.appfw import AppFwRule, AppFwRuleSet, ApplicationFirewall, BlockMessage
from nf.policy.policies import Action, ApplicationServices
from nf.policy.systems import LogicalSystem, Systems
from nf.services import Attachment, Ending
from nf.services.appfw import AppFw
from nf.services.application_identification import Identification
from tests.services.attachments import FACTS, POLICY, UNTRUST, field, untracked
from tests.tls.hello_bytes import pieces

C2S, S2C = Direction.C2S, Direction.S2C
SOCIAL = AppFwRule("social", frozenset({"junos:web:social-networking"}), "any", Action.DENY, tells=True)
FILES = AppFwRule("files", frozenset({"junos:FTP"}), "no", Action.REJECT)
PERMITS = AppFwRule("default-rule")
GET = b"GET / HTTP/1.1\r\nHost: %s\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def inspection(rules: Sequence[AppFwRule] = (SOCIAL, FILES), default: AppFwRule = PERMITS, message: BlockMessage | None = None,
               *, lookup: bool = False, encrypted: bool = True) -> tuple[Inspection, AppFw]:
    firewall = ApplicationFirewall({"rs": AppFwRuleSet("rs", tuple(rules), default, message)}, lookup)
    system = LogicalSystem(services={"appfw": firewall})
    policy = replace(POLICY, services=ApplicationServices(others=(("application-firewall", "rs"),)), log_init=True)
    attachment = Attachment(policy, untracked(UNTRUST), UNTRUST, system, FACTS)
    service = AppFw.prepare(Systems((system,)))
    watch, identifier = service.attach(attachment), Identification().attach(attachment)
    assert watch is not None
    assert identifier is not None
    found = Inspection((identifier, watch))
    found.mark_encrypted(encrypted)
    return found, service


def test_what_a_rule_denies_does_not_leave() -> None:
    session, _ = inspection()
    passage = session.receive(C2S, GET % b"www.facebook.com")
    assert passage.block is not None
    assert (passage.block.reason, passage.block.ending) == ("application firewall rule-set rs rule social", Ending.SILENT)
    record, = passage.records
    assert (record.name, field(record, "reason"), field(record, "nested-application"), field(record, "application-category")
            ) == ("RT_FLOW_SESSION_DENY", "application firewall rule-set rs rule social", "FACEBOOK-ACCESS", "Web")


def test_what_is_permitted_passes_and_costs_nothing_any_more() -> None:
    session, service = inspection()
    assert session.receive(C2S, GET % b"a.test").data == ((C2S, GET % b"a.test"),)
    assert session.done
    rules = service.report("rule-sets", {})["rule-sets"]["root-logical-system rs"]["rules"]
    assert (rules["default-rule"]["matched"], rules["social"]["matched"]) == (1, 0)


@pytest.mark.parametrize(("encrypted", "blocked"), [(True, False), (False, True)])
def test_rules_may_be_for_what_is_in_the_clear(encrypted: bool, blocked: bool) -> None:
    session, _ = inspection(encrypted=encrypted)
    assert session.receive(S2C, b"220 ready\r\n").data == ((S2C, b"220 ready\r\n"),)
    assert session.receive(C2S, b"USER joe\r\n").blocked is blocked


def test_the_client_of_a_request_is_told() -> None:
    session, _ = inspection(message=BlockMessage("not here"))
    page = session.receive(C2S, GET % b"facebook.com").page
    assert page.startswith(b"HTTP/1.1 403 ")
    assert b"not here" in page
    other, _ = inspection(message=BlockMessage(location="https://why.test/"))
    assert b"location: https://why.test/\r\n" in other.receive(C2S, GET % b"facebook.com").page.replace(b"Loc", b"loc")


def test_later_requests_are_looked_up_with_dynamic_lookup_alone() -> None:
    for lookup in (False, True):
        session, _ = inspection(lookup=lookup, message=BlockMessage("not here"))
        assert not session.receive(C2S, GET % b"a.test").blocked
        assert not session.receive(S2C, OK).blocked
        passage = session.receive(C2S, GET % b"www.facebook.com")
        assert passage.blocked is lookup
        assert (b"not here" in passage.page) is lookup


def test_content_need_not_be_seen_once_its_request_is_permitted() -> None:
    session, _ = inspection(lookup=True, message=BlockMessage("not here"))
    assert not any(service.indifferent(C2S) for service in session.services)
    session.receive(C2S, GET % b"a.test")
    assert all(service.indifferent(S2C) for service in session.services)


@given(st.sampled_from([GET % b"www.facebook.com", GET % b"a.test", b"EHLO a\r\n", b"\x16\x03\x01zz", b"x" * 9000]),
       st.lists(st.integers(0, 9000), max_size=6), st.booleans())
def test_no_cut_changes_the_verdict_or_lets_more_pass(stream: bytes, cuts: list[int], lookup: bool) -> None:
    whole, _ = inspection(lookup=lookup)
    expected = whole.receive(C2S, stream)
    session, _ = inspection(lookup=lookup)
    passages = [session.receive(C2S, piece) for piece in pieces(stream, cuts)]
    assert any(passage.blocked for passage in passages) is expected.blocked
    passed = b"".join(data for passage in passages for _, data in passage.data)
    assert passed == b"".join(data for _, data in expected.data)
    assert [record for passage in passages for record in passage.records] == list(expected.records)
