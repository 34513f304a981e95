from datetime import UTC, datetime

import pytest
from msgspec import structs

from nf.log import utm_records
from nf.log.event_form import event_form
from nf.log.records import ApplicationFacts, LogRecord
from nf.log.render import read_structured, structured
from tests.services.attachments import FACTS

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def url(*, blocked: bool = True) -> LogRecord:
    return utm_records.url_filtered(FACTS, "wf", ApplicationFacts("HTTP"), blocked=blocked, category="Bad",
                                    reason="BY_BLACK_LIST", url="www.bad.test", path="/", risk="0")


def test_web_filtering_has_the_client_as_source() -> None:
    assert " ".join(name for name, _ in url().fields) == (
        "source-zone destination-zone source-address source-port destination-address destination-port session-id application "
        "nested-application category reason profile url obj username roles application-sub-category urlcategory-risk")
    assert url().values[:6] == ("trust", "untrust", "192.0.2.10", "35090", "203.0.113.5", "443")
    assert (url().priority, url(blocked=False).priority, url(blocked=False).name) == (12, 14, "WEBFILTER_URL_PERMITTED")


def test_the_event_form_of_web_filtering() -> None:
    assert event_form(url(), AT, "srx").endswith(
        'RT_UTM: WEBFILTER_URL_BLOCKED: WebFilter: ACTION="URL Blocked" 192.0.2.10(35090)->203.0.113.5(443) CATEGORY="Bad" '
        'REASON="BY_BLACK_LIST" PROFILE="wf" URL=www.bad.test OBJ=/ username N/A roles N/A')


@pytest.mark.parametrize(("upload", "source", "zones"), [
    (True, ("192.0.2.10", "35090"), ("trust", "untrust")), (False, ("203.0.113.5", "443"), ("untrust", "trust"))])
def test_the_sender_of_a_file_is_the_source(upload: bool, source: tuple[str, str], zones: tuple[str, str]) -> None:
    virus = dict(utm_records.virus_detected(FACTS, upload=upload, file="f", virus="EICAR", url="u").fields)
    content = dict(utm_records.content_filtered(FACTS, "cf", upload=upload, protocol="HTTP", action="drop", reason="r",
                                                file="f").fields)
    unread = dict(utm_records.file_not_scanned(FACTS, "av", upload=upload, file="f", dropped=True, reason="r", code=7).fields)
    for fields in (virus, content, unread):
        assert (fields["source-address"], fields["source-port"]) == source
    assert virus["source-zone-name"] == zones[0]
    for fields in (content, unread):
        assert (fields["source-zone"], fields["destination-zone"]) == zones
    assert (unread["action"], unread["error-code"], content["protocol"]) == ("BLOCKED", "7", "http")


def test_in_a_logical_system_its_name_comes_first() -> None:
    record = utm_records.spam_detected(structs.replace(FACTS, logical_system="ls"), "as", sender="a@b.test", action="drop",
                                       reason="Match local blacklist")
    assert (record.name, record.fields[0]) == ("ANTISPAM_SPAM_DETECTED_MT_LS", ("logical-system-name", "ls"))
    assert read_structured(structured(record, AT, "srx")) == record
