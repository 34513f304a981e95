"""The relay alone, on socket pairs: what a tap sees, lets go on, and may end."""

import socket
import threading
from collections.abc import Callable

import pytest

from hwmodel.session import Direction
from nf.dataplane.leg import Leg
from nf.dataplane.loop import FORGET, Loop
from nf.dataplane.relay import Relay
from nf.log.records import CloseReason


def joined() -> tuple[Loop, Leg, Leg, socket.socket, socket.socket]:
    """A loop, two legs, and the ends that a test holds."""
    loop = Loop()
    (near_client, client), (near_server, server) = socket.socketpair(), socket.socketpair()
    for near in (near_client, near_server):
        near.setblocking(False)

    def failed() -> None:
        raise AssertionError("a leg's turn failed")

    return loop, Leg(near_client, failed), Leg(near_server, failed), client, server


@pytest.mark.parametrize("way", list(Direction))
def test_a_tap_that_ends_the_session(way: Direction) -> None:
    loop, client_leg, server_leg, client, server = joined()
    shown: list[tuple[Direction, bytes]] = []

    def tap(direction: Direction, data: bytes) -> None:
        shown.append((direction, data))
        relay.stop()
        for leg in (client_leg, server_leg):
            loop.watch(leg, FORGET)
            leg.close(reset=False)
        loop.stop()

    relay = Relay(loop, client_leg, server_leg, lambda: None, lambda *_: None, lambda _: None, lambda _: None)
    relay.start(tap)
    (client if way is Direction.C2S else server).sendall(b"x")
    loop.run()
    assert shown == [(way, b"x")]
    assert client.recv(1) == server.recv(1) == b""


def test_a_tap_decides_what_goes_on_and_may_be_taken_off() -> None:
    loop, client_leg, server_leg, client, server = joined()
    ends: list[tuple[CloseReason, bool]] = []

    def tap(direction: Direction, data: bytes) -> None:
        relay.deliver(direction, data.upper())
        relay.start(None)

    def ended(reason: CloseReason, is_reset: bool) -> None:
        ends.append((reason, is_reset))
        relay.stop()
        for leg in (client_leg, server_leg):
            leg.close(is_reset)
        loop.stop()

    relay = Relay(loop, client_leg, server_leg, lambda: None, ended, lambda _: None, lambda _: None)
    relay.start(tap)
    client.sendall(b"one")
    loop.again(lambda: loop.again(loop.stop))
    loop.run()
    client.sendall(b"two")
    for end in (client, server):
        end.shutdown(socket.SHUT_WR)
    loop.run()
    assert server.recv(9, socket.MSG_WAITALL) == b"ONEtwo"
    assert ends == [(CloseReason.FIN, False)]
    assert relay.bytes == 6


def only_x(data: bytes) -> int:
    """How many bytes at the beginning are that letter."""
    return len(data) - len(data.lstrip(b"x"))


@pytest.mark.parametrize("unseen", [100_000, only_x])
def test_what_is_to_be_skipped_passes_unseen_and_then_the_tap_sees_on(unseen: int | Callable[[bytes], int]) -> None:
    loop, client_leg, server_leg, client, server = joined()
    shown = bytearray()

    def tap(direction: Direction, data: bytes) -> None:
        shown.extend(data)
        relay.deliver(direction, data)
        if shown == b"head":
            relay.skip(direction, unseen)
        if shown.endswith(b"end"):
            loop.stop()

    relay = Relay(loop, client_leg, server_leg, lambda: None, lambda *_: None, lambda _: None, lambda _: None)
    relay.start(tap)
    got = bytearray()
    reading = threading.Thread(target=lambda: [got.extend(client.recv(65536)) for _ in iter(lambda: len(got) < 100_007, False)])
    reading.start()
    client.settimeout(10)

    def send() -> None:
        server.sendall(b"head")
        while bytes(shown) != b"head":
            pass
        server.sendall(b"x" * 100_000 + b"end")

    sending = threading.Thread(target=send)
    sending.start()
    loop.run()
    sending.join()
    reading.join()
    assert shown == b"headend"
    assert got == b"head" + b"x" * 100_000 + b"end"
    assert relay.bytes == 100_007
