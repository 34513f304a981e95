"""What becomes of sessions: endings, rules and their order, exemptions, ip-actions, what is told to other workers."""

from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest
from msgspec import structs

from hwmodel.session import Direction
from nf.policy.attacks import Attack, Content, IdpAction, Member, Rate, Severity
from nf.policy.idp import ExemptRule, Idp, IdpPolicy, IdpRule, IpAction, RuleMatch
from nf.policy.systems import LogicalSystem, Systems
from nf.services import Attachment, Bulletin, Ending, Opinion, ServiceError, Verdict
from nf.services.idp import Detection
from nf.services.idp.ip_actions import meant
from nf.services.idp.rates import counted
from nf.tls.secured import Secured
from tests.services.attachments import FACTS, POLICY, TRUST, UNTRUST, facts_of, field
from tests.services.idp.traffic import (
    ASKING,
    configured,
    detection,
    names,
    records,
    request,
    response,
    rule,
    session,
    show,
    system,
    up,
)

BAD = Attack("BAD", (Member("http.uri", (Content(b"bad"),), name="m01"),), Severity.MAJOR, IdpAction.CLOSE_SERVER)
WORSE = replace(BAD, name="WORSE")
STREAM = up(request("/bad"))


def ruled(*rules: IdpRule, exempt: tuple[ExemptRule, ...] = ()) -> Idp:
    return configured(attacks=(BAD, WORSE), policy=IdpPolicy("P", rules, exempt))


def seen(idp: Idp, service: Detection | None = None) -> Opinion:
    return show(session(service or detection(idp), idp), STREAM)[-1]


@pytest.mark.parametrize(("action", "ending"), [
    (IdpAction.DROP, Ending.SILENT), (IdpAction.DROP_PACKET, Ending.SILENT), (IdpAction.CLOSE, Ending.RESET),
    (IdpAction.CLOSE_CLIENT, Ending.CLOSE_CLIENT), (IdpAction.CLOSE_SERVER, Ending.CLOSE_SERVER),
    (IdpAction.RECOMMENDED, Ending.CLOSE_SERVER)])
def test_actions_that_end_a_session(action: IdpAction, ending: Ending) -> None:
    opinion = seen(ruled(rule({"BAD"}, action)))
    assert opinion.verdict is Verdict.BLOCK
    assert opinion.block is not None
    assert (opinion.block.reason, opinion.block.ending) == ("IDP: BAD", ending)


def test_actions_that_do_not() -> None:
    assert seen(ruled(rule({"BAD"}, IdpAction.NONE))).verdict is Verdict.PERMIT
    assert seen(ruled(rule({"BAD"}, IdpAction.IGNORE))).verdict is Verdict.IGNORE
    marked = seen(ruled(rule({"BAD"}, IdpAction.MARK, codepoint=10)))
    assert (marked.verdict, marked.dscp) == (Verdict.PERMIT, 10)


def test_the_log_names_rule_severity_and_what_was_carried() -> None:
    (record,) = records([seen(ruled(rule({"BAD"}, IdpAction.CLOSE, severity=Severity.INFO, alert=True)))])
    told = {name: field(record, name) for name in (
        "rule-name", "policy-name", "action", "threat-severity", "attack-name", "alert", "epoch-time", "inbound-bytes")}
    assert told == {"rule-name": "R1", "policy-name": "P", "action": "CLOSE", "threat-severity": "INFO", "attack-name": "BAD",
                    "alert": "yes", "epoch-time": "1700000000", "inbound-bytes": str(len(STREAM[0][1]))}


def test_the_heaviest_of_several_rules_decides_and_each_logs_its_own() -> None:
    second = replace(rule({"BAD"}, IdpAction.DROP), name="R2")
    opinion = seen(ruled(rule({"BAD"}, IdpAction.NONE), second, rule({"WORSE"}, IdpAction.CLOSE)))
    assert opinion.block is not None
    assert opinion.block.ending is Ending.SILENT
    assert [(field(one, "rule-name"), field(one, "action")) for one in opinion.records] == [("R1", "NONE"), ("R2", "DROP")]


def test_a_terminal_rule_is_the_last_for_those_it_matches() -> None:
    last = replace(rule({"WORSE"}, IdpAction.NONE), terminal=True)
    assert names([seen(ruled(last, rule({"BAD"}, IdpAction.DROP)))]) == ["WORSE"]
    elsewhere = replace(last, match=RuleMatch(from_zone="untrust"))
    assert names([seen(ruled(elsewhere, rule({"BAD"}, IdpAction.DROP)))]) == ["BAD"]


def test_what_is_exempt_is_no_attack() -> None:
    exempt = ExemptRule("E", RuleMatch(from_zone="trust"), frozenset({"BAD"}), logs=True)
    opinion = seen(ruled(rule({"BAD", "WORSE"}, IdpAction.NONE), exempt=(exempt,)))
    assert [(field(one, "rulebase-name"), field(one, "attack-name")) for one in opinion.records] == [
        ("EXEMPT", "BAD"), ("IPS", "WORSE")]
    assert seen(ruled(rule({"BAD"}, IdpAction.DROP), exempt=(exempt,))).verdict is Verdict.PERMIT


def test_it_is_active_where_a_policy_asks_for_it() -> None:
    idp = ruled(rule({"BAD"}))
    service = detection(idp)
    at = Attachment(POLICY, TRUST, UNTRUST, system(idp), FACTS)
    by_default = replace(POLICY, services=replace(POLICY.services, others=(("idp", ""),)))
    assert service.attach(at) is None
    assert service.attach(structs.replace(at, policy=by_default)) is not None
    assert detection(replace(idp, default=None)).attach(structs.replace(at, policy=by_default)) is None
    assert service.attach(structs.replace(at, policy=ASKING)) is not None


ACTION = IpAction("block", "source-address", 60, log=True, log_create=True)


def announced(action: IpAction) -> tuple[Detection, Idp, Opinion]:
    idp = ruled(rule({"BAD"}, IdpAction.NONE, ip_action=action))
    service = detection(idp)
    opinion = seen(idp, service)
    for bulletin in opinion.bulletins:
        service.hear(bulletin, 0.0)
    return service, idp, opinion


@pytest.mark.parametrize(("kind", "verdict"), [
    ("block", Verdict.BLOCK), ("close", Verdict.BLOCK), ("notify", Verdict.PERMIT)])
def test_an_ip_action_meets_later_sessions_for_its_time(kind: str, verdict: Verdict) -> None:
    service, idp, opinion = announced(replace(ACTION, kind=kind))  # type: ignore[arg-type]
    assert [field(one, "message") for one in opinion.records] == ["-", f"ip-action {kind} created"]
    later = session(service, idp).open(59.0)
    assert later.verdict is verdict
    assert field(later.records[0], "message") == f"ip-action {kind}"
    assert session(service, idp).open(60.0).verdict is Verdict.PERMIT


@pytest.mark.parametrize(("target", "met"), [
    ("source-address", {"source", "port"}), ("destination-address", {"destination", "source", "other"}),
    ("service", {"source"}),
    ("source-zone", {"source", "port", "destination", "other"}), ("source-zone-address", {"source", "port"}),
    ("zone-service", {"source", "destination", "other"})])
def test_targets(target: str, met: set[str]) -> None:
    service, idp, _ = announced(replace(ACTION, target=target))
    flow = FACTS.five_tuple
    changes = {"source": {"sport": 1}, "port": {"dst": ip_address("198.51.100.7"), "dport": 80},
               "destination": {"src": ip_address("192.0.2.77")}, "other": {"src": ip_address("192.0.2.78")}}
    others = {name: structs.replace(flow, **change) for name, change in changes.items()}
    found = set()
    for name, other in others.items():
        attached = service.attach(Attachment(ASKING, TRUST, UNTRUST, system(idp), facts_of(other)))
        assert attached is not None
        if attached.open(1.0).verdict is Verdict.BLOCK:
            found.add(name)
    assert found == met


def test_an_ip_action_that_is_met_may_begin_anew() -> None:
    service, idp, _ = announced(replace(ACTION, refresh=True))
    (again,) = session(service, idp).open(50.0).bulletins
    service.hear(again, 50.0)
    assert session(service, idp).open(100.0).verdict is Verdict.BLOCK
    assert announced(ACTION)[0].report("status", {})["ip-actions"] == "1"


def test_attacks_count_over_sessions_and_workers() -> None:
    rated = replace(BAD, rate=Rate("threshold", 3, 60.0, "source"))
    idp = configured(rule({"BAD"}, IdpAction.DROP), attacks=(rated,))
    service = detection(idp)
    first = seen(idp, service)
    assert (first.verdict, names([first])) == (Verdict.PERMIT, [])
    service.hear(first.bulletins[0], 0.0)  # one's own is counted already
    service.hear(replace_value(first.bulletins[0]), 0.0)
    assert seen(idp, service).verdict is Verdict.BLOCK


def test_logical_systems_count_for_themselves() -> None:
    rate = Rate("threshold", 3, 60.0, "source")
    here, there = (structs.replace(FACTS, logical_system=name) for name in ("one", "two"))
    assert counted(BAD, rate, here) != counted(BAD, rate, there)
    assert meant("source-address", here) != meant("source-address", there)


def replace_value(bulletin: Bulletin) -> Bulletin:
    return Bulletin(bulletin.service, bulletin.key, "another worker", bulletin.seconds)


def test_names_of_the_handshakes_are_looked_at() -> None:
    sni = Attack("SNI", (Member("tls.sni", (Content(b"evil"),), Direction.C2S),))
    idp = configured(rule({"SNI"}, IdpAction.DROP), attacks=(sni,))
    service = detection(idp)
    assert session(service, idp).secure(Secured("www.evil.test"), 0.0).verdict is Verdict.BLOCK
    assert session(service, idp).secure(Secured("www.good.test", chain=(b"no certificate",)), 0.0).verdict is Verdict.PERMIT


def test_a_session_in_which_nothing_can_be_found_is_left() -> None:
    idp = ruled(rule({"BAD"}))
    both = [(way, b"\xff" * 70_000) for way in Direction]
    assert [opinion.verdict for opinion in show(session(detection(idp), idp), both)] == [Verdict.PERMIT, Verdict.IGNORE]


def test_content_beyond_its_depth_is_of_no_interest() -> None:
    late = Attack("LATE", (Member("http.response_body", (Content(b"late"),)),))
    idp = replace(configured(rule({"LATE"}), attacks=(late,)), depth=1)
    attached = session(detection(idp), idp)
    head, body = response(b"x" * 4096).split(b"\r\n\r\n")
    show(attached, [*up(request()), (Direction.S2C, head + b"\r\n\r\n" + body[:1023])])
    assert [attached.indifferent(way) for way in Direction] == [True, False]
    attached = session(detection(idp), idp)
    assert names(show(attached, [*up(request()), (Direction.S2C, head + b"\r\n\r\n" + body[:1024] + b"late")])) == []
    assert attached.indifferent(Direction.S2C)


def test_reports_add_up_and_are_cleared() -> None:
    idp = ruled(rule({"BAD"}, IdpAction.NONE))
    service = detection(idp)
    seen(idp, service)
    assert service.report("attacks", {}) == {"attacks": {"BAD": 1}}
    assert service.report("counters", {}) == {"counters": {"sessions": 1, "action no-action": 1}}
    assert service.report("policies", {}) == {"policies": [["root-logical-system", "P", 1]]}
    assert service.report("clear attacks", {})
    assert service.report("attacks", {}) == {"attacks": {}}


def test_a_rule_file_that_is_not_there_ends_the_start() -> None:
    idp = configured(policy=IdpPolicy("P", rule_files=("/nowhere/x.rules",)))
    with pytest.raises(ServiceError, match=r"rule file /nowhere/x.rules: No such file"):
        Detection.prepare(Systems((system(idp),)))


def test_a_rule_file_that_has_changed_makes_the_service_stale(tmp_path: Path) -> None:
    file = tmp_path / "lab.rules"
    file.write_text('alert tcp any any -> any any (content:"a"; sid:1;)\n')
    service = detection(configured(policy=IdpPolicy("P", rule_files=(str(file),))))
    assert not service.stale()
    file.write_text("")
    assert service.stale()
    file.unlink()
    assert service.stale()


def test_systems_and_rule_files_may_call_different_attacks_alike(tmp_path: Path) -> None:
    other = replace(BAD, members=(Member("http.uri", (Content(b"other"),), name="m01"),))
    text = 'alert http any any -> any any (flow:to_server; http.uri; content:"{}"; sid:1;)\n'
    for name in ("bad", "other"):
        (tmp_path / name).write_text(text.format(name))
    first, second = (configured(attacks=(attack,), policy=IdpPolicy("P", (rule({"BAD"}),), rule_files=(str(tmp_path / name),)))
                     for attack, name in ((BAD, "bad"), (other, "other")))
    inner = LogicalSystem("LS1", "logical-system", services={"idp": second})
    service = Detection(Systems((system(first), inner)), clock=lambda: 0.0)
    for box, expected in ((system(first), ["SID:1", "BAD"]), (inner, [])):
        attached = service.attach(Attachment(ASKING, TRUST, UNTRUST, box, FACTS))
        assert attached is not None
        assert sorted(names(show(attached, STREAM))) == sorted(expected)
