"""What a stream takes and how its lines look, table by table."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv4Address

import pytest
from msgspec import structs

from hwmodel.session import FiveTuple
from nf.log.apptrack_records import apptrack_create
from nf.log.records import (
    NO_APPLICATION,
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
from nf.log.render import structured
from nf.policy.security_log import SecurityLog, SyslogStream
from nf.sinks.streams import FRAMES, Style, categories, line, takes

FLOW = FiveTuple(IPv4Address("192.0.2.1"), 1, IPv4Address("192.0.2.2"), 443)
FACTS = SessionFacts(7, FLOW, ends_of(FLOW), "p", "a", "b", "x", "y")
AT = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
CREATE, DENY = session_create(FACTS), session_deny(FACTS)
CLOSE = session_close(FACTS, NO_APPLICATION, CloseReason.FIN, Volume(0, 0, 0, 0, 0))
TRACKED, DROP = apptrack_create(FACTS), ssl_proxy(SslProxyMessage.DROP, FACTS, "p", "system: x")
BLOCKED = LogRecord.of("RT_UTM", "WEBFILTER_URL_BLOCKED", 12, ())
STREAM = SyslogStream("s", "192.0.2.9")


@pytest.mark.parametrize(("names", "expected"), [
    ((), [CREATE, CLOSE, DENY, TRACKED, DROP, BLOCKED]), (("session",), [CREATE, CLOSE, DENY]),
    (("session-open",), [CREATE]), (("session-close",), [CLOSE]), (("flow",), [CREATE, CLOSE, DENY, TRACKED]),
    (("content-security", "session-open"), [CREATE, BLOCKED]), (("idp",), [])])
def test_categories(names: tuple[str, ...], expected: list[LogRecord]) -> None:
    stream = replace(STREAM, categories=names)
    assert [one for one in (CREATE, CLOSE, DENY, TRACKED, DROP, BLOCKED) if takes(stream, one)] == expected


def test_a_logical_systems_messages_are_of_the_same_categories() -> None:
    elsewhere = session_create(structs.replace(FACTS, logical_system="ls1"))
    assert categories(elsewhere) == categories(CREATE) == {"flow", "session", "session-open"}


@pytest.mark.parametrize(("severity", "expected"), [
    (None, [0, 3, 4, 6, 7]), ("debug", [0, 3, 4, 6, 7]), ("info", [0, 3, 4, 6]), ("warning", [0, 3, 4]),
    ("error", [0, 3]),
    ("emergency", [0])])
def test_severities(severity: str | None, expected: list[int]) -> None:
    stream = replace(STREAM, severity=severity)
    assert [level for level in (0, 3, 4, 6, 7)
            if takes(stream, structs.replace(CREATE, layout=structs.replace(CREATE.layout, priority=8 + level)))] == expected


def test_formats_and_the_default_one() -> None:
    sd = line(replace(STREAM, format="sd-syslog"), Style(), DROP, AT, "srx1")
    assert sd == structured(DROP, AT, "srx1").encode()
    for form in (None, "syslog"):
        text = line(replace(STREAM, format=form), Style(utc=True), DROP, AT, "srx1")
        assert text.startswith(b"<14>May  4 03:02:01 srx1 junos-ssl-proxy: SSL_PROXY_SSL_SESSION_DROP: lsys:root")


def test_unstructured_lines_have_the_boxs_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        assert line(STREAM, Style(), DROP, AT, "srx1").startswith(b"<14>May  4 08:32:01 srx1 ")
        assert line(STREAM, Style(utc=True), DROP, AT, "srx1").startswith(b"<14>May  4 03:02:01 srx1 ")
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(("facility", "priority"), [
    (None, 14), ("kernel", 6), ("daemon", 30), ("local0", 134), ("local7", 190)])
def test_facility_override_keeps_the_severity(facility: str | None, priority: int) -> None:
    style = Style.of(SecurityLog(facility_override=facility))
    assert line(STREAM, style, DROP, AT, "srx1").startswith(b"<%d>" % priority)


def test_frames() -> None:
    assert {name: frame(b"<14>1 - \xc3\xa4") for name, frame in FRAMES.items()} == {
        "udp": b"<14>1 - \xc3\xa4", "tcp": b"<14>1 - \xc3\xa4\n", "tls": b"10 <14>1 - \xc3\xa4"}
