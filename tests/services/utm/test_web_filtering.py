import os
from pathlib import Path
from urllib.parse import quote

import pytest

from nf.services import Bulletin
from tests.services.attachments import FLOW, facts_of
from tests.services.utm.sessions import CUSTOM, DEFAULT, FEATURE, UTM, Box, request, response
from tests.tls.hello_bytes import extension, hello, host_name, record, vector

LOCAL = f"{UTM}utm-policy u web-filtering http-profile w\n{FEATURE}web-filtering juniper-local profile w "
CLOUD = LOCAL.replace("juniper-local", "juniper-enhanced")
BLOCKING = f"{LOCAL}category Bad action block\n"


def test_a_page_in_a_blocked_category_is_replaced_and_logged() -> None:
    seen = Box(BLOCKING).session().client(request("/x?y=1", "www.bad.test")).seen
    assert (seen.passed, seen.block is not None) == (dict.fromkeys(seen.passed, b""), True)
    assert seen.page.startswith(b"HTTP/1.1 403 ")
    assert b"www.bad.test/x?y=1" in seen.page
    (name, fields), = seen.log()
    assert name == "WEBFILTER_URL_BLOCKED"
    assert (fields["category"], fields["reason"], fields["profile"], fields["url"], fields["obj"]) == (
        "Bad", "BY_USER_DEFINED", "w", "www.bad.test", "/x?y=1")


def test_other_pages_pass_unlogged_one_after_the_other() -> None:
    session = Box(BLOCKING).session()
    for _ in range(2):
        session.client(request("/", "ok.test")).server(response(b"ok"))
    assert session.seen.passed.popitem()[1].count(b"ok") == 2
    assert not session.seen.records
    assert session.client(request("/", "a.bad.test")).seen.block is not None


@pytest.mark.parametrize(("path", "host", "blocked"), [
    ("/bad", "x.test", True), ("/good", "x.test", False), ("/%62ad/", "x.test", True), ("/a/../bad", "X.test.", True),
    ("http://a.bad.test/", "ok.test", True), ("/", "a.bad.test:8443", True), ("/", "bad.test", False)])
def test_spellings_of_a_url_are_one_url(path: str, host: str, blocked: bool) -> None:
    assert (Box(BLOCKING).session().client(request(path, host)).seen.block is not None) is blocked


@pytest.mark.parametrize(("name", "path", "blocked"), [
    ("a.bad.test", b"/", True), ("x.test", b"/bad", True), ("x.test", b"/", False)])
def test_a_request_without_a_host_is_for_the_name_in_the_hello(name: str, path: bytes, blocked: bool) -> None:
    for version in (b" HTTP/1.0", b""):
        session = Box(BLOCKING).session().secure(name).client(b"GET " + path + version + b"\r\n\r\n")
        assert (session.seen.block is not None) is blocked


@pytest.mark.parametrize(("lines", "host", "record"), [
    (f"{DEFAULT}web-filtering url-blacklist Bad\n{DEFAULT}web-filtering url-whitelist Good\n{LOCAL}default permit",
     "good.bad.test", None),
    (f"{DEFAULT}web-filtering url-blacklist Bad\n{LOCAL}default permit", "a.bad.test", ("BLOCKED", "BY_BLACK_LIST")),
    (f"{LOCAL}default block", "ok.test", ("BLOCKED", "BY_OTHER")),
    (f"{LOCAL}default log-and-permit", "ok.test", ("PERMITTED", "BY_OTHER")),
    (f"{LOCAL}category Bad action log-and-permit", "a.bad.test", ("PERMITTED", "BY_USER_DEFINED")),
    (f"{CLOUD}category Enhanced_Gambling action block", "www.casino.test", ("BLOCKED", "BY_PRE_DEFINED")),
    (f"{CLOUD}site-reputation-action harmful block", "malware.test", ("BLOCKED", "BY_SITE_REPUTATION_HARMFUL")),
    (f"{CLOUD}site-reputation-action suspicious block", "casino.test", ("BLOCKED", "BY_SITE_REPUTATION_SUSPICIOUS")),
    (f"{CLOUD}site-reputation-action harmful block", "github.com", None)])
def test_lists_then_categories_then_reputation_then_default(lines: str, host: str, record: tuple[str, str] | None) -> None:
    log = Box(lines).session().client(request("/", host)).seen.log()
    assert [(name.removeprefix("WEBFILTER_URL_"), fields["reason"]) for name, fields in log] == [record] * (record is not None)


def test_messages_of_the_operator() -> None:
    message = f"{CUSTOM}custom-message m "
    for lines, expected in (("type user-message content <b>no</b>", b"&lt;b&gt;no&lt;/b&gt;"),
                            ("type custom-page content <h1>mine</h1>", b"\r\n\r\n<h1>mine</h1>"),
                            ("type redirect-url content http://intra.test/no", b"HTTP/1.1 302 ")):
        box = Box(f"{BLOCKING}{message}{lines}\n{LOCAL}category Bad custom-message m")
        assert expected in box.session().client(request("/", "a.bad.test")).seen.page


def test_nothing_of_the_client_becomes_markup() -> None:
    seen = Box(BLOCKING).session().client(request("/<script>", "a.bad.test")).seen
    assert b"<script>" not in seen.page


@pytest.mark.parametrize(("name", "blocked"), [("www.bad.test", True), ("x.test", False), ("ok.test", False)])
def test_tls_that_is_not_decrypted_is_judged_by_its_hello(name: str, blocked: bool) -> None:
    said = record(hello(extension(0, vector(2, host_name(name.encode())))))
    for pieces in ((said,), tuple(said[at:at + 1] for at in range(len(said)))):
        session = Box(BLOCKING).session(encrypted=False).client(*pieces)
        assert (session.seen.block is not None) is blocked
        assert session.inspection.done is not blocked
        assert [fields["application"] for _, fields in session.seen.log()] == ["SSL"] * blocked


def test_a_session_of_nothing_readable_costs_nothing_after_a_while() -> None:
    session = Box(BLOCKING).session()
    for _ in range(9):
        session.client(b"\x01\x02" * 4096)
    assert session.inspection.done
    assert len(session.seen.passed.popitem()[1] or session.seen.passed.popitem()[1]) == 9 * 8192


def test_requests_that_cannot_be_read_take_the_fallback() -> None:
    smuggled = request("/", "ok.test", "POST", b"0\r\n\r\n", **{"transfer-encoding": "chunked"})
    assert Box(BLOCKING).session().client(smuggled).seen.block is not None
    lenient = f"{BLOCKING}{LOCAL}fallback-settings default log-and-permit"
    assert Box(lenient).session().client(smuggled).seen.block is None


def test_a_quarantined_site_waits_for_the_client_to_confirm() -> None:
    box = Box(f"{LOCAL}category Bad action quarantine")
    page = box.session().client(request("/a b".replace(" ", "%20"), "a.bad.test")).seen.page.decode()
    link = page.partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert link.endswith("&" + quote("/a%20b"))
    other = box.session(facts_of(FLOW.reversed())).client(request(link, "a.bad.test")).seen
    assert not other.bulletins
    confirming = box.session().client(request(link, "a.bad.test")).seen
    assert b"HTTP/1.1 302 " in confirming.page
    assert b"location: /a%20b\r\n" in confirming.page.lower()
    bulletin, = confirming.bulletins
    box.utm.hear(bulletin, 100.0)
    assert box.session().client(request("/", "a.bad.test")).seen.log()[0][0] == "WEBFILTER_URL_PERMITTED"
    assert box.session().client(request("/", "b.bad.test")).seen.block is not None
    assert isinstance(bulletin, Bulletin)


def test_the_operators_table_is_read_again_when_it_changes(tmp_path: Path) -> None:
    table = tmp_path / "sites.csv"
    table.write_text("own.test,Enhanced_Gambling,50\n")
    box = Box(f"{CLOUD}category Enhanced_Gambling action block\n"
              f"{DEFAULT}web-filtering apply-macro srxnf url-table {table}")

    def blocked(host: str) -> bool:
        return box.session().client(request("/", host)).seen.block is not None

    assert (blocked("www.own.test"), blocked("casino.test")) == (True, True)
    table.write_text("new.test,Enhanced_Gambling,50\n")
    os.utime(table, ns=(1, 1))
    box.utm.refresh(0.0)
    assert (blocked("www.own.test"), blocked("new.test")) == (False, True)
    table.write_text("nonsense\n")
    os.utime(table, ns=(2, 2))
    box.utm.refresh(0.0)
    assert blocked("new.test")
    assert "line 1: expected host,category,reputation" in box.utm.report("status", {})["tables"][0]


@pytest.mark.parametrize(("fallback", "blocked"), [("block", True), ("log-and-permit", False)])
def test_without_its_table_a_profile_takes_the_fallback(fallback: str, blocked: bool, tmp_path: Path) -> None:
    box = Box(f"{CLOUD}fallback-settings server-connectivity {fallback}\n"
              f"{DEFAULT}web-filtering apply-macro srxnf url-table {tmp_path}/none.csv")
    seen = box.session().client(request("/", "casino.test")).seen
    assert (seen.block is not None) is blocked
    assert seen.log()[0][1]["reason"] == "BY_FALLBACK"


def test_what_is_done_is_counted() -> None:
    box = Box(BLOCKING)
    box.session().client(request("/", "a.bad.test"))
    assert box.utm.report("web-filtering", {}) == {"Total requests": 1, "Custom category block": 1}
    assert box.utm.report("session", {}) == {"Total sessions": 1, "blocked": 1, "sessions in use": 1}
    box.utm.report("clear web-filtering", {})
    assert box.utm.report("web-filtering", {}) == {}
