"""The link from the central point to a worker: sessions and their sockets, also when it is full."""

import array
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from nf.dataplane.crew import Crew
from nf.dataplane.duties import Duties
from nf.dataplane.loop import Loop
from nf.dataplane.member import WAITING
from nf.dataplane.messages import BATCH, ENDINGS, Assign, EndSessions, decode_orders
from nf.dataplane.wiring import FixedWiring
from nf.flow.first_path import FirstPath
from nf.policy.systems import Systems
from nf.policy.zones import Interface
from nf.sinks import Sinks
from tests.helpers.loopback_network import Network


def duties(log: Path) -> Duties:
    wiring = FixedWiring(("127.0.0.1", 0), ("127.0.0.1", 9), Interface("a"), Interface("b"))
    return Duties(FirstPath(Systems(), ()), {}, wiring, Sinks("srx", (log,)))


@pytest.fixture
def link(tmp_path: Path) -> Iterator[tuple[Crew, socket.socket]]:
    """A crew of one whose worker is the test."""
    crew = Crew(Loop(), duties(tmp_path / "log"), 1, lambda *_: None, lambda _: None)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in (ours, theirs):
        end.setblocking(False)
    crew.members[0].link = ours
    yield crew, theirs
    ours.close()
    theirs.close()


def assignment(number: int) -> Assign:
    return Assign(number, 0, "192.0.2.1", 1, "192.0.2.2", 443)


def taken(theirs: socket.socket, most: int = 1_000_000) -> list[tuple[Assign, socket.socket]]:
    """The sessions that a worker gets now, that many messages at most."""
    found: list[tuple[Assign, socket.socket]] = []
    for _ in range(most):
        numbers = array.array("i")
        try:
            data, ancillary, _, _ = theirs.recvmsg(1 << 16, socket.CMSG_SPACE(BATCH * numbers.itemsize))
        except BlockingIOError:
            return found
        for _, _, content in ancillary:
            numbers.frombytes(content)
        found += zip(decode_orders(data), (socket.socket(fileno=number) for number in numbers), strict=True)
    return found


def hand_over(crew: Crew, number: int) -> socket.socket:
    """Queue a session; the client's end of it."""
    near, client = socket.socketpair()
    assert crew.hand_over(0, assignment(number), near)
    return client


def test_sessions_arrive_in_order_with_their_sockets(link: tuple[Crew, socket.socket]) -> None:
    crew, theirs = link
    clients = [hand_over(crew, number) for number in range(2 * BATCH + 1)]
    crew.flush()
    for number, client in enumerate(clients):
        client.send(str(number).encode())
    got = taken(theirs)
    assert [one.session_id for one, _ in got] == list(range(2 * BATCH + 1))
    assert [int(near.recv(9)) for _, near in got] == list(range(2 * BATCH + 1))
    for sock in (*clients, *(near for _, near in got)):
        sock.close()


def test_a_full_link_is_tried_again_and_nothing_is_lost(link: tuple[Crew, socket.socket]) -> None:
    crew, theirs = link
    client = hand_over(crew, 0)
    crew.members[0].link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    total = 1
    while crew.slot is None:
        hand_over(crew, total).close()
        crew.flush()
        total += 1
    waiting = len(crew.members[0].waiting)
    assert waiting
    got = taken(theirs)
    assert len(got) == total - waiting
    crew.expired()
    got += taken(theirs)
    assert [one.session_id for one, _ in got] == list(range(total))
    assert not crew.members[0].waiting
    for sock in (client, *(near for _, near in got)):
        sock.close()


def test_a_worker_that_is_gone_or_too_far_behind_gets_nothing(link: tuple[Crew, socket.socket]) -> None:
    crew, _ = link
    near, client = socket.socketpair()
    crew.members[0].waiting.extend([(assignment(0), near)] * WAITING)
    assert not crew.hand_over(0, assignment(1), near)
    crew.members[0].waiting.clear()
    crew.members[0].link = None
    assert not crew.hand_over(0, assignment(1), near)
    near.close()
    client.close()


def test_a_new_worker_keeps_no_copy_of_clients_that_wait_for_another(link: tuple[Crew, socket.socket]) -> None:
    crew, _ = link
    client = hand_over(crew, 0)
    assert crew.members[0].waiting[0][1].fileno() in crew.members[0].descriptors()
    client.close()


def test_sessions_to_end_come_after_those_that_wait(link: tuple[Crew, socket.socket]) -> None:
    crew, theirs = link
    client = hand_over(crew, 1)
    crew.end(0, list(range(ENDINGS + 1)))
    crew.flush()
    (first, near), = taken(theirs, 1)
    assert first.session_id == 1
    orders = [decode_orders(theirs.recv(1 << 16)) for _ in range(2)]
    assert orders == [EndSessions(list(range(ENDINGS))), EndSessions([ENDINGS])]
    assert not crew.members[0].orders
    crew.members[0].link = None
    crew.end(0, [1])
    assert not crew.members[0].orders
    near.close()
    client.close()


def test_workers_that_take_every_cpu_keep_to_one_each(network: Network) -> None:
    """Fewer of them leave it to the system where they run."""
    cpus = os.sched_getaffinity(0)
    kept = [os.sched_getaffinity(pid) for pid in network.proxy.workers().values()]
    if len(kept) >= len(cpus):
        assert [len(one) for one in kept] == [1] * len(kept)
        assert set.union(*kept) == cpus
    else:
        assert kept == [cpus] * len(kept)
