"""The central point: placing, counting, refusing, and ending everything when it is told to."""

import contextlib
import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nf.dataplane.control import MOST_CLIENTS
from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.origin import Origin, echo, ended
from tests.helpers.running_proxy import RunningProxy
from tests.helpers.waiting import until

SESSIONS = 300
MANY = 500
DESCRIPTORS = 24  # few enough to run out of, enough to start with


@pytest.fixture
def own(pki: LoopbackPki, tmp_path: Path) -> Iterator[Network]:
    """A network of the test's own, to be broken."""
    origin = Origin()
    origin.serve(echo, pki.origin_context())
    proxy = RunningProxy(tmp_path, pki, origin.address)
    yield Network(pki, origin, proxy)
    origin.close()
    proxy.process.kill()
    proxy.process.wait()


def visit(network: Network) -> str:
    with network.client() as client:
        client.sendall(b"hello")
        return client.recv(9).decode()


def test_three_hundred_sessions_at_once_over_both_workers(network: Network) -> None:
    with contextlib.ExitStack() as open_ones, ThreadPoolExecutor(16) as pool:
        clients = list(pool.map(lambda _: open_ones.enter_context(network.client()), range(SESSIONS)))
        until(lambda: network.proxy.ask("sessions")["total"] == SESSIONS, "all are in the table")
        for client in clients:
            client.sendall(b"hello")
        assert [client.recv(9) for client in clients] == [b"hello"] * SESSIONS
        rows = network.proxy.ask("monitoring")["spus"]
        used = {row["worker"]: row["sessions"] for row in rows if row["worker"] is not None and row["sessions"]}
        assert set(used) == {0, 1}
        assert sum(row["sessions"] for row in rows) == SESSIONS
    until(network.proxy.is_idle, "all are over")


def test_no_descriptor_is_left_behind(network: Network) -> None:
    until(network.proxy.is_idle, "earlier sessions are over")
    visit(network)
    until(network.proxy.is_idle, "the first session is over")
    before = network.proxy.descriptors()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: visit(network), range(MANY))) == ["hello"] * MANY
    until(network.proxy.is_idle, "all sessions are over")
    until(lambda: network.proxy.descriptors() <= before, "all descriptors are given back")


def test_a_session_in_the_table_and_in_the_counters(network: Network) -> None:
    until(network.proxy.is_idle, "earlier sessions are over")
    before = network.proxy.counters().get("decrypted", 0)
    with network.client() as client:
        row, = until(lambda: [row for row in network.proxy.ask("sessions")["sessions"] if row["policy-name"]], "the row")
        assert row["source-port"] == client.getsockname()[1]
        assert (row["destination-address"], row["destination-port"]) == network.origin.address
        assert (row["policy-name"], row["source-zone-name"]) == ("inspect", "trust")
    until(lambda: network.proxy.counters().get("decrypted") == before + 1, "it is counted")


def test_lines_of_two_processes_do_not_mix(network: Network) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: visit(network), range(40)))
    until(network.proxy.is_idle, "all sessions are over")
    assert {record["name"] for record in network.proxy.all_records()} >= {"RT_FLOW_SESSION_CREATE", "RT_FLOW_SESSION_CLOSE"}


def test_a_killed_worker_takes_only_its_own_sessions(own: Network) -> None:
    with contextlib.ExitStack() as open_ones:
        clients = [open_ones.enter_context(own.client()) for _ in range(24)]
        rows = until(lambda: _placed(own, 24), "all are in the table")
        workers = {row["spu"]: row["worker"] for row in own.proxy.ask("monitoring")["spus"]}
        victim, before = next(iter(own.proxy.workers().items()))
        os.kill(before, signal.SIGKILL)
        until(lambda: victim not in own.proxy.workers(), "its death is noticed")
        assert visit(own) == "hello"
        for client in clients:
            if workers[rows[client.getsockname()[1]]] == victim:
                assert ended(client) in ("truncated", "reset")
            else:
                client.sendall(b"still")
                assert client.recv(9) == b"still"
        after = until(lambda: own.proxy.workers().get(victim), "a new one comes")
        assert after != before
        assert {visit(own) for _ in range(8)} == {"hello"}
    assert own.proxy.end() == 0
    assert "worker 0 failed" in own.proxy.stderr


def _placed(network: Network, count: int) -> dict[int, int]:
    """SPU of each session by the client's port, once there are so many."""
    rows = network.proxy.ask("sessions")["sessions"]
    return {row["source-port"]: row["spu"] for row in rows} if len(rows) == count else {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_all_its_processes(own: Network, number: signal.Signals) -> None:
    with own.client() as client:
        pids = own.proxy.workers().values()
        assert own.proxy.end(number) == 0
        assert not own.proxy.control.exists()
        assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
        assert ended(client) == "reset"
    assert own.proxy.stderr.splitlines()[-1].startswith("srxnf: ready")


def test_workers_end_with_a_central_point_that_was_killed(own: Network) -> None:
    pids = list(own.proxy.workers().values())
    own.proxy.process.kill()
    until(lambda: not any(map(_runs, pids)), "the workers end")


def _runs(pid: int) -> bool:
    """Whether the process is there, and no zombie that nobody has waited for."""
    with contextlib.suppress(OSError):
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    return False


def _asked(proxy: RunningProxy) -> dict[str, int]:
    """The counters, once operators that have gone have left their places."""
    with contextlib.suppress(ConnectionError):
        return proxy.counters()
    return {}


def test_running_out_of_descriptors_and_recovering(pki: LoopbackPki, tmp_path: Path) -> None:
    origin = Origin()
    origin.serve(echo, pki.origin_context())
    proxy = RunningProxy(tmp_path, pki, origin.address, workers=1, limits=["prlimit", f"--nofile={DESCRIPTORS}:{DESCRIPTORS}"])
    network = Network(pki, origin, proxy)
    with proxy:
        with contextlib.ExitStack() as held:
            for _ in range(DESCRIPTORS):
                held.enter_context(proxy.connect())
            until(lambda: proxy.counters().get("dropped: out-of-file-descriptors"), "the worker has no room")
            for _ in range(MOST_CLIENTS):
                operator = held.enter_context(socket.socket(socket.AF_UNIX))
                operator.connect(str(proxy.control))
            refused = held.enter_context(proxy.connect())
            assert ended(refused) == "clean"
        until(lambda: _asked(proxy).get("refused: out of file descriptors"), "the refusal is counted")
        until(proxy.is_idle, "there is room again")
        assert visit(network) == "hello"
        assert proxy.end() == 0
    origin.close()
