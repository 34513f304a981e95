"""Records that come byte by byte are slow, and no storm: they bring no data for thousands of reads."""

import contextlib
import socket
from collections.abc import Callable

import pytest
from OpenSSL import SSL

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME

DATA = bytes(range(256)) * 64  # one record


def drive(tls: SSL.Connection, connection: socket.socket, step: Callable[[], object]) -> object:
    """Repeat a step until it has what it wants from the peer."""
    while True:
        try:
            answer = step()
        except SSL.WantReadError:
            flush(tls, connection)
            tls.bio_write(connection.recv(65536))
        else:
            flush(tls, connection)
            return answer


def flush(tls: SSL.Connection, connection: socket.socket) -> None:
    with contextlib.suppress(SSL.WantReadError):
        connection.sendall(tls.bio_read(1 << 16))


@pytest.mark.parametrize("version", [SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION])
def test_a_record_byte_by_byte(network: Network, version: int) -> None:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_max_proto_version(version)
    tls = SSL.Connection(context, None)
    tls.set_tlsext_host_name(NAME.encode())
    tls.set_connect_state()
    with network.proxy.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        drive(tls, connection, tls.do_handshake)
        tls.send(DATA)
        sealed = tls.bio_read(1 << 16)
        for at in range(len(sealed)):
            connection.sendall(sealed[at:at + 1])
        answer = b""
        while len(answer) < len(DATA):
            piece = drive(tls, connection, lambda: tls.recv(1 << 16))
            assert isinstance(piece, bytes)
            answer += piece
    assert answer == DATA
