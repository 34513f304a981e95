from dataclasses import replace

import pytest
from os_ken.lib.packet import icmp, tcp, udp

from nf.controller.denials import Denials
from nf.log.records import LogRecord
from nf.policy.match import ApplicationTerm
from nf.policy.policies import Action
from tests.controller.networks import ONE, applications, configuration, policy, tcp_term
from tests.controller.test_packets import frame

WAY = ("10.0.0.1", "10.0.0.2")  # from trust, port 1, to untrust
LOGGED = {"log_init": True}


def judge(sent: bytes, *policies, port: int = 1):
    return Denials(configuration(policies), ONE).judge("s1", port, sent)


def syn(dport: int = 80) -> bytes:
    return frame(WAY, tcp.tcp(40000, dport, bits=tcp.TCP_SYN))


def fields(record: LogRecord) -> dict[str, str]:
    return dict(record.fields)


def test_a_denied_packet_is_logged_where_its_policy_says_so():
    logged = replace(policy("no-web", Action.DENY, application=applications(tcp_term(80))), **LOGGED)
    denial = judge(syn(), logged)
    assert denial.answer is None
    (record,) = denial.records
    assert record.name == "RT_FLOW_SESSION_DENY"
    assert {
        "source-address": "10.0.0.1", "source-port": "40000", "destination-address": "10.0.0.2",
        "destination-port": "80",
        "protocol-id": "6", "policy-name": "no-web", "source-zone-name": "trust", "destination-zone-name": "untrust",
        "packet-incoming-interface": "ge-0/0/0.0", "reason": "Denied by policy"}.items() <= fields(record).items()


@pytest.mark.parametrize(("action", "logs", "expected"), [
    (Action.DENY, {}, (0, False)), (Action.DENY, LOGGED, (1, False)), (Action.DENY, {"log_close": True}, (1, False)),
    (Action.REJECT, {}, (0, True)), (Action.REJECT, LOGGED, (1, True))])
def test_deny_and_reject_with_and_without_a_log(action, logs, expected):
    denial = judge(syn(), replace(policy("p", action), **logs))
    assert (len(denial.records), denial.answer is not None) == expected


def test_what_no_policy_denies_leads_to_nothing():
    assert judge(syn(), policy("web")) is None
    assert judge(syn()) is None  # the default action
    assert judge(syn(), replace(policy("later", Action.REJECT), from_zones=("dmz",))) is None


def test_the_first_policy_decides():
    web, rest = policy("web", application=applications(tcp_term(443))), policy("rest", Action.REJECT)
    assert judge(syn(443), web, rest) is None
    assert judge(syn(80), web, rest).answer


def test_udp_and_icmp_are_logged_and_only_udp_answered():
    rest = replace(policy("rest", Action.REJECT), **LOGGED)
    assert judge(frame(WAY, udp.udp(40000, 53)), rest).answer
    denial = judge(frame(WAY, icmp.icmp(icmp.ICMP_ECHO_REQUEST)), rest)
    assert denial.answer is None
    assert {"icmp-type": "8", "protocol-id": "1"}.items() <= fields(denial.records[0]).items()


def test_icmp_is_told_apart_by_type():
    """A five-tuple has no type, so a policy about other types must not be taken for the one that denied."""
    ping = policy("ping", application=applications(ApplicationTerm(1, icmp_type=8)))
    rest = replace(policy("rest", Action.DENY), **LOGGED)
    assert judge(frame(WAY, icmp.icmp(8)), ping, rest) is None
    assert fields(judge(frame(WAY, icmp.icmp(13, data=b"1234")), ping, rest).records[0])["policy-name"] == "rest"


def test_what_is_no_ip_packet_or_comes_from_nowhere_leads_to_nothing():
    rest = policy("rest", Action.REJECT)
    assert judge(bytes(60), rest) is None
    assert judge(syn(), rest, port=99) is None
    assert judge(frame(("10.0.0.1", "203.0.113.9"), tcp.tcp(1, 2, bits=tcp.TCP_SYN)), rest) is None
