"""Unstructured lines against the published samples, and lines that nothing in a value can break."""

from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from hwmodel.session import FiveTuple
from nf.log.apptrack_records import apptrack_close, apptrack_create, apptrack_volume_update
from nf.log.event_form import event_form
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

AT = datetime(2024, 6, 1, 5, 11, 13, 900_000, UTC)
FLOW = FiveTuple(IPv4Address("192.0.2.10"), 57246, IPv4Address("203.0.113.5"), 443)
FACTS = SessionFacts(2984, FLOW, ends_of(FLOW), "P",
                     "trust", "untrust", "ge-0/0/0.0", "ge-0/0/1.0", "junos-https")
HTTP = ApplicationFacts("HTTP", "UNKNOWN", "Yes")
VOLUME = Volume(10, 3737, 13, 4971, 2)
PING = FiveTuple(IPv6Address("2001:db8::1"), 0, IPv6Address("2001:db8::2"), 53511, 1)
ICMP = structs.replace(FACTS, five_tuple=PING, ends=ends_of(PING), service_name="icmp")
START = "<14>Jun  1 05:11:13 srx1 RT_FLOW: "
ENDS = "192.0.2.10/57246->203.0.113.5/443"
SESSION = f"{ENDS} 0x0 junos-https {ENDS} 0x0 N/A N/A N/A N/A 6 P trust untrust 2984"
TRACKED = f"{ENDS} junos-https HTTP UNKNOWN {ENDS} N/A N/A 6 P trust untrust 2984"

LINES = [
    (session_create(FACTS), (f"RT_FLOW_SESSION_CREATE: session created {SESSION} N/A(N/A) ge-0/0/0.0 UNKNOWN UNKNOWN "
                            "UNKNOWN N/A N/A -1 N/A")),
    (session_close(FACTS, HTTP, CloseReason.FIN, VOLUME),
     (f"RT_FLOW_SESSION_CLOSE: session closed TCP FIN: {SESSION} 10(3737) 13(4971) 2 HTTP UNKNOWN N/A(N/A) ge-0/0/0.0 "
     "Yes N/A N/A -1 N/A")),
    (session_deny(ICMP, icmp_type=8),
     ("RT_FLOW_SESSION_DENY: session denied 2001:db8::1/0->2001:db8::2/53511 0x0 icmp 1(8) P trust untrust UNKNOWN "
     "UNKNOWN N/A(N/A) ge-0/0/0.0 UNKNOWN Denied by policy")),
    (apptrack_create(FACTS, HTTP), f"APPTRACK_SESSION_CREATE: AppTrack session created {TRACKED} N/A N/A Yes"),
    (apptrack_volume_update(FACTS, HTTP, VOLUME),
     f"APPTRACK_SESSION_VOL_UPDATE: AppTrack volume update: {TRACKED} 10(3737) 13(4971) 2 N/A N/A Yes"),
    (apptrack_close(FACTS, HTTP, CloseReason.CLIENT_RST, VOLUME),
     (f"APPTRACK_SESSION_CLOSE: AppTrack session closed TCP CLIENT RST: {TRACKED} 10(3737) 13(4971) 2 N/A N/A Yes "
     "N/A N/A default")),
]


@pytest.mark.parametrize(("record", "line"), LINES, ids=[record.name for record, _ in LINES])
def test_flow_messages(record: LogRecord, line: str) -> None:
    assert event_form(record, AT, "srx1") == START + line


@pytest.mark.parametrize(("record", "line"), LINES, ids=[record.name for record, _ in LINES])
def test_in_a_logical_system_the_text_begins_with_it(record: LogRecord, line: str) -> None:
    elsewhere = LogRecord.of(record.app, f"{record.name}_LS", record.priority,
                          (("logical-system-name", "ls1"), *record.fields))
    name, _, text = line.partition(": ")
    assert event_form(elsewhere, AT, "srx1") == f"{START}{name}_LS: Lsys ls1: {text}"


@pytest.mark.parametrize(("message", "priority"), [
    (message, {"SSL_PROXY_ERROR": 11, "SSL_PROXY_WARNING": 12}.get(message.value, 14)) for message in SslProxyMessage])
def test_ssl_proxy_messages(message: SslProxyMessage, priority: int) -> None:
    record = ssl_proxy(message, structs.replace(FACTS, session_id=23, logical_system="ls1"), "ssl-fp-profile",
                       "certificate error: self signed certificate in certificate chain")
    assert event_form(record, AT, "srx1") == (
        f"<{priority}>Jun  1 05:11:13 srx1 junos-ssl-proxy: {message.value}: lsys:ls1 23 <{ENDS}> NAT:<{ENDS}> "
        "ssl-fp-profile <trust:ge-0/0/0.0->untrust:ge-0/0/1.0> message: certificate error: self signed certificate in "
        "certificate chain")


def test_a_message_without_a_published_text_lists_its_fields() -> None:
    record = LogRecord.of("RT_UTM", "AV_HUGE_FILE_DROPPED_MT", 12, (("filename", "a b"), ("source-port", "80")))
    assert event_form(record, AT.replace(month=12, day=24), "srx 1") == (
        "<12>Dec 24 05:11:13 srx_1 RT_UTM: AV_HUGE_FILE_DROPPED_MT: filename=a b source-port=80")


@given(st.text(st.characters(), max_size=60))
def test_no_value_ends_or_forges_a_line(value: str) -> None:
    line = event_form(ssl_proxy(SslProxyMessage.INFO, FACTS, value, value), AT, "srx1")
    assert line.encode().decode().splitlines() == [line]
    assert line.startswith("<14>Jun  1 05:11:13 srx1 junos-ssl-proxy: SSL_PROXY_INFO: lsys:root-logical-system 2984 <")
