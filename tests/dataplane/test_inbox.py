"""A worker's inbox: connections arrive with their sockets, and what finds no room stays with the sender."""

import socket

from nf.dataplane.inbox import Inbox
from nf.dataplane.messages import Assign

CONNECTION = Assign(0, 1, "192.0.2.1", 1024, "192.0.2.2", 443)


def test_a_connection_arrives_with_its_socket() -> None:
    inbox = Inbox()
    near, client = socket.socketpair()
    assert inbox.put(CONNECTION, near)
    assert near.fileno() == -1, "there is one holder"
    found = inbox.take()
    assert found is not None
    connection, there = found
    assert connection == CONNECTION
    assert there is not None
    there.send(b"hello")
    assert client.recv(9) == b"hello"
    assert inbox.take() is None
    for one in (there, client):
        one.close()


def test_what_finds_no_room_stays_with_the_sender() -> None:
    inbox = Inbox()
    near, client = socket.socketpair()
    put = 0
    while inbox.put(CONNECTION, near.dup()) and put < 1 << 16:
        put += 1
    assert 256 < put < 1 << 16
    kept = near.dup()
    assert not inbox.put(CONNECTION, kept)
    assert kept.fileno() >= 0
    for _ in range(put):
        found = inbox.take()
        assert found is not None
        assert found[1] is not None
        found[1].close()
    for one in (near, client, kept):
        one.close()
