"""A client that is told why its session ends: it reads the page whole, whatever it was about to say itself."""

import socket
from contextlib import closing

from nf.dataplane import farewell
from nf.dataplane.farewell import Farewell
from nf.dataplane.leg import Leg
from nf.dataplane.loop import Loop

PAGE = b"HTTP/1.1 403 Forbidden\r\n\r\n" + b"x" * 300_000


def ends() -> tuple[socket.socket, Leg]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        near = server.accept()[0]
    near.setblocking(False)
    return client, Leg(near, lambda: None)


def turn(loop: Loop) -> None:
    loop.again(lambda: None)
    loop._turn()


def test_the_page_arrives_whole_though_more_was_on_its_way_to_us() -> None:
    client, leg = ends()
    with closing(Loop()) as loop, client:
        client.sendall(b"more of the request" * 100)
        Farewell(loop, leg, PAGE)
        client.settimeout(0.05)
        heard = b""
        for _ in range(400):
            turn(loop)
            try:
                data = client.recv(1 << 16)
            except TimeoutError:
                continue
            heard += data
            if not data:
                break
        assert heard == PAGE
        client.close()
        for _ in range(400):
            turn(loop)
            if leg.sock.fileno() < 0:
                return
        raise AssertionError("the leg stays open")


def test_a_client_that_does_not_end_is_not_waited_for() -> None:
    client, leg = ends()
    with closing(Loop()) as loop, client:
        one = Farewell(loop, leg, b"bye")
        one.expired()
        assert leg.sock.fileno() < 0


def test_what_it_still_says_is_bounded() -> None:
    client, leg = ends()
    with closing(Loop()) as loop, client:
        Farewell(loop, leg, b"bye")
        client.setblocking(False)
        sent = 0
        while leg.sock.fileno() >= 0:
            try:
                sent += client.send(b"x" * 65536)
            except BlockingIOError:
                pass
            except OSError:
                break
            turn(loop)
        assert sent <= farewell.MOST_IGNORED + (8 << 20)  # what lay in the kernel
