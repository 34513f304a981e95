"""Servers that refuse, hang, talk nonsense or break off: the client hears in time, and the log says what it was."""

import os
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME, LoopbackPki
from tests.helpers.origin import Script, echo, ended
from tests.helpers.running_proxy import RunningProxy
from tests.helpers.waiting import until
from tests.hostile.conftest import Unharmed, serves
from tests.tls.hello_bytes import openssl_hello

RANDOM = bytes((value * 167 + 13) % 256 for value in range(4096))
WARNING_ALERT = b"\x15\x03\x03\x00\x02\x01\x5a"  # user_canceled
EMPTY_RECORD = b"\x16\x03\x03\x00\x00"
HELLO_REQUEST = b"\x16\x03\x03\x00\x04\x00\x00\x00\x00"


def _flight(pki: LoopbackPki, hello: bytes) -> bytes:
    """What a real server answers to a ClientHello."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = pki.origin_context().wrap_bio(incoming, outgoing, server_side=True)
    incoming.write(hello)
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    return outgoing.read()


def _hello_of(at: socket.socket) -> bytes:
    data = at.recv(5, socket.MSG_WAITALL)
    return data + at.recv(int.from_bytes(data[3:5], "big"), socket.MSG_WAITALL)


def _stall(at: socket.socket) -> None:
    ended(at)


def _leave(_: socket.socket) -> None:
    pass


def _flood(data: bytes) -> Callable[[socket.socket], None]:
    def run(at: socket.socket) -> None:
        while True:
            at.sendall(data * 100)

    return run


def dropped(network: Network, client: socket.socket) -> str:
    return network.proxy.record("SSL_PROXY_SSL_SESSION_DROP", client)["message"]


@pytest.mark.parametrize(("answer", "then", "message"), [
    (lambda whole: b"", _stall, "system: handshake not finished in time"),
    (lambda whole: whole[:200], _stall, "system: handshake not finished in time"),
    (lambda whole: whole[:-1], _stall, "system: handshake not finished in time"),
    (lambda whole: b"", _leave, "openssl error: server handshake: "),
    (lambda whole: whole[:200], _leave, "openssl error: server handshake: "),
    (lambda whole: RANDOM, _stall, "openssl error: server handshake: "),
    (lambda whole: b"HTTP/1.1 400 Bad Request\r\n\r\n", _leave, "openssl error: server handshake: "),
    (lambda whole: whole[:9] + bytes(200), _stall, "openssl error: server handshake: "),
    (lambda whole: b"\x16\x03\x03\xff\xff", _stall, "openssl error: server handshake: "),
    (lambda whole: b"", _flood(WARNING_ALERT), "openssl error: server handshake: "),
    (lambda whole: b"", _flood(EMPTY_RECORD), "openssl error: server handshake: "),
    (lambda whole: b"", _flood(HELLO_REQUEST), "openssl error: server handshake: "),
], ids=["silence", "stalls in its hello", "stalls before the last byte", "closes", "closes in its hello", "noise", "plain text",
        "zeros", "a record too long", "alerts without end", "empty records without end", "HelloRequests without end"])
def test_an_origin_that_does_not_finish(impatient: Network, unharmed: Unharmed, answer: Callable[[bytes], bytes], then: Script,
                                        message: str) -> None:
    def run(at: socket.socket) -> None:
        at.sendall(answer(_flight(impatient.pki, _hello_of(at))))
        then(at)

    with unharmed(impatient):
        impatient.origin.serve(run)
        accepted = impatient.origin.accepted
        with impatient.proxy.connect() as client:
            client.sendall(openssl_hello())
            assert ended(client) in {"reset", "clean"}
            assert dropped(impatient, client).startswith(message)
        assert impatient.origin.accepted == accepted + 1  # nothing is tried a second time with less
        impatient.origin.serve(echo, impatient.pki.origin_context())
        serves(impatient)


@pytest.fixture
def black_hole() -> Iterator[tuple[str, int]]:
    """An address whose SYNs stay without an answer: its queue of connections is full."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    waiting = [socket.socket() for _ in range(3)]
    for one in waiting:
        one.setblocking(False)
        one.connect_ex(listener.getsockname())
    yield listener.getsockname()
    for one in (*waiting, listener):
        one.close()


def test_an_origin_that_does_not_answer(pki: LoopbackPki, tmp_path: Path, black_hole: tuple[str, int]) -> None:
    with RunningProxy(tmp_path, pki, black_hole, workers=1, impatient=True) as proxy, proxy.connect() as client:
        client.sendall(openssl_hello())
        assert ended(client) == "reset"
        message = proxy.record("SSL_PROXY_SSL_SESSION_DROP", client)["message"]
        assert message == "system: server did not answer in time"
        until(proxy.is_idle, "the session is over")
        assert proxy.counters()["dropped: connect-timeout"] == 1


def test_an_origin_that_answers_byte_by_byte_is_served_all_the_same(network: Network, unharmed: Unharmed) -> None:
    def drip(at: socket.socket) -> None:
        at.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = network.pki.origin_context().wrap_bio(incoming, outgoing, server_side=True)
        while True:
            try:
                tls.do_handshake()
                tls.write(tls.read(99))
            except ssl.SSLWantReadError:
                pass
            else:
                break
            finally:
                for byte in outgoing.read():
                    at.sendall(bytes([byte]))
            incoming.write(at.recv(4096))
        at.recv(1)

    with unharmed(network):
        network.origin.serve(drip)
        with network.client() as client:
            client.sendall(b"hello")
            assert client.recv(9) == b"hello"


def test_noise_of_every_kind_in_the_middle_of_a_session(network: Network, unharmed: Unharmed) -> None:
    """The client learns that the body is not whole."""
    def run(at: socket.socket) -> None:
        at.recv(9)
        at.sendall(b"half of it")
        os.write(at.fileno(), b"\x17\x03\x03\x00\x40" + RANDOM[:64])
        ended(at)

    with unharmed(network):
        network.origin.serve(run, network.pki.origin_context())
        with network.client() as client:
            client.sendall(b"hello")
            assert client.recv(10) == b"half of it"
            assert ended(client) in {"reset", "truncated"}
        assert NAME
