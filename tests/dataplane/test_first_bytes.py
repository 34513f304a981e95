"""What clients begin with: hellos in pieces, no hellos, old ones, half ones, none at all."""

import contextlib
import socket
from collections.abc import Callable
from typing import TypeVar

import pytest
from OpenSSL import SSL

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME
from tests.helpers.origin import echo, ended
from tests.helpers.waiting import until
from tests.tls.hello_bytes import openssl_hello

SSLV2_HELLO = bytes.fromhex("802e0100020015000000100100800700c0030080060040020080040080") + bytes(19)
T = TypeVar("T")


def older(version: int) -> bytes:
    """A TLS 1.2 hello with an older version written into it."""
    hello = openssl_hello(SSL.TLS1_2_VERSION)
    return hello[:9] + bytes([3, version]) + hello[11:]


def post_quantum() -> tuple[SSL.Connection, bytes]:
    """A client of the newest OpenSSL, and its hello with an ML-KEM key share."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    client = SSL.Connection(context, None)
    client.set_tlsext_host_name(NAME.encode())
    client.set_connect_state()
    with pytest.raises(SSL.WantReadError):
        client.do_handshake()
    return client, client.bio_read(1 << 16)


def test_a_post_quantum_hello_byte_by_byte(network: Network) -> None:
    with network.proxy.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client, hello = post_quantum()
        assert len(hello) > 1500
        for at in range(len(hello)):
            connection.sendall(hello[at:at + 1])
        _driven(client, connection, client.do_handshake)
        assert client.get_group_name() == "X25519MLKEM768"
        client.send(b"hello")
        connection.sendall(client.bio_read(65536))
        assert _driven(client, connection, lambda: client.recv(9)) == b"hello"


def _driven(client: SSL.Connection, connection: socket.socket, step: Callable[[], T]) -> T:
    """What a TLS step gives once it has the bytes that it wants."""
    while True:
        try:
            answer = step()
        except SSL.WantReadError:
            client.bio_write(connection.recv(65536))
        else:
            with contextlib.suppress(SSL.WantReadError):
                connection.sendall(client.bio_read(65536))
            return answer


def test_the_server_speaks_first(network: Network) -> None:
    def greet(at: socket.socket) -> None:
        at.sendall(b"220 ready\r\n")
        network.origin.received.append(at.recv(99))
        at.sendall(b"221 bye\r\n")

    network.origin.serve(greet)
    with network.proxy.connect() as client:
        assert client.recv(99) == b"220 ready\r\n"
        client.sendall(b"QUIT\r\n")
        assert client.recv(99) == b"221 bye\r\n"
        assert ended(client) == "clean"
    assert network.origin.received == [b"QUIT\r\n"]


def test_a_silent_client_may_still_begin_tls(network: Network) -> None:
    accepted = network.origin.accepted
    with network.proxy.connect() as connection:
        until(lambda: network.origin.accepted > accepted, "the server is connected after the silence")
        with network.handshake(connection) as client:
            client.sendall(b"late")
            assert client.recv(9) == b"late"


def test_plain_http_is_ignored_once_both_thresholds_are_reached(network: Network) -> None:
    network.origin.serve(echo)
    request = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999\r\n\r\n"
    with network.proxy.connect() as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number in range(1, 8):
            assert bool(network.proxy.records("SSL_PROXY_SESSION_IGNORE", client)) is (number > 5)
            client.sendall(request)
            assert client.recv(4096) == request
        record = network.proxy.record("SSL_PROXY_SESSION_IGNORE", client)
        assert record["message"] == "system: non-SSL session ignored"
    until(lambda: network.proxy.counters().get("ignored: non-ssl"), "the session is counted")


@pytest.mark.parametrize("garbage", [b"\x00" * 400, b"SSH-2.0-x\r\n", bytes(range(255, 100, -1))])
def test_garbage_passes_as_it_is(network: Network, garbage: bytes) -> None:
    network.origin.serve(echo)
    with network.proxy.connect() as client:
        client.sendall(garbage)
        socket.socket.shutdown(client, socket.SHUT_WR)
        answer = b""
        while data := client.recv(4096):
            answer += data
        assert answer == garbage


@pytest.mark.parametrize(("hello", "seen", "message"), [
    (SSLV2_HELLO, b"", "system: SSLv2 client hello"),
    (older(1), b"\x15\x03\x03\x00\x02\x02\x46", "system: client offers no supported protocol version"),
    (older(2), b"\x15\x03\x03\x00\x02\x02\x46", "system: client offers no supported protocol version"),
    (b"\x16\x03\x01\x00\x04\x02\x00\x00\x00", b"\x15\x03\x03\x00\x02\x02\x0a",
     "openssl error: handshake type 2 where a ClientHello was expected"),
])
def test_what_no_server_is_asked_about(network: Network, hello: bytes, seen: bytes, message: str) -> None:
    accepted = network.origin.accepted
    with network.proxy.connect() as client:
        client.sendall(hello)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while data := client.recv(99):
                answer += data
        assert answer == seen
        assert network.proxy.record("SSL_PROXY_SSL_SESSION_DROP", client)["message"] == message
    assert network.origin.accepted == accepted


def test_half_a_hello_and_the_end(network: Network) -> None:
    with network.proxy.connect() as client:
        client.sendall(older(3)[:100])
        client.shutdown(socket.SHUT_WR)
        ended(client)
        network.proxy.record("RT_FLOW_SESSION_CLOSE", client)


def test_half_a_hello_and_silence(impatient: Network) -> None:
    with impatient.proxy.connect() as client:
        client.sendall(older(3)[:100])
        assert ended(client) == "reset"
        record = impatient.proxy.record("SSL_PROXY_SSL_SESSION_DROP", client)
        assert record["message"] == "system: handshake not finished in time"
