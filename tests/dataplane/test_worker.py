"""An SPU worker: sessions that it cannot take, and reports that the link does not take."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from nf import services
from nf.config import load
from nf.dataplane.crew import _MESSAGE
from nf.dataplane.duties import Duties
from nf.dataplane.loop import READ
from nf.dataplane.memory import MemoryGauge
from nf.dataplane.messages import BATCH, Assign, Closed, decode_report, encode
from nf.dataplane.wiring import FixedWiring
from nf.dataplane.worker import Worker
from nf.flow.first_path import FirstPath
from nf.sinks import Sinks
from tests.dataplane.test_crew import duties
from tests.dataplane.test_memory import machine
from tests.helpers.origin import ended
from tests.helpers.running_proxy import CONFIGURATION

MANY = 5000


@pytest.fixture
def linked(tmp_path: Path) -> Iterator[tuple[Worker, socket.socket]]:
    """A worker without policies, and the central point's end of its link."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in (ours, theirs):
        end.setblocking(False)
    yield Worker(duties(tmp_path / "log"), theirs), ours
    ours.close()
    theirs.close()


def reported(ours: socket.socket) -> list[Closed]:
    closed: list[Closed] = []
    while True:
        try:
            closed += decode_report(ours.recv(_MESSAGE)).closed
        except BlockingIOError:
            return closed


def assign(ours: socket.socket, count: int, sockets: list[socket.socket]) -> None:
    assignments = [Assign(number, 0, "192.0.2.1", number, "192.0.2.2", 443) for number in range(count)]
    socket.send_fds(ours, [encode(assignments)], [one.fileno() for one in sockets])
    for one in sockets:
        one.close()


def test_a_session_that_no_policy_permits(linked: tuple[Worker, socket.socket]) -> None:
    worker, ours = linked
    near, client = socket.socketpair()
    assign(ours, 1, [near])
    worker._receive(READ)
    assert ended(client) == "clean"
    worker.outbox.expired()
    assert reported(ours) == [Closed(0, "denied", "deny")]
    client.close()


def test_sockets_that_the_process_had_no_room_for(linked: tuple[Worker, socket.socket]) -> None:
    worker, ours = linked
    near, client = socket.socketpair()
    assign(ours, 3, [near])
    worker._receive(READ)
    assert ended(client) == "clean"
    worker.outbox.expired()
    assert sorted((closed.session_id, closed.reason) for closed in reported(ours)) == [
        (0, "deny"), (1, "out-of-file-descriptors"), (2, "out-of-file-descriptors")]
    client.close()


def test_what_the_link_does_not_take_is_reported_later(linked: tuple[Worker, socket.socket]) -> None:
    worker, ours = linked
    worker._link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    worker.outbox.closed = [Closed(number, "decrypted", "") for number in range(MANY)]
    seen: list[Closed] = []
    worker.outbox.expired()
    assert len(worker.outbox.closed) > BATCH
    while worker.outbox.closed:
        assert worker.outbox.slot is not None
        seen += reported(ours)
        worker.outbox.expired()
    assert [closed.session_id for closed in seen + reported(ours)] == list(range(MANY))


def test_it_ends_with_the_central_point(linked: tuple[Worker, socket.socket]) -> None:
    worker, ours = linked
    worker.loop._running = True
    ours.close()
    worker._receive(READ)
    assert not worker.loop._running


def test_with_little_memory_left_a_session_is_bypassed_and_says_so(tmp_path: Path) -> None:
    systems = load(CONFIGURATION, "srx.conf").systems
    services_there = services.engage(systems)
    zones = systems.root.zone_map
    wiring = FixedWiring(("127.0.0.1", 0), ("127.0.0.1", 9), zones.interfaces["ge-0/0/0.0"], zones.interfaces["ge-0/0/1.0"])
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    worker = Worker(Duties(FirstPath(systems, services_there), {}, wiring, Sinks("srx", (tmp_path / "log",))), theirs)
    machine(tmp_path, available=1)
    worker._memory = MemoryGauge(tmp_path)
    near, client = socket.socketpair()
    assign(ours, 1, [near])
    worker._receive(READ)
    opened = worker.outbox.opened[0]
    assert (opened.profile, opened.bypass) == ("fp", "low-memory")
    for connection in tuple(worker._connections):
        connection.abandon()
    for sock in (client, ours, theirs):
        sock.close()
