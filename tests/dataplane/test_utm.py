"""UTM on the real data plane: TLS on both sides, clamd as a process of its own."""

import gzip
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nf.cli.operate.device import Device
from nf.cli.operate.run import run
from tests.helpers.clamd import EICAR, OURS, Clamd
from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME, LoopbackPki
from tests.helpers.origin import Origin, ended
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until

MIB = 1 << 20
UTM = """
security { utm {
    custom-objects {
        url-pattern bad { value [ "http://%(name)s/bad" "*.casino.test" ]; }
        custom-url-category Bad { value bad; }
    }
    default-configuration {
        anti-virus { %(mode)s scan-options { content-size-limit 4096; timeout 2; }
                     apply-macro srxnf { clamd %(clamd)s; } }
    }
    feature-profile {
        web-filtering { juniper-local { profile w { category { Bad { action block; } } } } }
        anti-virus { profile v { fallback-options { default %(fallback)s; content-size log-and-permit; } } }
    }
    utm-policy u { web-filtering { http-profile w; } anti-virus { http-profile v; } }
} }
"""


class Site(Network):
    """The proxy with UTM, and an origin that serves files by their names."""

    def __init__(self, directory: Path, pki: LoopbackPki, clamd: str, mode: str = "", fallback: str = "block") -> None:
        attached = CONFIGURATION.replace("application-services {", "application-services { utm-policy u;")
        utm = UTM % {"name": NAME, "clamd": clamd, "mode": mode, "fallback": fallback}
        origin = Origin()
        super().__init__(pki, origin, RunningProxy(directory, pki, origin.address, configuration=attached + utm))
        self.files: dict[str, bytes] = {}
        self.before_end: Callable[[], object] = lambda: None
        origin.serve(self._serve, pki.origin_context())

    def fetch(self, path: str, body: bytes = b"") -> tuple[bytes, str]:
        """All that the client gets for a GET, or a POST of something, and how its connection ends."""
        client = self.client()
        self.last = client.getsockname()
        method, length = ("POST", f"Content-Length: {len(body)}\r\n") if body else ("GET", "")
        client.sendall(f"{method} {path} HTTP/1.1\r\nHost: {NAME}\r\n{length}Connection: close\r\n\r\n".encode() + body)
        got = b""
        try:
            while data := client.recv(65536):
                got += data
        except (ssl.SSLError, ConnectionError):
            return got, "cut"
        return got, ended(client)

    def sent_record(self, name: str) -> dict[str, str]:
        """The record of this name about what the last client was sent, waited for."""
        port = str(self.last[1])
        found = until(lambda: [one for one in self.proxy.all_records() if (one["name"], one.get("destination-port")) == (
            name, port)], f"{name} in the log")
        return found[0]

    def _serve(self, at: socket.socket) -> None:
        asked = b""
        while not asked.endswith(b"\r\n\r\n"):
            more = at.recv(65536)
            if not more:
                return
            asked += more
        body = self.files.get(asked.split(b" ")[1].decode(), b"nothing")
        coding = b"content-encoding: gzip\r\n" if body[:2] == b"\x1f\x8b" else b""
        at.sendall(b"HTTP/1.1 200 OK\r\n%scontent-length: %d\r\n\r\n" % (coding, len(body)) + body[:-1])
        self.before_end()
        at.sendall(body[-1:])


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clamd]:
    with Clamd(tmp_path_factory.mktemp("clamd")) as running:
        yield running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, pki: LoopbackPki, clamd: Clamd) -> Iterator[Site]:
    found = Site(tmp_path_factory.mktemp("utm"), pki, f"unix:{clamd.socket}")
    yield found
    found.origin.close()
    assert found.proxy.end() == 0
    assert "Traceback" not in found.proxy.stderr


def test_clean_files_pass_whole(site: Site) -> None:
    site.files["/big"] = bytes(range(256)) * (2 * MIB // 256)
    got, end = site.fetch("/big")
    assert got.endswith(b"\r\n\r\n" + site.files["/big"])
    assert end == "clean"


@pytest.mark.parametrize("body", [
    EICAR, gzip.compress(EICAR, mtime=0), b"x" * MIB + OURS + b"y" * MIB], ids=["small", "packed", "large"])
def test_a_virus_does_not_arrive_and_is_logged(site: Site, body: bytes) -> None:
    site.files["/virus"] = body
    got, _ = site.fetch("/virus")
    assert not got.endswith(body)
    record = site.sent_record("AV_VIRUS_DETECTED_MT")
    assert record["field-name"].startswith(("Eicar-Test", "Our-Test"))


def test_a_page_of_a_blocked_category_is_replaced(site: Site) -> None:
    got, end = site.fetch("/bad/page")
    assert (got[:13], end) == (b"HTTP/1.1 403 ", "clean")
    assert b"Web page blocked" in got
    assert site.proxy.record("WEBFILTER_URL_BLOCKED", site.last)["obj"] == "/bad/page"
    close = site.proxy.record("RT_FLOW_SESSION_CLOSE", site.last)
    assert close["reason"] == "application failure or action"


def test_too_large_a_file_takes_its_fallback(site: Site) -> None:
    site.files["/huge"] = bytes(5 * MIB)
    assert site.fetch("/huge")[0].endswith(site.files["/huge"])
    assert site.sent_record("AV_FILE_NOT_SCANNED_PASSED_MT")["reason"] == "exceeding maximum content size"


def test_operators_see_what_was_done(site: Site) -> None:
    device = Device(site.proxy.control)
    site.files["/virus"] = EICAR
    run("clear security utm anti-virus statistics", device)
    site.fetch("/virus")
    site.fetch("/bad")
    shown = {what: "\n".join(run(f"show security utm {what}", device).lines) for what in (
        "session", "status", "web-filtering statistics", "anti-virus statistics", "anti-virus status",
        "content-filtering statistics", "anti-spam statistics")}
    assert re.search(r"Threat-found: +1\n", shown["anti-virus statistics"])
    assert re.search(r"Custom category block: +[1-9]", shown["web-filtering statistics"])
    assert re.search(r"blocked: +[1-9]", shown["session"])
    assert shown["anti-virus status"].endswith("/clamd.sock: answers")
    assert re.search(r"Spam dropped: +0", shown["anti-spam statistics"])


@pytest.mark.parametrize(("fallback", "arrives"), [("block", False), ("log-and-permit", True)])
@pytest.mark.parametrize("fate", ["kill", "stop"])
def test_clamd_that_fails_in_mid_file_has_its_fallback(
        tmp_path: Path, pki: LoopbackPki, fallback: str, arrives: bool, fate: str) -> None:
    with Clamd(tmp_path) as clamd:
        site = Site(tmp_path, pki, f"tcp:127.0.0.1:{clamd.port}", "forwarding-mode { hold; }", fallback)
        site.files["/file"] = bytes(MIB)
        site.before_end = getattr(clamd, fate)
        with site.proxy:
            got, _ = site.fetch("/file")
            assert (got[:12], got.endswith(site.files["/file"])) == (b"HTTP/1.1 200" if arrives else b"HTTP/1.1 403", arrives)
            record = site.sent_record(f"AV_FILE_NOT_SCANNED_{'PASSED' if arrives else 'DROPPED'}_MT")
            assert record["reason"] == {"kill": "no connection to the scan engine", "stop": "scan engine has timed out"}[fate]
        site.origin.close()


@pytest.mark.parametrize(("fallback", "done", "status"), [("block", "DROPPED", b"403"), ("log-and-permit", "PASSED", b"200")])
def test_who_is_answered_before_the_file_is_judged_reads_of_the_verdict(
        tmp_path: Path, pki: LoopbackPki, fallback: str, done: str, status: bytes) -> None:
    with Clamd(tmp_path) as clamd:
        site = Site(tmp_path, pki, f"tcp:127.0.0.1:{clamd.port}", "forwarding-mode { hold; }", fallback)
        site.files["/up"] = b""  # so that nothing in the answer is judged
        site.before_end = lambda: site.proxy.record(f"AV_FILE_NOT_SCANNED_{done}_MT", site.last)
        clamd.stop()
        with site.proxy:
            got, end = site.fetch("/up", b"a file")
            assert (got[9:12], end) == (status, "clean")
        site.origin.close()
