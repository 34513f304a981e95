"""The control socket: what it answers, what it refuses, and who may have its path."""

import contextlib
import json
import os
import signal
import socket
import stat
from pathlib import Path

import pytest

from nf.dataplane.control import LONGEST_REQUEST, MOST_CLIENTS, ControlSocket, ask
from nf.dataplane.loop import Loop
from tests.helpers.loopback_network import Network
from tests.helpers.waiting import until


class Device:
    def informed(self, then):
        then()

    def answer(self, request):
        return {"asked": request}


def exchange(path: Path, data: bytes) -> list[dict]:
    """Every answer to these bytes, after which the operator ends."""
    with socket.socket(socket.AF_UNIX) as operator:
        operator.settimeout(10)
        operator.connect(str(path))
        operator.sendall(data)
        operator.shutdown(socket.SHUT_WR)
        with operator.makefile("rb") as answers:
            return [json.loads(line) for line in answers]


@pytest.mark.parametrize("what", ["monitoring", "sessions", "statistics", "workers"])
def test_it_answers_every_word(network: Network, what: str) -> None:
    assert "error" not in network.proxy.ask(what)


@pytest.mark.parametrize("request_", [
    b"", b"nonsense", b"[]", b"1", b"{", b'"show"', b"\xff\xfe", b"[" * 60_000, b'{"a":' * 10_000, b"{}", b'{"show": 1}',
    b'{"show": ["workers"]}', b'{"show": "passwords"}', b'{"tell": "workers"}'])
def test_a_bad_request_gets_an_error_and_the_next_an_answer(network: Network, request_: bytes) -> None:
    bad, good = exchange(network.proxy.control, request_ + b'\n{"show": "workers"}\n')
    assert "error" in bad
    assert len(good["workers"]) == 2


def test_a_request_in_pieces_and_two_at_once(network: Network) -> None:
    with socket.socket(socket.AF_UNIX) as operator:
        operator.connect(str(network.proxy.control))
        for piece in (b'{"sh', b'ow": "workers', b'"}\n{"show": "statistics"}\n'):
            operator.sendall(piece)
        with operator.makefile("rb") as answers:
            assert "workers" in json.loads(answers.readline())
            assert "counters" in json.loads(answers.readline())


def test_a_request_without_end_is_cut_off(network: Network) -> None:
    with socket.socket(socket.AF_UNIX) as operator:
        operator.connect(str(network.proxy.control))
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            operator.sendall(bytes(100 * LONGEST_REQUEST))
    assert network.proxy.workers()


def test_more_operators_than_places(network: Network) -> None:
    operators = [socket.socket(socket.AF_UNIX) for _ in range(MOST_CLIENTS + 4)]
    for operator in operators:
        operator.connect(str(network.proxy.control))
    operators[-1].settimeout(10)
    assert operators[-1].recv(1) == b""
    for operator in operators:
        operator.close()
    until(lambda: _answers(network), "there are places again")


def _answers(network: Network) -> bool:
    with contextlib.suppress(ConnectionError, BlockingIOError):
        return bool(network.proxy.workers())
    return False


def test_only_its_owner_may_open_it(network: Network) -> None:
    assert stat.S_IMODE(network.proxy.control.stat().st_mode) == 0o600


def test_a_socket_left_behind_is_replaced_and_taken_away_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "control"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    control = ControlSocket(path, Device())
    control.open(Loop())
    with socket.socket(socket.AF_UNIX) as operator:
        operator.connect(str(path))
    control.close()
    assert not path.exists()


def test_a_living_socket_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "control"
    with socket.socket(socket.AF_UNIX) as living:
        living.bind(str(path))
        living.listen(0)
        busy = [socket.socket(socket.AF_UNIX) for _ in range(4)]
        for operator in busy:
            operator.setblocking(False)
            operator.connect_ex(str(path))  # its queue is full after the first
        with pytest.raises(OSError, match=r"cannot open control socket .*: Address already in use"):
            ControlSocket(path, Device()).open(Loop())
        for operator in busy:
            operator.close()
    assert path.is_socket()


def test_a_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "control"
    path.write_text("mine")
    with pytest.raises(OSError, match="cannot open control socket"):
        ControlSocket(path, Device()).open(Loop())
    assert path.read_text() == "mine"


def test_a_path_that_is_too_long_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="AF_UNIX path too long"):
        ControlSocket(tmp_path / ("x" * 120), Device()).open(Loop())


def test_nobody_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ask(tmp_path / "control", {"show": "workers"})
    assert not list(tmp_path.iterdir())


def test_answers_that_take_the_workers_time_come_in_order(network: Network) -> None:
    status, hits, workers = exchange(network.proxy.control, (
        b'{"show": "ssl-proxy-status"}\n{"show": "cache-statistics", "cache": "session"}\n{"show": "workers"}\n'))
    assert all("session" in pic for pic in status["pics"])
    assert all("hits" in pic["counters"] for pic in hits["pics"])
    assert "workers" in workers


def test_an_operator_who_leaves_before_the_workers_have_answered(network: Network) -> None:
    for _ in range(MOST_CLIENTS - 4):
        with socket.socket(socket.AF_UNIX) as operator:
            operator.connect(str(network.proxy.control))
            operator.sendall(b'{"show": "ssl-proxy-status"}\n')
    until(lambda: _answers(network), "there are places again")


@pytest.mark.parametrize("request_", [
    {"show": "cache-statistics", "cache": "other"}, {"show": "certificate-cache", "after": "x"},
    {"show": "certificate-cache", "after": [99, 0]}, {"show": "session-tls", "session-id": "x"},
    {"show": "ssl-leg-profiles", "leg": "x"}, {"show": "ssl-proxy-profiles", "profile": "none"}])
def test_what_cannot_be_asked_of_the_workers_is_said(network: Network, request_: dict) -> None:
    assert "error" in ask(network.proxy.control, request_)


def test_a_worker_that_is_gone_is_left_out(network: Network) -> None:
    """The others answer, and its successor answers later."""
    before = network.proxy.workers()
    os.kill(before[0], signal.SIGKILL)
    answer = ask(network.proxy.control, {"show": "ssl-proxy-status"})
    assert len(answer["pics"]) == 2
    until(lambda: all("session" in pic for pic in network.proxy.ask("ssl-proxy-status")["pics"]), "both answer again")
    assert network.proxy.workers()[1] == before[1]
