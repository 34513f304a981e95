"""`--fault`: each kind does what it says, and what becomes of sessions is what the failure would bring."""

import contextlib
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from nf.dataplane.afflicted import AfflictedDaemons
from nf.dataplane.daemons import no_tls
from nf.dataplane.faults import ERRORS, KINDS, FaultError, Faults
from nf.dataplane.loop import Loop
from nf.services.asking import Answer, Ask, Peer
from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.origin import LOOPBACK, Origin, Script, digest_of, echo, ended
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until

SIZE = 1 << 20
BODY = bytes(range(256)) * (SIZE // 256)


@pytest.fixture
def origin(pki: LoopbackPki) -> Iterator[Origin]:
    one = Origin()
    one.serve(echo, pki.origin_context())
    yield one
    one.close()


@contextmanager
def failing(directory: Path, pki: LoopbackPki, origin: Origin, *words: str, **more: Any) -> Iterator[Network]:
    """A proxy with one worker in which this fails."""
    options = [option for word in words for option in ("--fault", word)]
    with RunningProxy(directory, pki, origin.address, **{"workers": 1, **more}, options=options) as proxy:
        yield Network(pki, origin, proxy)
        assert proxy.end() == 0


def echoed(network: Network, data: bytes = b"hello") -> bool:
    with network.client() as client:
        client.sendall(data)
        return client.recv(len(data)) == data


def lost(network: Network) -> dict[str, int]:
    answer = network.proxy.ask("ssl-proxy-status")
    return dict(answer["log-lines-lost"])


def test_words() -> None:
    assert Faults.read(["client-error=500", "low-memory", "connect-error=EMFILE"]).words == (
        "client-error=500: a client's connection breaks once as many bytes have come from it", "low-memory: memory is short",
        f"connect-error=EMFILE: connecting to servers fails: {', '.join(ERRORS)}")
    assert not Faults.read([])


@pytest.mark.parametrize(("word", "message"), [
    ("fire", f"--fault fire: no such fault; there are: {', '.join(KINDS)}"),
    ("low-memory=1", "--fault low-memory=1: expected low-memory without a value"),
    ("packet-loss=91", "--fault packet-loss=91: expected packet-loss=PERCENT, a number from 1 to 90"),
    ("client-error", "--fault client-error: expected client-error=BYTES, a number from 0 to 1099511627776"),
    ("worker-killed=0", "--fault worker-killed=0: expected worker-killed=N, a number from 1 to 1099511627776"),
    ("connect-error=EIO", f"--fault connect-error=EIO: expected one of {', '.join(ERRORS)}")])
def test_words_that_are_none(word: str, message: str) -> None:
    with pytest.raises(FaultError) as refused:
        Faults.read([word])
    assert str(refused.value) == message


def test_whoever_asks_is_told(tmp_path: Path, pki: LoopbackPki, origin: Origin) -> None:
    with failing(tmp_path, pki, origin, "slow-disk=1") as network:
        words = "slow-disk=1: each writing of log lines takes as long"
        assert f"srxnf: WARNING: made to fail by --fault {words}\n" in network.proxy.stderr
        assert network.proxy.ask("ssl-proxy-status")["faults"] == [words]
        assert echoed(network)


def take(at: socket.socket) -> None:
    """Answer once, then hear it out."""
    at.sendall(at.recv(9))
    ended(at)


def give(at: socket.socket) -> None:
    """Answer once, then at length."""
    at.sendall(at.recv(9))
    at.recv(9)
    at.sendall(BODY)


@pytest.mark.parametrize(("fault", "origin_does", "reason"), [
    ("client-error", take, "TCP CLIENT RST"), ("server-error", give, "TCP SERVER RST")])
def test_a_connection_that_breaks_at_a_byte(tmp_path: Path, pki: LoopbackPki, origin: Origin, fault: str, origin_does: Script,
                                            reason: str) -> None:
    origin.serve(origin_does, pki.origin_context())
    with failing(tmp_path, pki, origin, f"{fault}=50000") as network, network.client() as client:
        client.sendall(b"hello")
        assert client.recv(9) == b"hello"  # it does not come as far
        with contextlib.suppress(OSError):
            client.sendall(BODY if origin_does is take else b"more")
        assert ended(client) == "reset"
        assert network.proxy.record("RT_FLOW_SESSION_CLOSE", client)["reason"] == reason
        until(network.proxy.is_idle, "its end")


@pytest.mark.parametrize(("fault", "outcome"), [("client-error=0", "unfinished"),
                                                ("server-error=0", "dropped: server-handshake-failed")])
def test_a_connection_that_breaks_at_once(tmp_path: Path, pki: LoopbackPki, origin: Origin, fault: str, outcome: str) -> None:
    with failing(tmp_path, pki, origin, fault) as network:
        with pytest.raises(OSError), network.client():  # noqa: PT011 - an alert, a reset, or an end: the kernel's timing
            pass
        until(lambda: network.proxy.counters().get(outcome), outcome)


def test_packets_that_get_lost(tmp_path: Path, pki: LoopbackPki, origin: Origin) -> None:
    with failing(tmp_path, pki, origin, "packet-loss=5") as network:
        origin.serve(lambda at: at.sendall(BODY), pki.origin_context())
        with network.client() as client:
            assert digest_of(client, SIZE)


@pytest.mark.parametrize(("error", "reason"), [
    ("ECONNREFUSED", "server-unreachable"), ("EMFILE", "out-of-file-descriptors"), ("EADDRNOTAVAIL", "out-of-resources")])
def test_servers_that_cannot_be_reached(tmp_path: Path, pki: LoopbackPki, origin: Origin, error: str, reason: str) -> None:
    with failing(tmp_path, pki, origin, f"connect-error={error}") as network:
        with pytest.raises(OSError), network.client():  # noqa: PT011 - as above
            pass
        until(lambda: network.proxy.counters().get(f"dropped: {reason}") == 1, "its reason")


def test_a_full_session_table(tmp_path: Path, pki: LoopbackPki, origin: Origin) -> None:
    with failing(tmp_path, pki, origin, "session-table=1") as network:
        clients = [network.proxy.connect() for _ in range(50)]
        until(lambda: network.proxy.counters().get("refused: session table full"), "some are refused")
        for client in clients:
            client.close()
        until(network.proxy.is_idle, "room again")
        assert echoed(network)


def test_a_full_certificate_cache(tmp_path: Path, pki: LoopbackPki, origin: Origin) -> None:
    with failing(tmp_path, pki, origin, "certificate-cache=0") as network:
        serials = set()
        for _ in range(3):
            with network.client() as client:
                serials.add(client.getpeercert()["serialNumber"])
        assert len(serials) == 3


def test_short_memory(tmp_path: Path, pki: LoopbackPki, origin: Origin) -> None:
    with failing(tmp_path, pki, origin, "low-memory") as network:
        plain = pki.client_context()
        plain.load_verify_locations(pki.origin_root)
        with network.client(plain) as client:
            assert "Origins Root" in str(client.getpeercert()["issuer"])  # passed on as it is
        until(lambda: network.proxy.counters().get("bypassed: low-memory") == 1, "its reason")


def test_a_full_disk(tmp_path: Path, pki: LoopbackPki, origin: Origin) -> None:
    with failing(tmp_path, pki, origin, "disk-full=4096") as network:
        for _ in range(9):
            assert echoed(network)
        until(lambda: lost(network).get(str(network.proxy.log)), "lost lines are counted")
        assert network.proxy.log.stat().st_size <= 4096


def test_a_full_queue_to_syslog_servers(tmp_path: Path, pki: LoopbackPki, origin: Origin) -> None:
    stream = "security { log { mode stream; stream s { host 127.0.0.1; } } }"
    with failing(tmp_path, pki, origin, "log-queue-full", configuration=CONFIGURATION + stream) as network:
        assert echoed(network)
        until(lambda: lost(network).get("queue to syslog servers"), "lost lines are counted")
        assert network.proxy.all_records()


def test_a_full_queue_of_reports(tmp_path: Path, pki: LoopbackPki, origin: Origin) -> None:
    with failing(tmp_path, pki, origin, "report-queue-full=1") as network:
        for _ in range(20):
            assert echoed(network)
        until(network.proxy.is_idle, "none is forgotten")
        assert network.proxy.counters()["decrypted"] == 20


def test_a_worker_that_dies(tmp_path: Path, pki: LoopbackPki, origin: Origin) -> None:
    with failing(tmp_path, pki, origin, "worker-killed=2") as network:
        before = network.proxy.workers()
        assert echoed(network)
        with network.proxy.connect() as client:
            assert ended(client) in {"reset", "clean"}
        until(lambda: network.proxy.workers() not in ({}, before), "another worker")
        assert echoed(network)
        assert network.proxy.counters()["lost with an SPU"]


def test_a_worker_that_hangs(tmp_path: Path, pki: LoopbackPki, origin: Origin) -> None:
    with failing(tmp_path, pki, origin, "worker-hangs=1") as network:
        (pid,) = network.proxy.workers().values()
        with network.proxy.connect() as client:
            until(lambda: "\nState:\tT" in Path(f"/proc/{pid}/status").read_text(), "it is stopped")
            os.kill(pid, signal.SIGCONT)
            network.handshake(client).close()


def test_services_that_fail(tmp_path: Path, pki: LoopbackPki, origin: Origin) -> None:
    with failing(tmp_path, pki, origin, "service-crash") as network:
        with network.client() as client, contextlib.suppress(OSError):
            client.sendall(b"hello")
            client.recv(9)
        until(network.proxy.is_idle, "its end")
        assert "service-crash was asked for" in network.proxy.stderr


@pytest.mark.parametrize(("fault", "expected"), [("engine-down", "not-ready"), ("engine-silent", "timeout")])
def test_engines_that_fail(origin: Origin, fault: str, expected: str) -> None:
    """One that would answer."""
    origin.serve(echo)
    loop, heard = Loop(), []
    daemons = AfflictedDaemons(loop, no_tls, down=fault == "engine-down")

    def hear(answer: Answer) -> None:
        heard.append(answer)
        loop.stop()

    daemons.begin(Ask(1, Peer("tcp", *origin.address), b"hello", deadline=0.3), hear, lambda _: None)
    loop.run()
    loop.close()
    assert [(answer.data, answer.fault) for answer in heard] == [(b"", expected)]


def test_a_word_that_is_none_ends_the_command(tmp_path: Path, pki: LoopbackPki) -> None:
    with socket.create_server((LOOPBACK, 0)) as server, pytest.raises(AssertionError, match="no such fault"):
        RunningProxy(tmp_path, pki, server.getsockname(), options=("--fault", "fire"))
