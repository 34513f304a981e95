"""Data through the whole proxy: every byte, both ways, in bounded memory, and each end passed on in kind."""

import contextlib
import hashlib
import select
import socket
import ssl
import threading
from pathlib import Path

import pytest

from tests.helpers.loopback_network import Network
from tests.helpers.origin import digest_of, ended, reset
from tests.helpers.waiting import until

BLOCK = hashlib.shake_256(b"bulk").digest(1 << 20)
BLOCKS = 20
DIGEST = hashlib.sha256(BLOCK * BLOCKS).hexdigest()
KERNEL_HOLDS = 40  # blocks, more than all socket buffers on the way
MOST_GROWTH = 8 << 20  # bytes of a worker's memory; what waits would be several times this


def pour(connection: socket.socket, blocks: int = BLOCKS) -> None:
    for _ in range(blocks):
        connection.sendall(BLOCK)


def close_notify(client: ssl.SSLSocket) -> None:
    """End the client's direction as TLS does, and keep the other."""
    client.setblocking(False)
    with contextlib.suppress(ssl.SSLWantReadError):
        client.unwrap()
    client.settimeout(30)


def fin(connection: socket.socket) -> None:
    """A FIN alone, whatever runs on top."""
    socket.socket.shutdown(connection, socket.SHUT_WR)


def answer_at_end(at: socket.socket) -> None:
    request = b""
    while data := at.recv(65536):
        request += data
    at.sendall(b"you said " + request)


def resident(network: Network) -> int:
    """Bytes of memory that the workers have."""
    return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 for pid in network.proxy.workers().values())


def test_twenty_megabytes_up(network: Network) -> None:
    network.origin.serve(lambda at: at.sendall(digest_of(at, len(BLOCK) * BLOCKS).encode()), network.pki.origin_context())
    with network.client() as client:
        pour(client)
        assert client.recv(64).decode() == DIGEST


def test_twenty_megabytes_down(network: Network) -> None:
    network.origin.serve(pour, network.pki.origin_context())
    with network.client() as client:
        assert digest_of(client, len(BLOCK) * BLOCKS) == DIGEST
        assert ended(client) == "clean"


def test_both_ways_at_once_without_tls(network: Network) -> None:
    def both(at: socket.socket) -> None:
        down = threading.Thread(target=pour, args=(at,))
        down.start()
        network.origin.received.append(digest_of(at, len(BLOCK) * BLOCKS).encode())
        down.join()

    network.origin.serve(both)
    with network.proxy.connect() as client:
        up = threading.Thread(target=pour, args=(client,))
        up.start()
        assert digest_of(client, len(BLOCK) * BLOCKS) == DIGEST
        up.join()
        assert ended(client) == "clean"
    assert network.origin.received == [DIGEST.encode()]


@pytest.mark.parametrize("size", [0, 1, 16383, 16384, 16385])
def test_sizes_around_a_record(network: Network, size: int) -> None:
    with network.client() as client:
        client.sendall(BLOCK[:size])
        assert digest_of(client, size) == hashlib.sha256(BLOCK[:size]).hexdigest()
        close_notify(client)
        assert ended(client) == "clean"


def test_a_slow_reader_holds_the_writer_back_and_loses_nothing(network: Network) -> None:
    stalled = threading.Event()

    def press(at: socket.socket) -> None:
        pour(at, 2)
        until(lambda: not select.select([], [at], [], 0.2)[1] or at.sendall(BLOCK[:65536]), "the proxy takes no more")
        stalled.set()
        at.sendall(b"end")

    network.origin.serve(press, network.pki.origin_context())
    before = resident(network)
    with network.client() as client:
        assert stalled.wait(20)
        assert resident(network) - before < MOST_GROWTH
        tail = b""
        while data := client.recv(1 << 18):
            tail = (tail + data)[-3:]
        assert tail == b"end"


def test_half_close_over_tls(network: Network) -> None:
    network.origin.serve(answer_at_end, network.pki.origin_context())
    with network.client() as client:
        client.sendall(b"hello")
        close_notify(client)
        assert client.recv(99) == b"you said hello"
        assert ended(client) == "clean"


def test_half_close_without_tls(network: Network) -> None:
    network.origin.serve(answer_at_end)
    with network.proxy.connect() as client:
        client.sendall(b"hello")
        fin(client)
        assert client.recv(99) == b"you said hello"
        assert ended(client) == "clean"
        assert network.proxy.record("RT_FLOW_SESSION_CLOSE", client)["reason"] == "TCP FIN"


@pytest.mark.parametrize(("clean", "seen"), [(True, "clean"), (False, "truncated")])
def test_the_client_sees_whether_the_origin_was_done(network: Network, clean: bool, seen: str) -> None:
    def half_a_body(at: socket.socket) -> None:
        at.sendall(b"Content-Length: 100\r\n\r\n" + bytes(50))
        if not clean:
            fin(at)
            at.recv(1)

    network.origin.serve(half_a_body, network.pki.origin_context())
    with network.client() as client:
        assert ended(client) == seen


def test_the_origin_sees_whether_the_client_was_done(network: Network) -> None:
    network.origin.serve(lambda at: network.origin.received.append(ended(at).encode()), network.pki.origin_context())
    for number, end in enumerate((close_notify, fin), 1):
        with network.client() as client:
            client.sendall(b"half a request")
            end(client)
            until(lambda: len(network.origin.received) == number, "the origin has seen the end")  # noqa: B023
    assert network.origin.received == [b"clean", b"truncated"]


def test_reset_by_the_client(network: Network) -> None:
    network.origin.serve(lambda at: network.origin.received.append(ended(at).encode()), network.pki.origin_context())
    client = network.client()
    name = client.getsockname()
    reset(client)
    until(lambda: network.origin.received, "the origin has seen the end")
    assert network.origin.received == [b"reset"]
    assert network.proxy.record("RT_FLOW_SESSION_CLOSE", name)["reason"] == "TCP CLIENT RST"


def test_reset_by_the_origin(network: Network) -> None:
    def reset_at_request(at: socket.socket) -> None:
        at.recv(1)
        reset(at)

    network.origin.serve(reset_at_request, network.pki.origin_context())
    with network.client() as client:
        client.sendall(b"x")
        assert ended(client) == "reset"
        assert network.proxy.record("RT_FLOW_SESSION_CLOSE", client)["reason"] == "TCP SERVER RST"


def test_a_reset_passes_through_a_full_buffer(network: Network) -> None:
    """The origin reads nothing, so the proxy does not read the client either when its reset comes."""
    def deaf(at: socket.socket) -> None:
        poll = select.poll()
        poll.register(at, 0)
        assert poll.poll(20_000)
        network.origin.received.append(b"reset")

    network.origin.serve(deaf, network.pki.origin_context())
    client = network.client()
    until(lambda: not select.select([], [client], [], 0.2)[1] or client.sendall(BLOCK[:65536]), "the proxy takes no more")
    reset(client)
    until(lambda: network.origin.received, "the origin has seen the reset", 5)
