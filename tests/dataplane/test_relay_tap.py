"""The relay alone, on socket pairs: what a tap sees, lets go on, and may end."""

import socket

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
