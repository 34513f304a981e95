"""A running device, asked through its socket: all pages, sessions that live, sessions that are cleared."""

import contextlib
import re
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from nf.cli.operate.device import Device
from nf.cli.operate.grammar import OperatorError
from nf.cli.operate.run import run
from nf.dataplane.selection import PAGE
from tests.helpers.loopback_network import Network
from tests.helpers.origin import ended
from tests.helpers.waiting import until

SESSIONS = PAGE + 20
REQUEST = b"GET /index.html HTTP/1.1\r\nHost: www.example.test\r\n\r\n"


@pytest.fixture
def device(network: Network) -> Device:
    until(network.proxy.is_idle, "earlier sessions are over")
    return Device(network.proxy.control)


def text(device: Device, line: str) -> str:
    return "\n".join(run(line, device).lines)


@pytest.fixture(scope="class")
def client(network: Network) -> Iterator[ssl.SSLSocket]:
    """A session that has been reported: it has said something, and has lived for more than a second."""
    until(network.proxy.is_idle, "earlier sessions are over")
    with network.client() as tls:
        tls.sendall(REQUEST)
        assert tls.recv(len(REQUEST)) == REQUEST
        until(lambda: network.proxy.ask("sessions")["sessions"][0]["packets-from-client"], "it is reported")
        yield tls


class TestLiveSession:
    """What is said of one, and found by."""

    @pytest.fixture
    def device(self, network: Network) -> Device:
        return Device(network.proxy.control)

    def test_all_that_is_known(self, network: Network, device: Device, client: ssl.SSLSocket) -> None:
        row, = device.answer({"show": "sessions"})["sessions"]
        assert (row["policy-name"], row["policy-index"], row["profile"]) == ("inspect", 1, "fp")
        assert (row["source-interface"], row["destination-interface"]) == ("ge-0/0/0.0", "ge-0/0/1.0")
        assert (row["application"], row["encrypted"], row["decrypted"]) == ("HTTP", "Yes", True)
        assert row["server-name"] == "www.example.test"
        assert row["ssl-t"] == {"version": client.version(), "cipher": client.cipher()[0], "alpn": "",
                                "group": "x25519", "resumed": False}
        assert row["grade"] == "A"
        assert row["ssl-i"]["version"] == "TLSv1.3"
        assert row["bytes-from-client"] > len(REQUEST)
        assert row["bytes-from-server"] > len(REQUEST)
        assert row["decrypted-bytes"] == 2 * len(REQUEST)
        assert 1700 < row["timeout"] <= row["maximum-timeout"] == 1800
        head = f"Session ID: {row['session-id']}, Policy name: inspect/1, Timeout: "
        assert head in text(device, "show security flow session")
        charged = sum(spu["bytes"] for spu in network.proxy.ask("monitoring")["spus"])
        assert charged >= row["bytes-from-client"] + row["bytes-from-server"]


    def test_filters(self, device: Device, client: ssl.SSLSocket) -> None:
        port = client.getsockname()[1]

        def found(filters: str) -> bool:
            return "Session ID" in text(device, f"show security flow session {filters}")

        for filters in (f"source-port {port}", "source-prefix 127.0.0.0/8 zone untrust interface ge-0/0/0.0",
                        "ssl encrypted",
                        "policy-name inspect policy-id 1", "dynamic-application junos:http", "family inet protocol tcp",
                        "packets-more-than 1 bytes-more-than 1 duration-less-than 1000"):
            assert found(filters), filters
        for filters in (f"destination-port {port}", "source-prefix 192.0.2.0/24", "zone dmz", "policy-name other",
                        "protocol udp", "packets-less-than 1", "bytes-less-than 1", "duration-more-than 1000",
                        "dynamic-application SMTP", "session-identifier 1", "interface ge-9/9/9.0", "policy-id 2",
                        "family inet6"):
            assert not found(filters), filters


def test_a_cleared_session_ends_and_the_log_says_why(network: Network, device: Device) -> None:
    client = network.client()
    assert text(device, "clear security flow session source-port 1") == "0 active sessions cleared"
    port = client.getsockname()[1]
    assert text(device, f"clear security flow session source-port {port}") == "1 active sessions cleared"
    assert "Session ID" not in text(device, "show security flow session")
    assert ended(client) in ("reset", "truncated")
    client.close()
    assert network.proxy.record("RT_FLOW_SESSION_CLOSE", ("", port))["reason"] == "cleared by operator"


def test_more_sessions_than_a_page_are_all_shown_and_all_cleared(network: Network, device: Device) -> None:
    with contextlib.ExitStack() as open_ones:
        for _ in range(SESSIONS):
            open_ones.enter_context(network.proxy.connect())
        until(lambda: device.answer({"show": "sessions"})["total"] == SESSIONS, "all are there")
        answer = device.answer({"show": "sessions"}, "sessions")
        assert len({row["session-id"] for row in answer["sessions"]}) == SESSIONS
        assert text(device, "show security flow session | match ^Session | count") == f"Count: {SESSIONS} lines"
        assert text(device, "clear security flow session all") == f"{SESSIONS} active sessions cleared"
        until(network.proxy.is_idle, "all are over")


def test_hits_and_ssl_proxy_statistics_grow_and_are_cleared(network: Network, device: Device) -> None:
    def hits() -> int:
        return device.answer({"show": "policies"})["policies"][0]["hits"]

    def total(name: str) -> int:
        return sum(pic["counters"][name] for pic in device.answer({"show": "ssl-proxy-statistics"})["pics"])

    for command in ("clear security policies statistics", "clear services ssl proxy statistics"):
        assert text(device, command) == ""
    assert (hits(), total("matched"), total("created")) == (0, 0, 0)
    with network.client():
        until(lambda: hits() == 1, "the policy has decided")
        assert (total("matched"), total("created"), total("active"), total("dropped")) == (1, 1, 1, 0)
    until(network.proxy.is_idle, "the session is over")
    assert (total("created"), total("active")) == (1, 0)


def test_names_for_completion(device: Device) -> None:
    assert device.names() == {
        "zone": ["trust", "untrust"], "policy": ["inspect"], "interface": ["ge-0/0/0.0", "ge-0/0/1.0"],
        "logical-system": ["all"], "tenant": [],
            "profile": ["fp"], "certificate": ["ssl-proxy-ca"], "ca-profile": ["lab-root"]}


def test_configuration_as_the_device_was_started_with(device: Device) -> None:
    lines = text(device, "show configuration | display set").splitlines()
    assert "set security zones security-zone trust interfaces ge-0/0/0.0" in lines


@pytest.mark.parametrize("line", [
    "show security zones", "show security policies", "show security policies hit-count", "show security monitoring",
    "show security monitoring fpc 0", "show security monitoring performance spu", "show security flow session summary",
    "show security monitoring performance spu extensive", "show security monitoring performance spu summary fpc 0 pic 1",
    "show security flow statistics", "show security flow status", "show security flow cp-session summary",
    "show security np-cache summary", "show chassis hardware", "show chassis fpc",
    "show services srxnf cpu",
    "show services ssl proxy statistics", "show services ssl proxy status", "show system processes",
    "show system uptime",
    "show version"])
def test_every_other_command_is_answered(device: Device, line: str) -> None:
    assert text(device, line)


def test_packets_by_what_became_of_them(device: Device, network: Network) -> None:
    def packets(what: str) -> int:
        whole = text(device, "show security flow statistics").split("Flow Statistics Summary:\n")[1]
        return int(dict(line.strip().split(": ") for line in whole.splitlines())[f"Packets {what}"])

    received, copied = packets("received"), packets("copied")
    with network.client() as client:
        client.sendall(REQUEST)
        client.recv(len(REQUEST))
    until(network.proxy.is_idle, "the session is over")
    assert packets("received") - received == packets("copied") - copied > 4


def test_what_services_do_is_told_of_a_session_and_of_all(device: Device, network: Network) -> None:
    def bytes_seen() -> int:
        return device.answer({"show": "services"})["application_identification"]["bytes"]

    before = bytes_seen()
    with network.client() as client:
        client.sendall(REQUEST)
        client.recv(len(REQUEST))
        number = device.answer({"show": "sessions"})["sessions"][0]["session-id"]
        lines = text(device, f"show security flow session session-identifier {number} extensive")
        told = r"^Service: application-identification, (watches|has seen enough), bytes: [1-9]\d*, CPU: \d+ us$"
        assert re.search(told, lines, re.MULTILINE)
        living = bytes_seen() - before
        assert living >= len(REQUEST)
    until(network.proxy.is_idle, "the session is over")
    assert bytes_seen() - before >= living
    assert "apptrack" in text(device, "show services inspection")


def test_the_device_says_what_it_does_not_understand(device: Device) -> None:
    with pytest.raises(OperatorError, match="which sessions are to be cleared"):
        text(device, "clear security flow session")


def test_nobody_there(tmp_path: Path) -> None:
    device = Device(tmp_path / "control")
    with pytest.raises(OperatorError, match=r"no device answers on .*control: No such file or directory; start"):
        device.answer({"show": "version"})
    assert device.names() == {}
