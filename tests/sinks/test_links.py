"""Links on real sockets: nothing waits, what cannot be kept is counted, a broken line is sent again whole."""

import select
import socket
from collections.abc import Iterator

import pytest

from nf.sinks.links import FIRST_PAUSE, LONGEST_PAUSE, MOST_WAITING, PATIENCE, Server, StreamLink, UdpLink
from tests.sinks.rsyslog import LOOPBACK, free_port


class Book:
    """What a link says: lost lines, and words for the operator."""

    def __init__(self) -> None:
        self.lost = 0
        self.said: list[str] = []

    def lose(self, number: int) -> None:
        self.lost += number


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def collector() -> Iterator[socket.socket]:
    with socket.create_server((LOOPBACK, 0)) as server:
        server.settimeout(5)
        yield server


def at(port: int, source: str | None = None) -> Server:
    return Server("stream s", socket.AF_INET, (LOOPBACK, port), source)


def tcp(port: int, book: Book) -> StreamLink:
    return StreamLink(at(port), book.lose, book.said.append)


def turned(link: StreamLink, now: float) -> StreamLink:
    """Until the connection stands."""
    link.turn(now)
    fd, mask = link.interest()
    if fd >= 0:
        poll = select.poll()
        poll.register(fd, mask)
        poll.poll(1000)
    link.turn(now)
    return link


def received(peer: socket.socket, number: int) -> bytes:
    peer.settimeout(5)
    data = b""
    while len(data) < number:
        data += peer.recv(1 << 16)
    return data


def test_lines_wait_for_the_connection_and_leave_in_order(collector: socket.socket, book: Book) -> None:
    link = tcp(collector.getsockname()[1], book)
    for number in range(5):
        link.send(b"%d\n" % number)
    assert link.waiting == 5
    turned(link, 0.0)
    peer, _ = collector.accept()
    assert received(peer, 10) == b"0\n1\n2\n3\n4\n"
    assert (link.waiting, book.lost, book.said, link.patience(0.0)) == (0, 0, [], None)
    peer.close()


def test_pauses_double_up_to_a_limit_and_one_complaint_is_enough(book: Book) -> None:
    link, now, pauses = tcp(free_port(), book), 0.0, []
    for _ in range(9):
        turned(link, now)
        pause = link.patience(now)
        assert pause is not None
        link.turn(now + pause / 2)  # too early: nothing is tried
        assert link.interest() == (-1, 0)
        pauses.append(pause)
        now += pause
    assert pauses == [FIRST_PAUSE, 2.0, 4.0, 8.0, 16.0, 32.0, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]
    assert book.said == ["stream s: Connection refused; trying again, lines that do not fit are lost"]


def test_what_does_not_fit_is_counted(book: Book) -> None:
    link = tcp(free_port(), book)
    for _ in range(MOST_WAITING + 3):
        link.send(b"x\n")
    assert (link.waiting, book.lost) == (MOST_WAITING, 3)


def test_a_line_cut_off_by_a_lost_connection_is_sent_again_whole(collector: socket.socket, book: Book) -> None:
    link, line = tcp(collector.getsockname()[1], book), b"x" * (8 << 20) + b"\n"
    link.send(line)
    turned(link, 0.0)
    peer, _ = collector.accept()
    assert received(peer, 1)
    assert link.waiting == 1
    peer.close()
    turned(link, 1.0)
    assert (link.waiting, len(book.said)) == (1, 1)
    now = 1.0 + FIRST_PAUSE
    turned(link, now)
    peer, _ = collector.accept()
    got = b""
    while len(got) < len(line):
        link.turn(now)
        got += received(peer, 1)
    assert got == line
    assert book.said[1:] == ["stream s: connected again"]
    assert book.lost == 0
    peer.close()


def test_a_server_that_closes_is_noticed_without_a_line_to_send(collector: socket.socket, book: Book) -> None:
    link = turned(tcp(collector.getsockname()[1], book), 0.0)
    peer, _ = collector.accept()
    peer.close()
    turned(link, 1.0)
    assert book.said == ["stream s: closed by the server; trying again, lines that do not fit are lost"]


def test_a_server_that_never_answers_is_given_up(book: Book) -> None:
    with socket.socket() as full:
        full.bind((LOOPBACK, 0))
        full.listen(0)
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        link = tcp(full.getsockname()[1], book)
        link.turn(0.0)
        assert link.patience(0.0) == PATIENCE
        link.turn(PATIENCE + 0.1)
        for filler in fillers:
            filler.close()
    assert book.said == ["stream s: Connection timed out; trying again, lines that do not fit are lost"]


def test_datagrams_go_from_the_source_address(book: Book) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as collector:
        collector.bind((LOOPBACK, 0))
        link = UdpLink(at(collector.getsockname()[1], "127.0.0.9"), book.lose)
        link.send(b"line")
        data, source = collector.recvfrom(100)
    assert (data, source[0], book.lost, link.waiting) == (b"line", "127.0.0.9", 0, 0)


def test_datagrams_to_nobody_are_counted_as_far_as_the_system_tells(book: Book) -> None:
    link = UdpLink(at(free_port(socket.SOCK_DGRAM)), book.lose)
    for _ in range(5):
        link.send(b"line")
    assert 1 <= book.lost <= 5
    lost = book.lost
    link.send(b"x" * 70_000)
    assert book.lost > lost
