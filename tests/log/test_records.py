"""Names, values and the order of fields, against the orders that Junos documents."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from typing import get_args

import pytest
from msgspec import structs

from hwmodel.session import FiveTuple
from nf.log.apptrack_records import apptrack_close, apptrack_create, apptrack_volume_update
from nf.log.records import (
    ApplicationFacts,
    CloseReason,
    LogRecord,
    SessionFacts,
    SslProxyMessage,
    Volume,
    ends_of,
    session_close,
    session_create,
    session_deny,
    ssl_proxy,
)
from nf.policy.profile import LogClass, SslProxyProfile

FLOW = FiveTuple(IPv4Address("192.0.2.10"), 35090, IPv4Address("203.0.113.5"), 443)
FACTS = SessionFacts(23, FLOW, ends_of(FLOW), "web-out",
                     "trust", "untrust", "ge-0/0/0.0", "ge-0/0/1.0", "junos-https")
HTTPS = ApplicationFacts("SSL", "FACEBOOK-ACCESS", "Yes", "Web", "Social", "4", "Loss of Productivity;")
VOLUME = Volume(10, 3737, 13, 4971, 2)

ENDS = "source-address source-port destination-address destination-port"
NAT = "nat-source-address nat-source-port nat-destination-address nat-destination-port"
RULES = "src-nat-rule-type src-nat-rule-name dst-nat-rule-type dst-nat-rule-name"
POLICY = "policy-name source-zone-name destination-zone-name"
SESSION = f"{ENDS} connection-tag service-name {NAT} nat-connection-tag {RULES} protocol-id {POLICY} session-id-32"
CLASSES = "application-category application-sub-category application-risk application-characteristics"
CARRIED = "packets-from-client bytes-from-client packets-from-server bytes-from-server elapsed-time"
ROLES = "username roles packet-incoming-interface"
DENIED = f"{ENDS} connection-tag service-name protocol-id icmp-type {POLICY}"
TRACKED = (f"{ENDS} service-name application nested-application {NAT} src-nat-rule-name dst-nat-rule-name "
           f"protocol-id {POLICY} session-id-32")

ORDERS = [
    (session_create(FACTS, HTTPS), "RT_FLOW_SESSION_CREATE",
     f"{SESSION} {ROLES} application nested-application encrypted {CLASSES}"),
    (session_close(FACTS, HTTPS, CloseReason.FIN, VOLUME), "RT_FLOW_SESSION_CLOSE",
     f"reason {SESSION} {CARRIED} application nested-application {ROLES} encrypted {CLASSES}"),
    (session_deny(FACTS), "RT_FLOW_SESSION_DENY",
     f"{DENIED} application nested-application {ROLES} encrypted reason session-id-32 {CLASSES}"),
    (apptrack_create(FACTS, HTTPS), "APPTRACK_SESSION_CREATE", f"{TRACKED} username roles encrypted"),
    (apptrack_volume_update(FACTS, HTTPS, VOLUME), "APPTRACK_SESSION_VOL_UPDATE",
     f"{TRACKED} {CARRIED} username roles encrypted"),
    (apptrack_close(FACTS, HTTPS, CloseReason.IDLE, VOLUME), "APPTRACK_SESSION_CLOSE",
     f"reason {TRACKED} {CARRIED} username roles encrypted profile-name rule-name routing-instance"),
]


def names(record: LogRecord) -> list[str]:
    return [name for name, _ in record.fields]


@pytest.mark.parametrize(("record", "name", "order"), ORDERS, ids=[name for _, name, _ in ORDERS])
def test_flow_messages_keep_junos_order(record: LogRecord, name: str, order: str) -> None:
    assert (record.app, record.name, record.priority) == ("RT_FLOW", name, 14)
    assert names(record) == order.split()


@pytest.mark.parametrize("message", SslProxyMessage)
def test_ssl_proxy_messages_keep_junos_order(message: SslProxyMessage) -> None:
    record = ssl_proxy(message, structs.replace(FACTS, logical_system="ls1"), "ssl-fp-profile", "system: session whitelisted")
    priority = {SslProxyMessage.ERROR: 11, SslProxyMessage.WARNING: 12}.get(message, 14)
    assert (record.app, record.name, record.priority) == ("junos-ssl-proxy", message.value, priority)
    assert names(record) == (f"logical-system-name session-id {ENDS} {NAT} profile-name source-zone-name "
                             "source-interface-name destination-zone-name destination-interface-name message").split()
    found = dict(record.fields)
    assert found["logical-system-name"] == "ls1"
    assert found["source-interface-name"] == "ge-0/0/0.0"
    assert found["destination-zone-name"] == "untrust"
    assert found["message"] == "system: session whitelisted"


def test_close_carries_reason_volume_and_application() -> None:
    found = dict(session_close(FACTS, HTTPS, CloseReason.CLIENT_RST, VOLUME).fields)
    assert found["reason"] == "TCP CLIENT RST"
    assert [found[name] for name in CARRIED.split()] == ["10", "3737", "13", "4971", "2"]
    assert [found[name] for name in CLASSES.split()] == ["Web", "Social", "4", "Loss of Productivity;"]
    assert (found["application"], found["nested-application"], found["encrypted"]) == ("SSL", "FACEBOOK-ACCESS", "Yes")


def test_without_nat_the_translated_ends_are_the_ends() -> None:
    found = dict(session_create(FACTS).fields)
    assert [found[name] for name in NAT.split()] == [found[name] for name in ENDS.split()] == \
        ["192.0.2.10", "35090", "203.0.113.5", "443"]
    assert {found[name] for name in RULES.split()} == {"N/A"}
    assert (found["application"], found["application-risk"], found["protocol-id"]) == ("UNKNOWN", "-1", "6")


def test_deny_says_why_and_knows_no_application() -> None:
    flow = FiveTuple(IPv6Address("2001:db8::1"), 0, IPv6Address("2001:db8::2"), 0, 58)
    facts = structs.replace(FACTS, five_tuple=flow, ends=ends_of(flow), service_name="None")
    found = dict(session_deny(facts, icmp_type=128).fields)
    assert (found["reason"], found["icmp-type"], found["protocol-id"]) == ("Denied by policy", "128", "58")
    assert (found["source-address"], found["service-name"], found["encrypted"]) == ("2001:db8::1", "None", "UNKNOWN")


@pytest.mark.parametrize("build", [
    session_create, session_deny, apptrack_create, lambda facts: apptrack_volume_update(facts, HTTPS, VOLUME),
    lambda facts: session_close(facts, HTTPS, CloseReason.FIN, VOLUME),
    lambda facts: apptrack_close(facts, HTTPS, CloseReason.FIN, VOLUME)])
def test_logical_system_changes_the_name_and_comes_first(build: Callable[[SessionFacts], LogRecord]) -> None:
    record, at_root = build(structs.replace(FACTS, logical_system="ls1")), build(FACTS)
    assert record.name == f"{at_root.name}_LS"
    assert record.fields == (("logical-system-name", "ls1"), *at_root.fields)


@pytest.mark.parametrize("message", SslProxyMessage)
def test_ssl_proxy_messages_are_called_the_same_everywhere(message: SslProxyMessage) -> None:
    elsewhere = ssl_proxy(message, structs.replace(FACTS, logical_system="ls1"), "p", "system: x")
    at_root = ssl_proxy(message, FACTS, "p", "system: x")
    assert elsewhere.name == at_root.name == message.value
    assert at_root.fields[0] == ("logical-system-name", "root-logical-system")
    assert elsewhere.fields == (("logical-system-name", "ls1"), *at_root.fields[1:])


def test_each_proxy_message_answers_to_one_word_of_the_profile() -> None:
    classes = [message.log_class for message in SslProxyMessage]
    assert sorted([*classes, "all"]) == sorted(get_args(LogClass))
    wants = SslProxyProfile("p", log=frozenset({"sessions-dropped"}))
    assert [message for message in SslProxyMessage if wants.logs(message.log_class)] == [SslProxyMessage.DROP]
