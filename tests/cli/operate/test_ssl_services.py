"""`show|clear services ssl` on a device that runs: what is shown happened, and adds up."""

import json
import ssl
from collections.abc import Iterator
from typing import Any

import pytest

from nf.cli.operate.device import Device
from nf.cli.operate.grammar import OperatorError
from nf.cli.operate.run import run
from tests.helpers.loopback_network import Network
from tests.helpers.origin import echo
from tests.helpers.waiting import until


@pytest.fixture
def device(network: Network) -> Iterator[Device]:
    """Idle, its counters and caches empty, before a good origin."""
    until(network.proxy.is_idle, "earlier sessions are over")
    made = Device(network.proxy.control)
    for what in ("proxy statistics", "proxy counters", "proxy certificate-cache", "proxy certificate-cache statistics",
                 "proxy session-cache", "proxy session-cache statistics", "termination counters", "initiation counters",
                 "droplogs"):
        text(made, f"clear services ssl {what}")
    yield made
    network.origin.serve(echo, network.pki.origin_context())


def text(device: Device, line: str) -> list[str]:
    return list(run(line, device).lines)


def data(device: Device, line: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads("\n".join(text(device, f"{line} | display json")))
    return found


def total(device: Device, line: str, container: str, name: str) -> int:
    """Of all PICs."""
    return sum(pic[name] for pic in data(device, line)[container][f"{container}-pic"])


def counted(device: Device, line: str) -> dict[str, int]:
    """The counters that are not 0, of all PICs together."""
    found: dict[str, int] = {}
    for pic in data(device, line)["ssl-counters"]["ssl-counters-pic"]:
        for entry in pic["ssl-counters-entry"]:
            if entry["ssl-counters-value"]:
                name = entry["ssl-counters-name"]
                found[name] = found.get(name, 0) + entry["ssl-counters-value"]
    return found


def cached(device: Device, cache: str) -> list[dict[str, Any]]:
    """The entries of a cache, of all PICs."""
    found = data(device, f"show services ssl proxy {cache}-cache entries detail")
    return [entry for pic in found["ssl-cache"]["ssl-cache-pic"] for entry in pic["ssl-cache-entry"]]


def session(network: Network) -> None:
    with network.client() as client:
        client.sendall(b"x")
        assert client.recv(1) == b"x"
        client.unwrap().close()
    until(network.proxy.is_idle, "the session is over")


def refused(network: Network, certificate: str) -> None:
    network.origin.serve(echo, network.pki.origin_context(certificate))
    with pytest.raises(ssl.SSLError):
        network.client()
    until(network.proxy.is_idle, "the session is over")


def test_statistics_and_counters_add_up_over_pics(network: Network, device: Device) -> None:
    for _ in range(3):
        session(network)
    refused(network, "expired")

    def statistic(name: str) -> int:
        return total(device, "show services ssl proxy statistics", "ssl-statistics", f"ssl-statistics-sessions-{name}")

    assert [statistic(name) for name in ("matched", "created", "active", "dropped", "whitelisted")] == [4, 4, 0, 1, 0]
    assert counted(device, "show services ssl proxy counters all") == {
        "decrypted": 3, "dropped: server-authentication-failed": 1}
    assert counted(device, "show services ssl proxy counters errors") == {"dropped: server-authentication-failed": 1}
    assert counted(device, "show services ssl proxy counters info") == {"decrypted": 3}
    assert counted(device, "show services ssl termination counters all")["full-handshakes"] == 3
    initiated = counted(device, "show services ssl initiation counters handshake")
    assert sum(initiated.values()) == 4
    names = "\n".join(text(device, "show services ssl proxy counters all"))
    assert all(reason in names for reason in ("bypassed: whitelisted", "ignored: non-ssl", "dropped: idle-timeout"))


def test_dropped_sessions_are_remembered(network: Network, device: Device) -> None:
    refused(network, "untrusted")
    lines = [line for line in text(device, "show services ssl droplogs") if "session" in line]
    assert len(lines) == 1
    assert lines[0].endswith("fp dropped: server-authentication-failed")
    text(device, "clear services ssl droplogs")
    assert not [line for line in text(device, "show services ssl droplogs") if "session" in line]


def test_the_tls_of_one_session(network: Network, device: Device) -> None:
    with network.client() as client:
        client.sendall(b"x")
        assert client.recv(1) == b"x"
        row = until(lambda: network.proxy.ask("sessions")["sessions"][0], "the session is there")
        until(lambda: network.proxy.ask("sessions")["sessions"][0]["profile"], "its policy is reported")
        number = row["session-id"]
        found = data(device, f"show services ssl session {number}")["ssl-session"]
        assert found["ssl-session-connection-type"] == "PROXY"
        assert found["ssl-session-init-sni"] == "www.example.test"
        assert found["ssl-session-term-cipher"] == client.cipher()[0]
        assert (found["ssl-session-term-tls-version"], found["ssl-session-init-tls-version"]) == ("1.3", "1.3")
        assert (found["ssl-session-cert"], found["ssl-session-cert-status"]) == ("/CN=www.example.test", "Ok")
        assert (found["ssl-session-cert-action"], found["ssl-session-cert-crl-check"]) == ("allow", "Not configured")
        assert (found["ssl-session-term-key-size"], found["ssl-session-init-key-size"]) == (256, 256)
        assert found["ssl-session-term-group"].lower() == "x25519"
        assert found["ssl-session-grade"] == "A"
    with pytest.raises(OperatorError, match="no session 1"):
        text(device, "show services ssl session 1")


def test_the_certificate_cache_lists_what_clients_are_shown(network: Network, device: Device) -> None:
    for _ in range(4):
        session(network)
    line = "show services ssl proxy certificate-cache"
    entries = cached(device, "certificate")
    assert 1 <= len(entries) <= 2  # workers
    assert all(entry["ssl-cache-subject"] == "/CN=www.example.test" for entry in entries)
    assert all(entry["ssl-cache-issuer"] == "/CN=SRX SSL proxy CA" for entry in entries)
    assert all(entry["ssl-cache-status"].startswith("Active: Time to expire ") for entry in entries)
    hits, misses = (total(device, f"{line} statistics", "ssl-cache-statistics", f"ssl-cache-{name}")
                    for name in ("hit", "miss"))
    assert (hits + misses, misses) == (4, len(entries))
    in_use = total(device, "show services ssl proxy status", "ssl-status", "ssl-status-cert-nodes-in-use")
    assert in_use == len(entries)
    assert text(device, "clear services ssl proxy certificate-cache") == [f"{len(entries)} entries cleared"]
    assert "    Total entries: 0" in text(device, f"{line} entries summary")


def test_sessions_with_servers_are_kept_and_counted(network: Network, device: Device) -> None:
    for _ in range(6):
        session(network)
    hits, misses = (total(device, "show services ssl proxy session-cache statistics", "ssl-cache-statistics",
                          f"ssl-cache-{name}") for name in ("hit", "miss"))
    assert hits + misses == 6
    assert 1 <= misses <= 2  # the first of each worker
    assert counted(device, "show services ssl initiation counters all")["resumed-handshakes"] == hits
    entries = cached(device, "session")
    assert {(entry["ssl-cache-dest-port"], entry["ssl-cache-server-name-extn-name"]) for entry in entries} == {
        (network.origin.address[1], "www.example.test")}


def test_profiles_and_certificates(device: Device) -> None:
    assert text(device, "show services ssl proxy profile profile-name fp")[0].split() == ["profile", "fp"]
    names = [line.split()[1] for line in text(device, "show services ssl termination profile all") if "_proxy_t" in line]
    shown = text(device, f"show services ssl termination profile detail profile-name {names[0]}")
    assert ["cert-ecdsa", "ssl-proxy-ca"] in [line.split() for line in shown]
    assert text(device, "show services ssl certificate all") == ["ssl-proxy-ca", "lab-root"]
    for line in ("proxy profile profile-name", "initiation profile brief profile-name", "certificate detail certificate-id"):
        with pytest.raises(OperatorError, match=r"no .*nothing"):
            text(device, f"show services ssl {line} nothing")


def test_status_grades_profiles_and_is_well_formed_xml(device: Device) -> None:
    lines = text(device, "show services ssl proxy status")
    assert ["fp", "grade", "A"] in [line.split() for line in lines]
    assert text(device, "show services ssl proxy status | display xml")[0] == "<rpc-reply>"


def test_learned_bypass_is_empty_and_clears(device: Device) -> None:
    assert text(device, "show services ssl proxy learned-bypass") == ["Learned bypass (ours):", "    Total entries: 0"]
    assert text(device, "clear services ssl proxy learned-bypass") == ["0 entries cleared"]


def test_of_all_sessions_a_line_each(network: Network, device: Device) -> None:
    with network.client() as client:
        client.sendall(b"x")
        assert client.recv(1) == b"x"
        lines = until(lambda: [line for line in text(device, "show services ssl session") if " TLSv1.3/" in line], "it is told")
        assert lines[0].split()[1:3] == ["fp", "www.example.test"]
        assert "  A  " in lines[0]
    until(network.proxy.is_idle, "the session is over")
    assert text(device, "show services ssl session")[-1] == "Total sessions: 0"
