"""Clients that leave at every possible moment: the server's side ends too, and nothing is left behind."""

import contextlib
import socket
import ssl
import threading

import pytest

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME
from tests.helpers.origin import DEADLINE, reset
from tests.helpers.waiting import until
from tests.hostile.conftest import Unharmed, serves
from tests.tls.hello_bytes import standard_library_hello

Leave = object
HELLO = standard_library_hello()
LEAVING = [socket.socket.close, reset]


@pytest.mark.parametrize("leave", LEAVING)
def test_after_each_byte_of_the_hello(network: Network, unharmed: Unharmed, leave) -> None:
    ports = set()
    with unharmed(network):
        for size in range(len(HELLO) + 1):
            client = network.proxy.connect()
            ports.add(str(client.getsockname()[1]))
            client.sendall(HELLO[:size])
            leave(client)
        serves(network)
    until(lambda: ports <= _closed(network), "every session has its line in the log")


def _closed(network: Network) -> set[str]:
    return {record["source-port"] for record in network.proxy.all_records() if record["name"] == "RT_FLOW_SESSION_CLOSE"}


@pytest.mark.parametrize("leave", LEAVING)
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_at_each_stage_of_the_handshake(network: Network, unharmed: Unharmed, version: ssl.TLSVersion, leave) -> None:
    """What the proxy says in a handshake reaches the client only up to here; then the client is gone."""
    whole = sum(map(len, _flights(network, version, None, lambda _: None)))
    with unharmed(network):
        for heard in range(1, whole, 97):
            _flights(network, version, heard, leave)
        serves(network)


def _flights(network: Network, version: ssl.TLSVersion, heard: int | None, leave) -> list[bytes]:
    """Shake hands by hand; what came from the proxy until the client left or was done."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = network.pki.client_context(highest=version).wrap_bio(incoming, outgoing, server_hostname=NAME)
    came: list[bytes] = []
    with network.proxy.connect() as client:
        while heard is None or sum(map(len, came)) < heard:
            with contextlib.suppress(ssl.SSLWantReadError):
                tls.do_handshake()
                client.sendall(outgoing.read())
                return came
            client.sendall(outgoing.read())
            came.append(client.recv(4096 if heard is None else heard - sum(map(len, came))))
            assert came[-1], "the proxy has left first"
            incoming.write(came[-1])
        leave(client)
    return came


@pytest.mark.parametrize("leave", LEAVING)
def test_with_a_request_on_the_way(network: Network, unharmed: Unharmed, leave) -> None:
    """The origin learns of it while it works on the answer."""
    asked, gone = threading.Semaphore(0), threading.Semaphore(0)

    def work(at: socket.socket) -> None:
        at.recv(99)
        asked.release()
        with contextlib.suppress(OSError):
            at.recv(99)
        gone.release()

    with unharmed(network):
        network.origin.serve(work, network.pki.origin_context())
        for _ in range(10):
            client = network.client()
            client.sendall(b"a request")
            assert asked.acquire(timeout=DEADLINE)
            leave(client)
            assert gone.acquire(timeout=DEADLINE)
        network.origin.serve(lambda at: at.sendall(at.recv(9)), network.pki.origin_context())
        serves(network)
