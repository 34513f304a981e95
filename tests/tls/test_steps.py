"""Records move from one TLS end to another whole, in order, and what the sink does not take is handed back."""

import socket
from collections.abc import Iterator

import pytest
from OpenSSL import SSL

from nf.tls.steps import RECORD, pass_on
from tests.pki.factory import LEAF


def pair() -> tuple[SSL.Connection, SSL.Connection]:
    """A client's end and a server's, their handshake done, on sockets."""
    ends = socket.socketpair()
    server, client = SSL.Context(SSL.TLS_SERVER_METHOD), SSL.Context(SSL.TLS_CLIENT_METHOD)
    server.use_certificate(LEAF.certificate)
    server.use_privatekey(LEAF.key)
    there, here = SSL.Connection(server, ends[0]), SSL.Connection(client, ends[1])
    there.set_accept_state()
    here.set_connect_state()
    for end in ends:
        end.setblocking(False)
    waiting = [here, there]
    while waiting:
        for one in tuple(waiting):
            try:
                one.do_handshake()
                waiting.remove(one)
            except SSL.WantReadError:
                continue
    return here, there


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
