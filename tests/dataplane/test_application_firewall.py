"""Application identification and the application firewall on a running `srxnf proxy`: what clients see, what operators see."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nf.cli.operate.device import Device
from nf.cli.operate.run import run
from nf.dataplane.control import ask
from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.origin import Origin, echo
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until

FIREWALL = """
security { application-firewall {
    profile told { block-message { type { custom-text { content "not at work"; } } } }
    rule-sets rs {
        rule social { match { dynamic-application-group junos:web:social-networking; } then { deny { block-message; } } }
        rule shop { match { dynamic-application shop; } then { reject; } }
        default-rule { permit; }
        profile told;
    }
} }
services { application-identification { application shop { over HTTP { signature s { member m {
    context http-header-host; pattern "shop\\..*"; direction client-to-server; } } } } } }
"""
REQUEST = b"GET /a HTTP/1.1\r\nHost: %s\r\n\r\n"


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    with contextlib.ExitStack() as ends:
        for part in ("pki", "proxy"):
            (tmp_path / part).mkdir()
        pki, origin = LoopbackPki(tmp_path / "pki"), Origin()
        ends.callback(origin.close)
        origin.serve(echo, pki.origin_context())
        text = CONFIGURATION.replace("ssl-proxy {", "application-firewall { rule-set rs; } ssl-proxy {", 1) + FIREWALL
        proxy = RunningProxy(tmp_path / "proxy", pki, origin.address, configuration=text)
        ends.callback(proxy.end)
        yield Network(pki, origin, proxy)


def answered(network: Network, host: bytes) -> bytes:
    with network.client() as tls, contextlib.suppress(OSError):
        tls.sendall(REQUEST % host)
        return tls.recv(4096)
    return b""


def report(network: Network, service: str, word: str) -> dict[str, Any]:
    return ask(network.proxy.control, {"show": "service", "service": service, "word": word})


def test_who_is_refused_is_told_and_who_is_not_gets_through(network: Network) -> None:
    page = answered(network, b"www.facebook.com")
    assert page.startswith(b"HTTP/1.1 403")
    assert b"not at work" in page
    assert answered(network, b"shop.test") == b""
    assert answered(network, b"www.example.test") == REQUEST % b"www.example.test"
    until(network.proxy.is_idle, "all are over")
    rules = report(network, "appfw", "rule-sets")["rule-sets"]["root-logical-system rs"]["rules"]
    assert {name: (row["matched"], row["redirected"]) for name, row in rules.items()} == {
        "social": (1, 1), "shop": (1, 0), "default-rule": (1, 0)}
    denied = [one for one in network.proxy.all_records() if one["name"] == "RT_FLOW_SESSION_DENY"]
    assert {(one["nested-application"], one["application-sub-category"], one["encrypted"]) for one in denied} == {
        ("FACEBOOK-ACCESS", "Social-Networking", "Yes"), ("shop", "N/A", "Yes")}


def test_what_servers_speak_is_known_to_all_workers_afterwards(network: Network) -> None:
    answered(network, b"www.example.test")
    answered(network, b"www.youtube.com")
    until(network.proxy.is_idle, "both are over")
    entries = until(lambda: report(network, "application_identification", "cache")["entries"], "the cache has an entry")
    assert {(row["application"], row["encrypted"]) for row in entries} == {("junos:HTTP", True)}
    counted = until(lambda: report(network, "application_identification", "statistics")["applications"], "they are counted")
    assert {row["application"]: row["sessions"] for row in counted} == {"junos:HTTP": 1, "junos:YOUTUBE": 1}


def test_operators_see_it(network: Network) -> None:
    answered(network, b"www.facebook.com")
    until(network.proxy.is_idle, "it is over")
    for command, expected in (
            ("show security application-firewall rule-set all", "Number of sessions redirected: 1"),
            ("show services application-identification application-system-cache", "cache-entry-timeout: 3600 seconds"),
            ("show services application-identification statistics applications", "FACEBOOK-ACCESS"),
            ("show services application-identification statistics application-groups", "junos:web:social-networking"),
            ("show services application-identification application detail junos:YOUTUBE", "googlevideo.com"),
            ("show services application-identification counter", "Cache hits"),
            ("show services application-identification counter ssl-encrypted-sessions", f"{'Encrypted sessions':<50}1"),
            ("clear services application-identification counter", ""),
            ("show services application-identification counter ssl-encrypted-sessions", f"{'Encrypted sessions':<50}0"),
            ("show services application-identification statistics applications", "FACEBOOK-ACCESS"),
            ("show services application-identification version", "applications"),
            ("clear services application-identification application-system-cache", "cleared")):
        assert expected in "\n".join(run(command, Device(network.proxy.control)).lines)
