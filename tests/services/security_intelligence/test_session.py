"""Sessions with those whom feeds name: what ends them, when, and what is logged."""

from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwmodel.session import FiveTuple
from nf.services import Ending, Fault, Verdict
from nf.tls.secured import Secured
from tests.services.attachments import facts_of
from tests.services.security_intelligence.box import CLOSE, DROP, SI, Box
from tests.services.utm.sessions import request, response
from tests.tls.hello_bytes import extension, hello, host_name, pieces, record, vector

SERVER, CLIENT = "203.0.113.5", "192.0.2.10"


def test_a_server_of_a_feed_is_never_connected_to(tmp_path: Path) -> None:
    seen = Box(tmp_path, CC_ip=f"{SERVER},9").session().seen
    assert seen.block is not None
    assert (seen.block.ending, seen.block.page) == (Ending.SILENT, None)
    (name, fields), = seen.log()
    assert name == "SECINTEL_ACTION_LOG"
    expected = {
        "category": "secintel", "sub-category": "CC", "action": "BLOCK", "action-detail": "DROP", "http-host": "N/A",
        "threat-severity": "9", "source-address": CLIENT, "destination-address": SERVER, "feed-name": "CC_ip",
        "policy-name": "si", "profile-name": "p"}
    assert {key: fields[key] for key in expected} == expected


def test_levels_that_no_rule_names_pass(tmp_path: Path) -> None:
    session = Box(tmp_path, CC_ip=f"{SERVER},7").session()
    session.client(request()).server(response(b"ok"))
    assert (session.seen.block, session.seen.records) == (None, [])


@pytest.mark.parametrize(("close", "page", "detail"), [
    ("http message seen", b"HTTP/1.1 403 ", "CLOSE REDIRECT MSG"),
    ("http redirect-url https://help.test/", b"HTTP/1.1 302 ", "CLOSE REDIRECT URL"), ("", b"", "CLOSE")])
def test_a_host_in_a_request_is_answered_for(tmp_path: Path, close: str, page: bytes, detail: str) -> None:
    session = Box(tmp_path, f"{CLOSE}{close}\n", CC_hosts="evil.test").session()
    session.client(request("/", "ok.test")).server(response(b"ok")).client(request("/x", "www.evil.test"))
    assert session.seen.block is not None
    assert session.seen.page.startswith(page)
    (_, fields), = session.seen.log()
    assert (fields["action-detail"], fields["http-host"]) == (detail, "www.evil.test")


@pytest.mark.parametrize(("path", "blocked"), [("/gate.php?id=1", True), ("/./gate.php", True), ("/gate", False)])
def test_a_url(tmp_path: Path, path: str, blocked: bool) -> None:
    session = Box(tmp_path, CC_urls="http://shared.test/gate.php").session().client(request(path, "shared.test"))
    assert (session.seen.block is not None) is blocked


def test_a_request_without_a_host_is_for_the_name_in_the_hello(tmp_path: Path) -> None:
    session = Box(tmp_path, CC_urls="http://shared.test/gate.php").session().secure("shared.test")
    assert session.client(b"GET / HTTP/1.0\r\n\r\n").server(response(b"ok")).seen.block is None
    assert session.client(b"GET /gate.php HTTP/1.0\r\n\r\n").seen.block is not None


def test_the_name_that_a_client_asks_for_is_enough(tmp_path: Path) -> None:
    service = Box(tmp_path, CC_hosts="evil.test").attach()
    assert service is not None
    assert service.secure(Secured("www.evil.test"), 0.0).verdict is Verdict.BLOCK
    assert service.secure(Secured("good.test"), 0.0).verdict is Verdict.PERMIT
    assert service.secure(Secured(), 0.0).verdict is Verdict.PERMIT


@pytest.mark.parametrize("cut", [1, 20, len(request("/", "evil.test"))])
def test_who_is_to_read_why_may_ask_first(tmp_path: Path, cut: int) -> None:
    session = Box(tmp_path, f"{CLOSE}http message seen\n", CC_hosts="evil.test").session()
    asked = request("/", "evil.test")
    session.secure("evil.test").server(b"early").client(asked[:cut], asked[cut:])
    assert session.seen.page.startswith(b"HTTP/1.1 403 ")
    assert not any(session.seen.passed.values())
    assert len(session.seen.records) == 1


def test_who_asks_nothing_has_some_seconds(tmp_path: Path) -> None:
    session = Box(tmp_path, f"{CLOSE}http message seen\n", CC_hosts="evil.test").session().secure("evil.test")
    session.client(b"\x00\x01")
    assert session.seen.block is None
    session.wait(6.0)
    assert (session.seen.block is not None, session.seen.page, any(session.seen.passed.values())) == (True, b"", False)


@pytest.mark.parametrize(("name", "blocked"), [(b"c2.evil.test", True), (b"good.test", False)])
def test_tls_that_is_not_decrypted_shows_a_name(tmp_path: Path, name: bytes, blocked: bool) -> None:
    session = Box(tmp_path, CC_hosts="evil.test").session(encrypted=False)
    session.client(record(hello(extension(0, vector(2, host_name(name))))))
    assert (session.seen.block is not None) is blocked
    assert blocked or session.inspection.done, "nothing else can be seen of it"


def test_whitelist_wins(tmp_path: Path) -> None:
    box = Box(tmp_path, CC_all=f"{SERVER}\nevil.test", Blacklist_all="evil.test", Whitelist_ip=SERVER)
    assert box.session().client(request("/", "evil.test")).seen.block is None
    box = Box(tmp_path, CC_all="evil.test", Whitelist_names="good.evil.test")
    session = box.session().client(request("/", "good.evil.test"))
    assert session.seen.block is None
    assert session.server(response()).client(request("/", "evil.test")).seen.block is not None


def test_blacklist_needs_no_profile(tmp_path: Path) -> None:
    seen = Box(tmp_path, Blacklist_own="evil.test", CC_none="x.test").session().client(request("/", "evil.test")).seen
    assert seen.log()[0][1]["profile-name"] == "Blacklist"


def test_infected_hosts_are_clients_and_countries_both_ends(tmp_path: Path) -> None:
    lines = f"""{SI}profile i category Infected-Hosts
        {SI}profile i default-rule then action block close
        {SI}policy si Infected-Hosts i
        {SI}profile g category GeoIP
        {SI}profile g rule r match feed-name XX
        {SI}profile g rule r then action block drop
        {SI}policy si GeoIP g\n{DROP}"""
    feeds = {"CC_none": "x.test", "Infected_own": "192.0.2.66", "GeoIP_own": "198.51.100.0/24,XX\n203.0.113.0/24,DE"}
    box = Box(tmp_path, lines, **feeds)

    def ends(client: str, server: str) -> bool:
        flow = FiveTuple(ip_address(client), 1025, ip_address(server), 443)
        return box.session(facts_of(flow)).seen.block is not None

    assert [ends(*pair) for pair in ((CLIENT, SERVER), ("192.0.2.66", SERVER), (CLIENT, "192.0.2.66"),
                                     (CLIENT, "198.51.100.9"), ("198.51.100.9", SERVER))] == [False, True, False, True, True]


def test_recommended_goes_by_level_and_permit_is_logged_once(tmp_path: Path) -> None:
    then = f"{SI}profile p default-rule then "
    lines = f"{SI}profile p category CC\n{then}action recommended\n{then}log\n"
    session = Box(tmp_path, lines, CC_hosts="mild.test,6\nevil.test,7").session()
    for _ in range(3):
        session.client(request("/", "mild.test")).server(response())
    assert session.seen.block is None
    assert [fields["action"] for _, fields in session.seen.log()] == ["PERMIT"]
    assert session.client(request("/", "evil.test")).seen.block is not None


def test_a_feed_that_changes_acts_on_sessions_that_are_there(tmp_path: Path) -> None:
    box = Box(tmp_path, CC_all="other.test")
    by_name, by_address = box.session().client(request("/", "www.test")), box.session().client(request("/", "www.test"))
    by_name.server(response())
    box.write("CC_all", "other.test\nwww.test")
    box.service.refresh(1.0)
    assert by_name.client(request("/", "www.test")).seen.block is not None
    box.write("CC_all", f"other.test\n{SERVER}")
    box.service.refresh(2.0)
    assert by_address.server(response()).seen.block is not None


def test_where_it_is_not_active(tmp_path: Path) -> None:
    box = Box(tmp_path, CC_ip=SERVER)
    assert box.attach("") is None
    assert box.attach("another") is None
    service = box.attach()
    assert service is not None
    assert service.fall_back(Fault.CRASH).verdict is Verdict.IGNORE


def test_it_drops_out_of_what_is_no_http(tmp_path: Path) -> None:
    session = Box(tmp_path, CC_hosts="evil.test").session()
    session.client(b"\x00" * 40_000).server(b"\x00" * 40_000)
    assert session.inspection.done


STREAM = request("/a", "ok.test") + request("/b", "www.evil.test") + request("/c", "ok.test")


@settings(deadline=None)
@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_no_cut_changes_the_outcome(tmp_path_factory: pytest.TempPathFactory, cuts: list[int]) -> None:
    box = Box(tmp_path_factory.mktemp("feeds"), CC_hosts="evil.test")
    seen = box.session().client(*pieces(STREAM, cuts)).seen
    assert seen.block is not None
    assert len(seen.records) == 1


def test_statistics_by_category_and_action(tmp_path: Path) -> None:
    box = Box(tmp_path, CC_hosts="evil.test,9\nmild.test,2")
    box.session().client(request("/", "mild.test")).server(response()).client(request("/", "evil.test"))
    assert box.service.report("statistics", {}) == {"categories": {"CC": {"permit": 1, "drop": 1}}}
    assert box.service.report("clear statistics", {}) == {}
    assert box.service.report("statistics", {}) == {"categories": {}}
