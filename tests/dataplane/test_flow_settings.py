"""What `security flow` and screens do to live sessions: room is made, limits refuse, and a reload changes both."""

import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hwmodel.platform import PLATFORMS
from nf.dataplane.control import ask
from tests.helpers.loopback_network import Network
from tests.helpers.origin import DEADLINE, ended
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until

ROOM = 8
FLOW = """
    flow { aging { early-ageout 3; high-watermark 50; low-watermark 25; } }
"""
FEW = """
    screen { ids-option few { limit-session { source-ip-based 2; } } }
"""


def configured(flow: str = "", screen: str = "") -> str:
    text = CONFIGURATION.replace("security {\n", f"security {{ {flow}{screen}")
    return text.replace("security-zone trust {", "security-zone trust { screen few;") if screen else text


@pytest.fixture
def small(network: Network, tmp_path: Path) -> Iterator[Network]:
    """A device with one SPU and little room."""
    device = tmp_path / "small.toml"
    text = (PLATFORMS / "srx1600.toml").read_text(encoding="utf-8")
    device.write_text(text.replace("2_097_152", str(ROOM)), encoding="utf-8")
    with RunningProxy(tmp_path, network.pki, network.origin.address, workers=1, configuration=configured(FLOW),
                      options=["--platform", str(device)]) as proxy:
        yield Network(network.pki, network.origin, proxy)
        assert "Traceback" not in proxy.stderr


def echoes(client: ssl.SSLSocket) -> bool:
    try:
        client.sendall(b"x")
        return client.recv(1) == b"x"
    except OSError:
        return False


def reload(own: Network, configuration: str) -> None:
    own.proxy.said.with_name("srx.conf").write_text(configuration, encoding="utf-8")
    before = len(own.proxy.stderr)
    own.proxy.process.send_signal(signal.SIGHUP)
    until(lambda: "reloaded" in own.proxy.stderr[before:], "the reload")


def test_above_the_high_watermark_the_longest_idle_make_room(small: Network) -> None:
    busy, idle = [small.client() for _ in range(2)], [small.client() for _ in range(2)]  # half of the table
    ports = {client.getsockname()[1] for client in idle}
    until(lambda: all(map(echoes, busy)) and small.proxy.counters().get("dropped: early-ageout", 0) == 2, "two sessions less")
    assert small.proxy.ask("sessions")["total"] == 2
    records = [record for record in small.proxy.all_records() if record["name"] == "RT_FLOW_SESSION_CLOSE"]
    assert {int(record["source-port"]) for record in records} == ports
    assert {record["reason"] for record in records} == {"idle Timeout"}
    assert (list(map(echoes, busy)), list(map(echoes, idle))) == ([True, True], [False, False])
    for client in (*busy, *idle):
        client.close()


def screens(proxy: RunningProxy) -> list[dict[str, Any]]:
    zones: list[dict[str, Any]] = proxy.ask("screens")["zones"]
    return zones


def test_a_limit_refuses_logs_and_counts_and_a_reload_brings_or_takes_it(small: Network) -> None:
    proxy = small.proxy
    reload(small, configured(screen=FEW))
    kept = [small.client() for _ in range(2)]
    for _ in range(2):
        with pytest.raises(OSError, match=r"."):
            small.client()
    assert proxy.counters()["refused: session limit of its source"] == 2
    [record] = [record for record in proxy.all_records() if record["name"] == "RT_SCREEN_SESSION_LIMIT"]
    assert (record["attack-name"], record["source-address"], record["source-zone-name"], record["action"]) == (
        "Src IP session limit!", "127.0.0.1", "trust", "drop")
    assert screens(proxy) == [{"zone": "trust", "screen": "few", "source": 2, "destination": 0}]
    kept.pop().close()
    until(lambda: proxy.ask("sessions")["total"] == 1, "one session less")
    kept.append(small.client())
    reload(small, configured())
    kept.append(small.client())
    for client in kept:
        client.close()


def test_an_alarm_alone_refuses_nobody(small: Network) -> None:
    reload(small, configured(screen=FEW.replace("few {", "few { alarm-without-drop;")))
    clients = [small.client() for _ in range(3)]
    assert all(map(echoes, clients))
    [record] = [record for record in small.proxy.all_records() if record["name"] == "RT_SCREEN_SESSION_LIMIT"]
    assert record["action"] == "alarm-without-drop"
    for client in clients:
        client.close()


def test_screen_statistics_are_cleared(small: Network) -> None:
    reload(small, configured(screen=FEW))
    with small.client(), small.client(), pytest.raises(OSError, match=r"."):
        small.client()
    ask(small.proxy.control, {"clear": "screens"})
    assert screens(small.proxy) == [{"zone": "trust", "screen": "few", "source": 0, "destination": 0}]


def test_a_flow_that_was_denied_does_not_ask_again(small: Network) -> None:
    reload(small, configured(flow="flow { drop-flow { max-sessions 30; timeout 60; } }").replace(
        "permit { application-services { ssl-proxy { profile-name fp; } } }", "deny;"))
    first = small.proxy.connect()
    there = first.getsockname()
    assert first.recv(1) == b""
    first.close()
    until(lambda: small.proxy.ask("sessions-summary")["pics"][0]["drop-flows"] == 1, "a drop-flow")
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.settimeout(DEADLINE)
        again.bind(there)
        again.connect(small.proxy.address)
        assert again.recv(1) == b""
    assert small.proxy.counters()["refused: drop-flow"] == 1
    assert len([record for record in small.proxy.all_records() if record["name"] == "RT_FLOW_SESSION_DENY"]) == 1


def test_a_half_closed_session_lives_as_long_as_time_wait_state_says(small: Network) -> None:
    waiting = "flow { tcp-session { time-wait-state { session-timeout 2; apply-to-half-close-state; } } }"
    reload(small, configured(flow=waiting))
    over = threading.Event()

    def silent(_: socket.socket) -> None:
        over.wait(DEADLINE)

    small.origin.serve(silent)
    with small.proxy.connect() as client:
        client.sendall(b"x")
        client.shutdown(socket.SHUT_WR)
        assert ended(client) == "reset"
    over.set()
    until(lambda: small.proxy.counters().get("dropped: idle-timeout") == 1, "the worker has told of it")


def test_a_session_that_nobody_reads_leaves_its_spu(network: Network, tmp_path: Path) -> None:
    passing = CONFIGURATION.replace("root-ca", "whitelist here; root-ca").replace(" application-tracking;", "").replace(
        "security {\n", "security { address-book { global { address here 127.0.0.0/8; } }", 1)
    with RunningProxy(tmp_path, network.pki, network.origin.address, workers=1, configuration=passing,
                      options=["--platform", "srx4600"]) as proxy:
        direct = ssl.create_default_context(cafile=str(network.pki.origin_root))
        with Network(network.pki, network.origin, proxy).client(direct) as client:
            until(lambda: echoes(client) and proxy.ask("sessions-summary")["pics"][0]["offloaded"] == 1, "the Express Path")
            until(lambda: echoes(client) and proxy.ask("flow-statistics")["pics"][0]["offloaded"] > 0, "its packets there")
        until(proxy.is_idle, "its end")
        assert proxy.ask("sessions-summary")["pics"][0]["offloaded"] == 0
