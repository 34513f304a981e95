"""A worker that accepts by itself: under the numbers that it was lent, and no longer than they last."""

import resource
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nf.dataplane.crew import _MESSAGE
from nf.dataplane.entrance import SHUT
from nf.dataplane.inbox import Inbox
from nf.dataplane.loop import READ
from nf.dataplane.messages import Closed, Lend, Report, decode_report
from nf.dataplane.wiring import Listener
from nf.dataplane.worker import Worker
from tests.dataplane.test_crew import duties
from tests.helpers.origin import LOOPBACK, ended


@pytest.fixture
def standing(tmp_path: Path) -> Iterator[tuple[Worker, socket.socket, socket.socket]]:
    """A worker without policies, its listening socket, and the central point's end of its link."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in (ours, theirs):
        end.setblocking(False)
    listener = socket.create_server((LOOPBACK, 0))
    listener.setblocking(False)
    door = replace(SHUT, listeners=(Listener(0, listener),), tally=memoryview(bytearray(8)).cast("Q"))
    yield Worker(duties(tmp_path / "log"), theirs, door), listener, ours
    for one in (listener, ours, theirs):
        one.close()


def turn(worker: Worker, numbers: list[int]) -> None:
    """One turn of its loop, with these numbers."""
    worker.entrance.lent(Lend({0: numbers}))
    worker.loop.again(lambda: None)
    worker.loop._turn()


def reports(ours: socket.socket) -> list[Report]:
    found: list[Report] = []
    try:
        while True:
            found.append(decode_report(ours.recv(_MESSAGE)))
    except BlockingIOError:
        return found


def test_it_accepts_as_long_as_it_has_numbers(standing: tuple[Worker, socket.socket, socket.socket]) -> None:
    worker, listener, ours = standing
    clients = [socket.create_connection(listener.getsockname()) for _ in range(3)]
    turn(worker, [8, 7])
    report, = reports(ours)
    assert [(one.session_id, one.source_port) for one in report.accepted] == [
        (7, clients[0].getsockname()[1]), (8, clients[1].getsockname()[1])]
    assert report.closed == [Closed(number, "denied", "deny") for number in (7, 8)]
    assert report.stopped
    assert [ended(client) for client in clients[:2]] == ["clean", "clean"]
    turn(worker, [9, 10])
    worker.outbox.send()
    report, = reports(ours)
    assert ([one.session_id for one in report.accepted], report.stopped) == ([10], False)
    assert worker.entrance._door.tally[0] == 3
    for client in clients:
        client.close()


def test_it_stops_when_it_is_told_to_and_says_so_once(standing: tuple[Worker, socket.socket, socket.socket]) -> None:
    worker, listener, ours = standing
    turn(worker, [1])
    for _ in range(2):
        worker.entrance.lent(Lend({}))
    assert [report.stopped for report in reports(ours)] == [True]
    with socket.create_connection(listener.getsockname()):
        worker.loop.again(lambda: None)
        worker.loop._turn()
    assert not worker.outbox.accepted


def test_without_descriptors_it_leaves_connections_to_the_central_point(
        standing: tuple[Worker, socket.socket, socket.socket]) -> None:
    worker, listener, ours = standing
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.create_connection(listener.getsockname()) as client:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (client.fileno() + 1, limits[1]))
            turn(worker, [1])
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        assert reports(ours) == [Report(stopped=True)]
        waiting, _ = listener.accept()
        waiting.close()


def test_a_bug_ends_its_session_alone(standing: tuple[Worker, socket.socket, socket.socket],
                                      capsys: pytest.CaptureFixture[str]) -> None:
    worker, listener, ours = standing
    worker._findings = None  # type: ignore[assignment]
    with socket.create_connection(listener.getsockname()) as client:
        turn(worker, [1])
        assert ended(client) == "clean"
    worker.outbox.send()
    report, = reports(ours)
    assert report.closed == [Closed(1, "dropped", "internal-error")]
    assert "Traceback" in capsys.readouterr().err


def test_what_is_another_workers_goes_into_its_inbox(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    inboxes = Inbox(), Inbox()
    with socket.create_server((LOOPBACK, 0)) as listener, socket.create_connection(listener.getsockname()) as client:
        listener.setblocking(False)
        theirs.setblocking(False)
        door = replace(SHUT, listeners=(Listener(0, listener),), choose=lambda _: 1, worker_of={0: 0, 1: 1}, inboxes=inboxes)
        turn(Worker(duties(tmp_path / "log"), theirs, replace(door, inbox=inboxes[0])), [7])
        other = Worker(duties(tmp_path / "log"), theirs, replace(door, listeners=(), inbox=inboxes[1]))
        other.entrance.lent(Lend({1: [9]}))
        other.entrance._receive(inboxes[1], READ)
        assert ended(client) == "clean"
        report = decode_report(ours.recv(_MESSAGE))
        assert [(one.session_id, one.source_port) for one in report.accepted] == [(9, client.getsockname()[1])]
    ours.close()
    theirs.close()
