"""Real clients against real origins on the loopback: what they print is read as facts."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from scenarios import clients, origins, readings
from scenarios.certificates import LAB_ROOT, lab_pki
from scenarios.observe import ClientView
from scenarios.schema import Origin, Visit
from tests.helpers.running_proxy import free_port
from tests.helpers.waiting import until

LOOPBACK = "127.0.0.1"


class Site:
    """A web server with two names and an echo, on ports of their own."""

    def __init__(self, directory: Path) -> None:
        web, echo, literal = free_port(), free_port(), free_port()
        self.directory, self.site = directory, directory / "site"
        pki = lab_pki(datetime.now(UTC))
        self.anchors = {"lab": directory / "lab.pem", "interception": directory / "other.pem"}
        self.anchors["lab"].write_bytes(pki.root.certificate_pem())
        self.anchors["interception"].write_bytes(pki.stranger.certificate_pem())
        own = [Origin("www.example.test", port=web, http2=True),
               Origin("old.example.test", port=web, http2=True, certificate="expired"),
               Origin("echo.example.test", port=echo, program="openssl"), Origin("::1", port=literal)]
        self.www, self.old, self.echo, self.literal = own
        self.running = origins.start_origins("here", own, pki, self.site, (), {})

    def visit(self, visit: Visit, address: str = LOOPBACK) -> ClientView:
        trusted = clients.anchors_file(visit, self.anchors, self.directory)
        return clients.visit_once(visit, address, trusted, self.directory, ())

    def close(self) -> None:
        for program in self.running:
            program.end()
        origins.run(["nginx", "-p", str(self.site), "-c", str(self.site / "nginx.conf"), "-s", "stop"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"))
    yield site
    site.close()


def web(site: Site) -> Visit:
    return Visit("v", f"https://www.example.test:{site.www.port}/hello", trusts=("lab",))


def test_curl_sees_issuer_versions_and_the_file(site: Site) -> None:
    view = site.visit(web(site))
    assert (view.exit, view.status, view.http, view.tls, view.issuer) == (0, 200, "1.1", "TLSv1.3", f"CN={LAB_ROOT}")
    assert view.sha256 == origins.served({})["/hello"]
    assert view.text.encode() + b"\n" == origins.FILES["/hello"]
    assert view.local.startswith(f"{LOOPBACK}/")


def test_every_client_finds_its_way_by_ipv6(site: Site) -> None:
    fetched = site.visit(web(site), "::1")
    assert (fetched.exit, fetched.status, fetched.local.rpartition("/")[0]) == (0, 200, "::1")
    many = site.visit(msgspec.structs.replace(web(site), sessions=3), "::1")
    assert (many.exit, many.text) == (0, "3 of 3 sessions answered")
    echoed = site.visit(Visit("v", f"tls://echo.example.test:{site.echo.port}", trusts=("lab",)), "::1")
    assert echoed.text == "olleh"


def test_an_address_in_place_of_a_name_is_what_the_certificate_must_have(site: Site) -> None:
    refused = site.visit(Visit("v", f"https://[::1]:{site.www.port}/hello", trusts=("lab",)), "::1")
    assert refused.exit == 60
    kept = site.visit(Visit("v", f"https://[::1]:{site.literal.port}/hello", trusts=("lab",)), "::1")
    assert (kept.exit, kept.status) == (0, 200)


def test_versions_are_the_clients_choice(site: Site) -> None:
    view = site.visit(msgspec.structs.replace(web(site), http2=True, tls_max="1.2"))
    assert (view.exit, view.http, view.tls) == (0, "2", "TLSv1.2")


def test_a_certificate_under_no_trusted_root_is_an_error(site: Site) -> None:
    view = site.visit(msgspec.structs.replace(web(site), trusts=("interception",)))
    assert (view.exit, view.status, view.sha256) == (60, 0, "")
    assert "unable to get local issuer certificate" in view.error


def test_virtual_servers_have_certificates_of_their_own(site: Site) -> None:
    view = site.visit(Visit("v", f"https://old.example.test:{site.old.port}/hello", trusts=("lab",)))
    assert view.exit == 60
    assert "certificate has expired" in view.error


def test_the_servers_log_says_who_came_and_how(site: Site) -> None:
    log = site.site / origins.ACCESS_LOG  # nginx writes its line after the answer
    before = len(readings.access_log(log.read_text()))
    site.visit(msgspec.structs.replace(web(site), tls_max="1.2"))
    last = until(lambda: readings.access_log(log.read_text())[before:], "a line in the access log")[-1]
    assert (last.origin, last.port, last.source) == ("www.example.test", site.www.port, LOOPBACK)
    assert (last.protocol, last.request) == ("TLSv1.2", "GET /hello HTTP/1.1")


@pytest.mark.parametrize("tls_max", ["1.2", "1.3"])
def test_s_client_gets_its_line_back_reversed(site: Site, tls_max: str) -> None:
    visit = Visit("e", f"tls://echo.example.test:{site.echo.port}", trusts=("lab",), say="abc", tls_max=tls_max)
    view = site.visit(visit)
    assert (view.exit, view.tls, view.text) == (0, f"TLSv{tls_max}", "cba")
    assert view.issuer == f"CN={LAB_ROOT}"


def test_s_client_that_does_not_trust_the_server_says_so(site: Site) -> None:
    view = site.visit(Visit("e", f"tls://echo.example.test:{site.echo.port}", trusts=("interception",)))
    assert view.exit != 0
    assert "unable to get local issuer certificate" in view.error


def test_several_requests_take_one_connection(site: Site) -> None:
    log = site.site / origins.ACCESS_LOG
    before = len(readings.access_log(log.read_text()))
    view = site.visit(msgspec.structs.replace(web(site), requests=3))
    assert (view.exit, view.status, view.text.encode()) == (0, 200, origins.FILES["/hello"].strip())
    until(lambda: len(readings.access_log(log.read_text())) >= before + 3, "three lines in the access log")
    assert len(readings.access_log(log.read_text())) == before + 3


@pytest.mark.parametrize("old", ["https", "tls"])
def test_a_client_that_does_not_verify_goes_on(site: Site, old: str) -> None:
    say = "GET /hello HTTP/1.0\r\nHost: old.example.test\r\n\r"
    view = site.visit(Visit("v", f"{old}://old.example.test:{site.old.port}/hello", verify=False, say=say))
    assert (view.exit, view.issuer) == (0, f"CN={LAB_ROOT}")
    assert view.size >= len(origins.FILES["/hello"])
    assert ("certificate has expired" in view.error) is (old == "tls")


@pytest.mark.parametrize("hold", [False, True])
def test_many_sessions_are_told_as_one_view(site: Site, hold: bool) -> None:
    visit = msgspec.structs.replace(web(site), sessions=5, at_once=2, hold=hold, tls_max="1.2")
    view = site.visit(visit)
    assert (view.exit, view.error, view.text) == (0, "", "5 of 5 sessions answered")
    assert (view.issuer, view.tls, view.sha256) == (f"CN={LAB_ROOT}", "TLSv1.2", origins.served({})["/hello"])


def test_something_happens_while_sessions_are_held(site: Site) -> None:
    happened: list[str] = []
    visit = msgspec.structs.replace(web(site), sessions=3, hold=True, during=("wait",))
    trusted = clients.anchors_file(visit, site.anchors, site.directory)
    view = clients.visit_once(visit, LOOPBACK, trusted, site.directory, (), lambda: happened.append("once"))
    assert (happened, view.text) == (["once"], "3 of 3 sessions answered")


def test_nobody_at_home_is_an_error_of_the_client(site: Site) -> None:
    port = free_port()
    view = site.visit(Visit("v", f"https://www.example.test:{port}/hello"))
    assert (view.exit, view.issuer) == (7, "")


def test_something_happens_between_two_lines_of_one_session(site: Site) -> None:
    happened: list[str] = []
    visit = Visit("e", f"tls://echo.example.test:{site.echo.port}", trusts=("lab",), say="abc", during=("restart nf",))
    trusted = clients.anchors_file(visit, site.anchors, site.directory)
    view = clients.visit_once(visit, LOOPBACK, trusted, site.directory, (), lambda: happened.append("once"))
    assert happened == ["once"]
    assert (view.exit, view.text.split()) == (0, ["cba", "cba"])


def test_nothing_happens_in_a_session_that_never_began(site: Site) -> None:
    visit = Visit("e", f"tls://echo.example.test:{free_port()}", trusts=("lab",), during=("restart nf",))
    trusted = clients.anchors_file(visit, site.anchors, site.directory)
    view = clients.visit_once(visit, LOOPBACK, trusted, site.directory, (), lambda: pytest.fail("it happened"))
    assert view.exit
