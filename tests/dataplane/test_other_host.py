"""A client whose ClientHello names one server and whose request is for another, through the real proxy."""

import pytest

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME
from tests.helpers.waiting import until


@pytest.mark.parametrize(("pieces", "told"), [
    ((b"GET / HTTP/1.1\r\nHost: hidden.example.test\r\n\r\n",), True),
    ((b"GET / HTTP/1.1\r\nHo", b"st: hidden.example.test:443\r\n\r\n"), True),
    ((f"GET / HTTP/1.1\r\nHost: {NAME.upper()}:443\r\n\r\n".encode(),), False),
    ((b"GET / HTTP/1.0\r\n\r\n",), False)])
def test_it_is_logged_and_goes_on(network: Network, pieces: tuple[bytes, ...], told: bool) -> None:
    with network.client() as client:
        for piece in pieces:
            client.sendall(piece)
            assert client.recv(len(piece)) == piece
        ends = client.getsockname()
    until(lambda: network.proxy.records("RT_FLOW_SESSION_CLOSE", ends), "the session is over")
    warnings = [record["message"] for record in network.proxy.records("SSL_PROXY_WARNING", ends)]
    expected = f"system: HTTP request for host hidden.example.test, not for SNI {NAME}"
    assert [message for message in warnings if "HTTP" in message] == [expected] * told
