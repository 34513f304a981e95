"""One leg on a real connection: reading, writing more than the kernel takes, and every way to end."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator

import pytest
from OpenSSL import SSL

from nf.dataplane.leg import CHUNK, Leg, Stop
from tests.helpers.loopback_pki import NAME, LoopbackPki
from tests.helpers.origin import DEADLINE, ended, reset
from tests.helpers.waiting import until

CLOSE_NOTIFY = bytes((23, 3, 3, 0, 19))  # how a TLS 1.3 record with an alert begins


def tcp_pair() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        far = socket.create_connection(listener.getsockname(), timeout=DEADLINE)
        near, _ = listener.accept()
    return near, far


@pytest.fixture
def plain() -> Iterator[tuple[Leg, socket.socket]]:
    near, far = tcp_pair()
    near.setblocking(False)
    leg = Leg(near, lambda: None)
    yield leg, far
    leg.close(reset=False)
    far.close()


@pytest.fixture
def tls(pki: LoopbackPki) -> Iterator[tuple[Leg, ssl.SSLSocket]]:
    near, far = tcp_pair()
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.use_certificate_file(str(pki.directory / "good.pem"))
    context.use_privatekey_file(str(pki.directory / "good.pem"))
    leg = Leg(near, lambda: None)
    leg.tls = SSL.Connection(context, near)
    leg.tls.set_accept_state()
    server = threading.Thread(target=leg.tls.do_handshake)
    server.start()
    client = ssl.create_default_context(cafile=str(pki.origin_root))
    client.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    peer = client.wrap_socket(far, server_hostname=NAME, suppress_ragged_eofs=False)
    server.join()
    near.setblocking(False)
    yield leg, peer
    leg.close(reset=False)
    peer.close()


@pytest.fixture(params=["plain", "tls"])
def both(request: pytest.FixtureRequest) -> tuple[Leg, socket.socket]:
    pair: tuple[Leg, socket.socket] = request.getfixturevalue(request.param)
    return pair


def next_read(leg: Leg) -> bytes | Stop:
    """What comes after AGAIN."""
    found: list[bytes | Stop] = []
    until(lambda: found.append(leg.read()) or found[-1] is not Stop.AGAIN, "something to read")
    return found[-1]


def fill(leg: Leg) -> int:
    """Write until the kernel takes no more; how much that was."""
    written = 0
    while not leg.out:
        assert leg.write(bytes(CHUNK))
        written += CHUNK
    return written


def test_bytes_both_ways(both: tuple[Leg, socket.socket]) -> None:
    leg, peer = both
    assert leg.read() is Stop.AGAIN
    peer.sendall(b"hello")
    assert next_read(leg) == b"hello"
    assert leg.write(b"world")
    assert peer.recv(9) == b"world"
    assert leg.carried().bytes > 5
    assert not leg.wants_to_write


def test_more_than_the_kernel_takes_is_kept_in_order(both: tuple[Leg, socket.socket]) -> None:
    leg, peer = both
    total = fill(leg)
    assert leg.write(b"last")
    assert leg.out.endswith(b"last")
    assert leg.wants_to_write
    received = b""

    def drain() -> bool:
        nonlocal received
        assert leg.flush()
        received += peer.recv(1 << 20)
        return len(received) == total + 4

    until(drain, "everything has come")
    assert received == bytes(total) + b"last"
    assert not leg.wants_to_write


@pytest.mark.parametrize(("how", "seen"), [(Stop.ENDED, "clean"), (Stop.TRUNCATED, "truncated")])
def test_an_end_is_passed_on_in_kind_after_the_data(tls: tuple[Leg, ssl.SSLSocket], how: Stop, seen: str) -> None:
    leg, peer = tls
    fill(leg)
    leg.end_writing(how)
    assert not leg.write_ended
    reader = threading.Thread(target=lambda: ends.append(ended(peer)))
    ends: list[str] = []
    reader.start()
    until(lambda: leg.flush() and leg.write_ended, "all is written")
    reader.join()
    assert ends == [seen]


def test_a_close_notify_that_finds_no_room_is_not_lost(tls: tuple[Leg, ssl.SSLSocket]) -> None:
    """Bytes beside TLS fill the connection to the last one, as the end of a body may by chance."""
    leg, peer = tls
    filled = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            filled += leg.sock.send(bytes(CHUNK))
    leg.end_writing(Stop.ENDED)
    assert not leg.write_ended
    assert leg.wants_to_write
    with socket.socket(fileno=peer.detach()) as raw:
        for _ in range(filled // CHUNK):
            raw.recv(CHUNK, socket.MSG_WAITALL)
        until(lambda: leg.flush() and leg.write_ended, "the close_notify is written")
        with raw.makefile("rb") as rest:
            assert CLOSE_NOTIFY in rest.read()[-24:]


def test_a_fin(both: tuple[Leg, socket.socket]) -> None:
    leg, peer = both
    expected = Stop.ENDED if leg.tls is None else Stop.TRUNCATED
    socket.socket.shutdown(peer, socket.SHUT_WR)
    assert next_read(leg) is expected


def test_a_peer_that_closes_without_close_notify_has_not_reset(tls: tuple[Leg, ssl.SSLSocket]) -> None:
    """It resets all the same, at the alert by which OpenSSL complains: that is no reason to lose what it has sent."""
    leg, peer = tls
    assert leg.write(b"x")
    assert peer.recv(1) == b"x"  # and the tickets: what is unread makes a close a reset
    peer.sendall(b"the last words")
    peer.close()
    assert [next_read(leg), next_read(leg)] == [b"the last words", Stop.TRUNCATED]


def test_close_notify(tls: tuple[Leg, ssl.SSLSocket]) -> None:
    leg, peer = tls
    peer.setblocking(False)
    with contextlib.suppress(ssl.SSLWantReadError):
        peer.unwrap()
    assert next_read(leg) is Stop.ENDED


def test_a_reset(both: tuple[Leg, socket.socket]) -> None:
    leg, peer = both
    reset(peer)
    assert next_read(leg) is Stop.RESET


def test_a_reset_that_writing_has_met_first(tls: tuple[Leg, ssl.SSLSocket]) -> None:
    leg, peer = tls
    reset(peer)
    until(lambda: leg.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), "the reset, which is told once")
    assert next_read(leg) is Stop.RESET


def test_writing_to_a_broken_connection(both: tuple[Leg, socket.socket]) -> None:
    leg, peer = both
    reset(peer)
    until(lambda: not leg.write(b"x"), "the write fails")


def test_garbage_instead_of_a_record(tls: tuple[Leg, ssl.SSLSocket]) -> None:
    leg, peer = tls
    raw = socket.socket(fileno=peer.detach())
    raw.sendall(b"\x17\x03\x03\x00\x20" + bytes(32))
    assert next_read(leg) is Stop.RESET
    raw.close()


def test_closing_with_and_without_a_reset() -> None:
    for with_reset, seen in ((True, "reset"), (False, "clean")):
        near, far = tcp_pair()
        Leg(near, lambda: None).close(with_reset)
        assert ended(far) == seen
        far.close()


def test_an_alert_for_a_client_whose_hello_was_only_looked_at(plain: tuple[Leg, socket.socket]) -> None:
    leg, peer = plain
    peer.sendall(bytes(9000))
    until(lambda: len(leg.sock.recv(9000, socket.MSG_PEEK)) == 9000, "the hello is there")
    leg.say_goodbye(40)
    leg.close(reset=not leg.write_ended)
    assert peer.recv(99) == bytes((21, 3, 3, 0, 2, 2, 40))
    assert ended(peer) == "clean"


def test_a_bug_costs_its_session_only(plain: tuple[Leg, socket.socket]) -> None:
    leg, _ = plain
    failed: list[bool] = []
    leg.failed = lambda: failed.append(True)
    leg.ready = lambda _: 1 // 0
    leg.take_turn(1)
    assert failed == [True]
