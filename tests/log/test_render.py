"""Lines of structured syslog and JSON: the published example, escapes, and reading back what was written."""

from datetime import UTC, datetime, timedelta, timezone
from ipaddress import IPv4Address

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.session import FiveTuple
from nf.log.records import LogRecord, SessionFacts, SslProxyMessage, ends_of, session_deny, ssl_proxy
from nf.log.render import json_lines, read_structured, structured

AT = datetime(2024, 1, 1, tzinfo=UTC)
FLOW = FiveTuple(IPv4Address("192.0.2.10"), 35090, IPv4Address("203.0.113.5"), 443)
FACTS = SessionFacts(23, FLOW, ends_of(FLOW), "web-out",
                     "trust", "untrust", "ge-0/0/0.0", "ge-0/0/1.0", "junos-https")
DROP = ssl_proxy(SslProxyMessage.DROP, FACTS, "ssl-fp-profile",
                 "certificate error: self signed certificate in certificate chain")

FIELD_NAMES = st.text("abcdefghijklmnopqrstuvwxyz-0123456789", min_size=1, max_size=32)
WORDS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", min_size=1, max_size=48)
ANY_TEXT = st.text(st.characters(), max_size=60)  # surrogates and control characters too
RECORDS = st.builds(LogRecord.of, WORDS, WORDS, st.integers(0, 191),
                    st.lists(st.tuples(FIELD_NAMES, ANY_TEXT), max_size=8).map(tuple))
TIMES = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]),
                     min_value=datetime(1970, 1, 2), max_value=datetime(2199, 1, 1))  # noqa: DTZ001 - the strategy adds it


def test_structured_form_is_the_documented_one() -> None:
    assert structured(DROP, AT, "srx1") == (
        '<14>1 2024-01-01T00:00:00.000Z srx1 junos-ssl-proxy - SSL_PROXY_SSL_SESSION_DROP [junos@2636.1.1.1.2.129 '
        'logical-system-name="root-logical-system" session-id="23" source-address="192.0.2.10" source-port="35090" '
        'destination-address="203.0.113.5" destination-port="443" nat-source-address="192.0.2.10" '
        'nat-source-port="35090" nat-destination-address="203.0.113.5" nat-destination-port="443" '
        'profile-name="ssl-fp-profile" source-zone-name="trust" source-interface-name="ge-0/0/0.0" '
        'destination-zone-name="untrust" destination-interface-name="ge-0/0/1.0" '
        'message="certificate error: self signed certificate in certificate chain"]')


def test_time_is_written_in_utc_with_milliseconds() -> None:
    at = datetime(2026, 5, 4, 3, 2, 1, 987_654, timezone(timedelta(hours=2)))
    assert structured(DROP, at, "srx1").split()[1] == "2026-05-04T01:02:01.987Z"
    with pytest.raises(ValueError, match="aware"):
        structured(DROP, datetime(2026, 5, 4), "srx1")  # noqa: DTZ001 - the mistake under test


def test_model_and_header_words() -> None:
    line = structured(LogRecord.of("RT FLOW", "", 14, ()), AT, "srx\n<1>", model=36)
    assert line == "<14>1 2024-01-01T00:00:00.000Z srx_<1> RT_FLOW - - [junos@2636.1.1.1.2.36]"


def test_values_are_escaped() -> None:
    record = LogRecord.of("RT_FLOW", "X", 14, (("message", 'a"b]c\\d\ne\x85f\u2028g\udc80'),))
    line = structured(record, AT, "srx1")
    assert line.endswith(r'message="a\"b\]c\\d\x0ae\x85f\u2028g\udc80"]')
    assert read_structured(line) == record


@given(RECORDS, TIMES)
def test_structured_lines_read_back(record: LogRecord, at: datetime) -> None:
    line = structured(record, at, "srx1")
    assert line.encode().decode().splitlines() == [line]
    assert read_structured(line) == read_structured(line + "\n") == record


@given(RECORDS, TIMES)
def test_json_lines_carry_the_same(record: LogRecord, at: datetime) -> None:
    line = json_lines([(at, (record,))], "srx1")[0]
    assert "\n" not in line
    content = msgspec.json.decode(line)
    assert list(content)[:4] == ["time", "host", "app", "name"]
    assert [content[key] for key in ("host", "app", "name")] == ["srx1", record.app, record.name]
    assert content["time"] == structured(record, at, "srx1").split()[1]
    for name, value in dict(record.fields).items():
        if value.isascii():
            assert content[f"field-{name}" if name in {"time", "host", "app", "name"} else name] == value


def test_json_keys_in_order() -> None:
    content = msgspec.json.decode(json_lines([(AT, (session_deny(FACTS),))], "srx1")[0])
    assert list(content)[4:] == [name for name, _ in session_deny(FACTS).fields]
    assert content["time"] == "2024-01-01T00:00:00.000Z"


@given(st.text(max_size=200))
def test_other_lines_are_none(text: str) -> None:
    assert read_structured(text) is None


@pytest.mark.parametrize("end", [
    "", "-", '[origin ip="1"]', '[junos@2636.1.1.1.2.129 a="b"', '[junos@2636.1.1.1.2.129 a="b"c"]',
    '[junos@2636.1.1.1.2.129 a="b" c]', '[junos@2636.1.1.1.2.129 a="b\\"]'])
def test_broken_lines_are_none(end: str) -> None:
    start = "<14>1 2024-01-01T00:00:00.000Z srx1 RT_FLOW - X "
    assert read_structured(start + '[junos@2636.1.1.1.2.129 a="b"]') == LogRecord.of("RT_FLOW", "X", 14, (("a", "b"),))
    assert read_structured(start + end) is None
