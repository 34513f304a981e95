"""Logs of a running proxy: its streams outlive their sender and their server, its files can be moved away under it."""

import os
import signal
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.origin import Origin, echo
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy, free_port
from tests.helpers.waiting import until
from tests.sinks.rsyslog import LOOPBACK

LOG = """
    log { mode stream; format sd-syslog; transport protocol tcp;
        stream s { host { LOOPBACK; port PORT; } category session; } }
    application-tracking { first-update; session-update-interval 1; }
"""


REQUEST = b"GET / HTTP/1.1\r\n\r\n"


class Collector:
    """A syslog server of one connection at a time; it can go away and come back."""

    def __init__(self, port: int) -> None:
        self.port, self.text = port, b""
        self.listen()

    def listen(self) -> None:
        self.server = socket.create_server((LOOPBACK, self.port))
        self.server.settimeout(20)
        self.peer: socket.socket | None = None

    def leave(self) -> None:
        if self.peer is not None:
            self.peer.close()
            self.peer = None
        self.server.close()

    def lines_of(self, port: int, number: int) -> list[str]:
        """So many lines about the session of a client's port, waited for."""
        mark = f'source-port="{port}"'.encode()
        until(lambda: self._read() is not None and len(self._with(mark)) >= number, f"{number} lines")
        return [line.split()[5].decode() for line in self._with(mark)]

    def _with(self, mark: bytes) -> list[bytes]:
        return [line for line in self.text.split(b"\n")[:-1] if mark in line]

    def _read(self) -> bytes:
        if self.peer is None:
            self.peer, _ = self.server.accept()
            self.peer.settimeout(0.05)
        try:
            data = self.peer.recv(1 << 16)
        except TimeoutError:
            return self.text
        if not data:
            self.peer.close()
            self.peer = None
        self.text += data
        return self.text


@pytest.fixture(scope="module")
def streaming(tmp_path_factory: pytest.TempPathFactory, pki: LoopbackPki) -> Iterator[tuple[Network, Collector]]:
    collector, origin = Collector(free_port()), Origin()
    origin.serve(echo, pki.origin_context())
    log = LOG.replace("PORT", str(collector.port)).replace("LOOPBACK", LOOPBACK)
    proxy = RunningProxy(tmp_path_factory.mktemp("proxy"), pki, origin.address,
                         configuration=CONFIGURATION.replace("security {", f"security {{{log}", 1))
    yield Network(pki, origin, proxy), collector
    assert proxy.end() == 0
    assert "Traceback" not in proxy.stderr
    collector.leave()
    origin.close()


def session(network: Network) -> ssl.SSLSocket:
    """A client that has had its answer."""
    client = network.client()
    client.sendall(REQUEST)
    assert client.recv(64) == REQUEST
    return client


def sender_of(proxy: RunningProxy) -> int:
    """The child that is no worker."""
    children = map(int, Path(f"/proc/{proxy.process.pid}/task/{proxy.process.pid}/children").read_text().split())
    return next(iter(set(children) - set(proxy.workers().values())), 0)


def alive(proxy: RunningProxy) -> int:
    """The sender, once there is one."""
    return until(lambda: sender_of(proxy), "a sender")


def test_a_stream_gets_the_records_that_it_asked_for(streaming: tuple[Network, Collector]) -> None:
    network, collector = streaming
    client = session(network)
    with client:
        port = client.getsockname()[1]
        assert collector.lines_of(port, 1) == ["RT_FLOW_SESSION_CREATE"]
    assert collector.lines_of(port, 2) == ["RT_FLOW_SESSION_CREATE", "RT_FLOW_SESSION_CLOSE"]
    assert network.proxy.ask("statistics")["log-lines-lost"] == {}


def test_first_update_logs_a_session_at_once(streaming: tuple[Network, Collector]) -> None:
    network, _ = streaming
    with network.client() as client:
        record = network.proxy.record("APPTRACK_SESSION_CREATE", client)
        assert record["application"] in {"UNKNOWN", "HTTP"}  # as sessions before have told
        client.sendall(REQUEST)
        assert client.recv(64) == REQUEST
        peer = client.getsockname()
    closed = network.proxy.record("APPTRACK_SESSION_CLOSE", peer)
    assert (closed["application"], len(network.proxy.records("APPTRACK_SESSION_CREATE", peer))) == ("HTTP", 1)


def test_a_server_that_comes_back_gets_what_waited(streaming: tuple[Network, Collector]) -> None:
    network, collector = streaming
    collector.leave()
    until(lambda: "; trying again" in network.proxy.stderr, "the operator is told")
    with session(network) as client:
        collector.listen()
        assert collector.lines_of(client.getsockname()[1], 1) == ["RT_FLOW_SESSION_CREATE"]
    assert "connected again" in network.proxy.stderr


def test_a_sender_that_dies_is_followed_by_another(streaming: tuple[Network, Collector]) -> None:
    network, collector = streaming
    dead = alive(network.proxy)
    os.kill(dead, signal.SIGKILL)
    until(lambda: "the process that feeds syslog servers has ended; a new one starts" in network.proxy.stderr, "a word")
    with session(network) as client:  # while there is none, or just after
        assert collector.lines_of(client.getsockname()[1], 1) == ["RT_FLOW_SESSION_CREATE"]
    assert alive(network.proxy) != dead


def test_the_sender_keeps_no_connection_of_others(streaming: tuple[Network, Collector]) -> None:
    network, _ = streaming
    with session(network):
        kept = [str(entry.readlink()) for entry in Path(f"/proc/{alive(network.proxy)}/fd").iterdir()]
    assert sum(name.startswith("socket:") for name in kept) <= 3  # an end or two of the queue, the stream's


def test_hang_up_opens_moved_files_anew(streaming: tuple[Network, Collector]) -> None:
    network, _ = streaming
    with session(network) as before:
        port = before.getsockname()[1]
        network.proxy.record("RT_FLOW_SESSION_CREATE", before)
    moved = network.proxy.log.with_suffix(".1")
    network.proxy.log.rename(moved)
    network.proxy.process.send_signal(signal.SIGHUP)
    until(lambda: "are the same as before" in network.proxy.stderr, "a word")  # until then records go to the moved one
    with session(network) as after:
        until(network.proxy.log.exists, "a new file")
        network.proxy.record("RT_FLOW_SESSION_CREATE", after)
    assert f'"{port}"' in moved.read_text()
