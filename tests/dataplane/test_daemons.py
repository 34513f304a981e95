"""Exchanges with daemons over real sockets: asked, answered, kept for the next, given up, waited for."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nf.dataplane.daemons import MUCH, Daemons, no_tls
from nf.dataplane.loop import Loop
from nf.services.asking import Answer, Ask, Peer


class Site:
    """A loop, its daemons, and what has been answered; `server` is a listening socket."""

    def __init__(self, server: socket.socket, most: int = 64) -> None:
        self.loop, self.answers, self.stalls = Loop(), list[Answer](), list[bool]()
        self.daemons = Daemons(self.loop, no_tls)
        self.server = server
        self.peer = Peer("tcp", *server.getsockname(), most=most)

    def ask(self, number: int, data: bytes = b"", deadline: float = 10.0) -> "Callable[[bool], None]":
        exchange = self.daemons.begin(Ask(number, self.peer, data, deadline), self.answers.append, self.stalls.append)
        return exchange.end

    def turn_until(self, done: Callable[[], object]) -> None:
        for _ in range(400):
            if done():
                return
            self.loop.again(lambda: None)
            self.loop._turn()
            threading.Event().wait(0.005)
        raise AssertionError("nothing happened")

    def accept(self) -> socket.socket:
        self.server.settimeout(5)
        met = list[socket.socket]()
        waiting = threading.Thread(target=lambda: met.append(self.server.accept()[0]))
        waiting.start()
        self.turn_until(lambda: met)
        waiting.join()
        met[0].settimeout(5)
        return met[0]

    @property
    def faults(self) -> list[str]:
        return [answer.fault for answer in self.answers]


@pytest.fixture
def site() -> Iterator[Site]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = Site(server)
        with contextlib.closing(found.loop):
            yield found


def said(site: Site, end: socket.socket, length: int) -> bytes:
    """What has come to the daemon, while the loop turns."""
    heard = bytearray()
    reading = threading.Thread(target=lambda: [heard.extend(end.recv(65536)) for _ in iter(lambda: len(heard) < length, False)])
    reading.start()
    site.turn_until(lambda: len(heard) >= length)
    reading.join()
    return bytes(heard)


def test_asked_and_answered_and_the_connection_serves_again(site: Site) -> None:
    end = site.ask(1, b"one?")
    daemon = site.accept()
    assert said(site, daemon, 4) == b"one?"
    daemon.sendall(b"yes")
    site.turn_until(lambda: site.answers)
    assert (site.answers[0].number, site.answers[0].data, site.answers[0].reused) == (1, b"yes", False)
    end(True)
    site.ask(2, b"two?")
    assert said(site, daemon, 4) == b"two?"
    daemon.sendall(b"no")
    site.turn_until(lambda: len(site.answers) > 1)
    assert (site.answers[1].number, site.answers[1].data, site.answers[1].reused) == (2, b"no", True)


def test_one_that_is_not_kept_is_closed(site: Site) -> None:
    end = site.ask(1, b"one?")
    daemon = site.accept()
    said(site, daemon, 4)
    end(False)
    assert daemon.recv(9) == b""


def test_a_kept_connection_that_ends_serves_nobody(site: Site) -> None:
    end = site.ask(1, b"one?")
    first = site.accept()
    said(site, first, 4)
    end(True)
    first.close()
    site.turn_until(lambda: not any(site.daemons._idle.values()))
    site.ask(2, b"two?")
    assert said(site, site.accept(), 4) == b"two?"


def test_a_daemon_that_ends_in_mid_exchange(site: Site) -> None:
    site.ask(1, b"one?")
    daemon = site.accept()
    said(site, daemon, 4)
    daemon.sendall(b"half")
    daemon.close()
    site.turn_until(lambda: "closed" in site.faults)
    assert [answer.data for answer in site.answers] == [b"half", b""]


def test_nobody_there(site: Site) -> None:
    site.server.close()
    site.ask(1, b"one?")
    assert site.faults == []  # never while the session still asks
    site.turn_until(lambda: site.faults)
    assert site.faults == ["not-ready"]


def test_a_unix_socket_that_is_not_there(site: Site, tmp_path: Path) -> None:
    site.peer = Peer("unix", str(tmp_path / "none"))
    site.ask(1, b"one?")
    site.turn_until(lambda: site.faults)
    assert site.faults == ["not-ready"]


def test_silence_is_a_timeout(site: Site) -> None:
    site.ask(1, b"one?", deadline=0.1)
    site.turn_until(lambda: site.faults)
    assert site.faults == ["timeout"]


def test_more_than_there_may_be_wait_their_turn_or_find_all_busy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        site = Site(server, most=1)
        end = site.ask(1, b"one?")
        site.ask(2, b"two?")
        site.ask(3, b"three?", deadline=0.1)
        daemon = site.accept()
        assert said(site, daemon, 4) == b"one?"
        site.turn_until(lambda: site.faults)
        assert (site.faults, site.answers[0].number) == (["busy"], 3)
        end(True)
        assert said(site, daemon, 4) == b"two?"
        site.loop.close()


def test_a_daemon_that_does_not_take_it_stalls_its_session(site: Site) -> None:
    size = 8 * MUCH
    site.ask(1, b"x" * size)
    assert site.stalls == [True]
    assert len(said(site, site.accept(), size)) == size
    site.turn_until(lambda: len(site.stalls) > 1)
    assert site.stalls == [True, False]


def test_datagrams(site: Site) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        site.peer = Peer("udp", *server.getsockname())
        site.ask(1, b"name?")
        got = list[tuple[bytes, object]]()
        reading = threading.Thread(target=lambda: got.append(server.recvfrom(99)))
        reading.start()
        site.turn_until(lambda: got)
        reading.join()
        data, sender = got[0]
        server.sendto(data.upper(), sender)
        site.turn_until(lambda: site.answers)
        assert site.answers[0].data == b"NAME?"
