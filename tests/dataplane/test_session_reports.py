"""What real sessions make the SSL proxy warn of."""

import socket
import ssl

import pytest

from tests.helpers.loopback_network import Network
from tests.helpers.waiting import until

WARNING = "SSL_PROXY_WARNING"


def cut_off(connection: socket.socket) -> None:
    """Answer, and end without close_notify."""
    connection.recv(4096)
    connection.sendall(b"half an answer")
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(4096):
        pass  # what the client still says, beneath its TLS


@pytest.mark.parametrize("asked", [b"GET / HTTP/1.1\r\n\r\n", b"NOOP"])
def test_a_server_that_cuts_its_tls_off(network: Network, asked: bytes) -> None:
    network.origin.serve(cut_off, network.pki.origin_context())
    with network.client() as client:
        peer = client.getsockname()
        client.sendall(asked)
        assert client.recv(64) == b"half an answer"
        with pytest.raises(ssl.SSLEOFError):
            client.recv(64)
    record = network.proxy.record(WARNING, peer)
    assert record["message"] == "openssl error: server closed the connection without close_notify"


def test_an_end_with_close_notify_is_not_warned_of(network: Network) -> None:
    with network.client() as client:
        peer = client.getsockname()
        client.sendall(b"hello")
        assert client.recv(9) == b"hello"
        client.unwrap().close()
    network.proxy.record("RT_FLOW_SESSION_CLOSE", peer)
    assert network.proxy.records(WARNING, peer) == []


def test_a_client_that_names_no_server(network: Network) -> None:
    context = network.pki.client_context()
    context.check_hostname = False
    with context.wrap_socket(network.proxy.connect()) as client:
        record = network.proxy.record(WARNING, client)
        assert record["message"] == "certificate error: hostname not checked, client sent no server name"
        assert record["profile-name"] == "fp"


def test_a_session_that_is_over_before_it_is_known_as_no_ssl(network: Network) -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(connection.recv(64))

    network.origin.serve(answer)
    with network.proxy.connect() as client:
        peer = client.getsockname()
        client.sendall(b"QUIT\r\n")
        assert until(lambda: client.recv(64), "an answer") == b"QUIT\r\n"
    message = network.proxy.record(WARNING, peer)["message"]
    assert message == "system: session ended before it was known whether it is SSL"
    assert network.proxy.records("SSL_PROXY_SESSION_IGNORE", peer) == []
