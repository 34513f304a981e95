"""Steps give what pyOpenSSL gives, by OpenSSL's own calls and without them; records move whole and in order."""

import socket
from collections.abc import Iterator
from functools import partial

import pytest
from OpenSSL import SSL

from nf.tls import steps
from nf.tls.steps import RECORD, Pause, pass_on
from tests.pki.factory import LEAF


def unshaken() -> tuple[SSL.Connection, SSL.Connection]:
    """A client's end and a server's, on sockets."""
    ends = socket.socketpair()
    server, client = SSL.Context(SSL.TLS_SERVER_METHOD), SSL.Context(SSL.TLS_CLIENT_METHOD)
    server.use_certificate(LEAF.certificate)
    server.use_privatekey(LEAF.key)
    there, here = SSL.Connection(server, ends[0]), SSL.Connection(client, ends[1])
    there.set_accept_state()
    here.set_connect_state()
    for end in ends:
        end.setblocking(False)
    return here, there


def pair() -> tuple[SSL.Connection, SSL.Connection]:
    """The same, their handshake done."""
    both = unshaken()
    waiting = list(both)
    while waiting:
        waiting = [one for one in waiting if steps.handshake(one) is not None]
    return both


@pytest.fixture(params=[True, False], ids=["direct", "by pyOpenSSL"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a binding that has OpenSSL's calls, and as if it had none."""
    monkeypatch.setattr(steps, "DIRECT", request.param)


@pytest.mark.usefixtures("either_way")
def test_a_handshake_waits_for_the_peer_and_fails_as_pyopenssl_does() -> None:
    here, there = unshaken()
    assert steps.handshake(here) is Pause.READ
    there.sock_shutdown(socket.SHUT_WR)
    with pytest.raises(SSL.SysCallError):
        steps.handshake(here)


@pytest.mark.usefixtures("either_way")
def test_data_come_as_they_were_sent_and_then_the_end() -> None:
    here, there = pair()
    assert steps.read(there) is Pause.READ
    for data in (b"x", b"y" * RECORD):
        assert steps.write(here, data) == len(data)
        assert steps.read(there) == data
    here.shutdown()
    assert steps.read(there) is Pause.ENDED


@pytest.mark.usefixtures("either_way")
def test_a_full_connection_and_a_broken_one() -> None:
    here, there = pair()
    while steps.write(here, bytes(RECORD)) is not Pause.WRITE:
        pass
    assert steps.read(there) == bytes(RECORD)
    here.sock_shutdown(socket.SHUT_RDWR)
    with pytest.raises(SSL.SysCallError):
        list(iter(partial(steps.read, there), None))


@pytest.fixture
def legs() -> Iterator[tuple[SSL.Connection, SSL.Connection, SSL.Connection, SSL.Connection]]:
    """A writer and the source that hears it, a sink and the reader that hears that."""
    (writer, source), (sink, reader) = pair(), pair()
    yield writer, source, sink, reader
    for one in (writer, source, sink, reader):
        one.close()


def test_records_arrive_as_they_were_sent(legs: tuple[SSL.Connection, ...]) -> None:
    writer, source, sink, reader = legs
    for data in (b"x", b"y" * RECORD, bytes(range(256)) * 10):
        writer.send(data)
        assert pass_on(source, sink) == (len(data), b"")
        assert reader.recv(RECORD) == data


def test_nothing_there_moves_nothing_and_spoils_nothing(legs: tuple[SSL.Connection, ...]) -> None:
    writer, source, sink, reader = legs
    assert pass_on(source, sink) == (0, b"")
    writer.send(b"later")
    assert pass_on(source, sink) == (5, b"")
    assert reader.recv(9) == b"later"


def test_what_a_full_sink_does_not_take_is_handed_back_and_goes_later(legs: tuple[SSL.Connection, ...]) -> None:
    writer, source, sink, reader = legs
    sent, rest = b"", b""
    while not rest:
        data = bytes([len(sent) // RECORD % 251]) * RECORD
        writer.send(data)
        taken, rest = pass_on(source, sink)
        assert taken == RECORD
        sent += data
    read = b""
    while len(read) < len(sent):
        try:
            read += reader.recv(RECORD)
        except SSL.WantReadError:
            assert sink.send(rest) == len(rest)
    assert read == sent


def test_an_end_is_left_for_an_ordinary_read_to_tell(legs: tuple[SSL.Connection, ...]) -> None:
    writer, source, sink, _ = legs
    writer.shutdown()
    assert pass_on(source, sink) == (0, b"")
    with pytest.raises(SSL.ZeroReturnError):
        source.recv(1)
