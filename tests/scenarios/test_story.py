"""The story on a screen: small, and what is not as it should be stands out."""

import io

import msgspec
import pytest
from rich.console import Console

import scenarios
import topologies
from scenarios import origins, story
from scenarios.observe import ClientView, FlowEntry, Observation, ServerView, SpuRow
from scenarios.schema import Scenario

FLOW = {"source-address": "10.0.0.1", "source-port": "4711", "destination-address": "10.0.0.101", "destination-port": "443"}


def shown(scenario: Scenario, seen: Observation, width: int = 80) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    console.print(story.tell(scenario, topologies.load(scenario.topology, **scenario.parameters), seen))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def full(scenario: Scenario) -> Observation:
    """An observation with something of everything, and more of it than fits."""
    views = tuple(ClientView(visit.name, visit.client, 0, issuer="CN=SRX SSL proxy CA", tls="TLSv1.3", size=262084,
                             sha256=origins.served({})["/hello"]) for visit in scenario.visit for _ in range(visit.times))
    return Observation(
        scenario.name, "srx5400-2spc2", clients=views, served=origins.served({}),
        servers=(ServerView("www.example.test", 443, "10.0.0.1", "GET / HTTP/1.1", "TLSv1.3"),),
        log=({"name": "APPTRACK_SESSION_CLOSE", "application": "HTTP", "encrypted": "Yes", **FLOW},
             {"name": "SSL_PROXY_INFO", "message": "system: HTTP request GET /[bold]x HTTP/1.1", **FLOW}),
        flows=tuple(FlowEntry("s1", 2, n, 1, n, 10 * n, "", "", f"policy trust->untrust p{n}: {'words ' * 20}")
                    for n in range(20)),
        spus=tuple(SpuRow(f"FPC {n} PIC 0", created=n) for n in range(7)))


@pytest.mark.parametrize("name", scenarios.available())
def test_fits_on_a_screen(name: str) -> None:
    scenario = scenarios.load(name)
    seen = full(scenario)
    for width in (80, 120):
        lines = shown(scenario, seen, width)
        assert len(lines) < 40  # and one for the verdict
        assert max(map(len, lines)) <= width


def test_says_who_showed_which_certificate_and_what_was_read() -> None:
    scenario = scenarios.load("forward_proxy")
    text = "\n".join(shown(scenario, full(scenario)))
    assert "client1 10.0.0.1 ──┤ s1 ├── server1 10.0.0.101" in text
    assert "CN=SRX SSL proxy CA" in text
    assert "as served" in text
    assert "10.0.0.1/4711->10.0.0.101/443 HTTP, encrypted Yes" in text
    assert "GET /[bold]x HTTP/1.1" in text  # a peer's words are never markup
    assert "srx5400-2spc2" in text


def test_a_body_that_changed_on_its_way_stands_out() -> None:
    scenario = scenarios.load("forward_proxy")
    seen = full(scenario)
    seen = msgspec.structs.replace(seen, clients=(msgspec.structs.replace(seen.clients[0], sha256="0" * 64),))
    assert any("NOT AS" in line for line in shown(scenario, seen))


def test_a_client_that_failed_is_told_with_its_error() -> None:
    scenario = scenarios.load("untrusted_server")
    error = "OpenSSL/3.0.22: error:0A000418:SSL routines::tlsv1 alert unknown ca"
    seen = Observation(scenario.name, "p", clients=(ClientView("untrusted", "client1", 35, error=error),))
    assert any("none" in line and "alert: unknown ca" in line for line in shown(scenario, seen))


def test_the_verdict_counts_differences() -> None:
    assert [line.plain for line in story.verdict("s", (), 1.26)] == ["s: as expected (1.3 s)"]
    assert [line.plain for line in story.verdict("s", ("a", "b"), 2)] == [
        "s: 2 differences from what is expected (2.0 s)", "  - a", "  - b"]
