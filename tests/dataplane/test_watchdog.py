"""The watchdog: a handshake that never comes back is ended, others are left alone."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from OpenSSL import SSL

from nf.dataplane.watchdog import MOST, Watchdog

HELLO_REQUESTS = b"\x16\x03\x03\x00\x04\x00\x00\x00\x00" * 4000


@pytest.fixture
def watchdog() -> Iterator[Watchdog]:
    watchdog = Watchdog()
    watchdog.start()
    yield watchdog
    watchdog.stop()


def test_a_server_that_asks_for_a_new_handshake_without_end_is_cut_off(watchdog: Watchdog) -> None:
    near, far = socket.socketpair()
    near.setblocking(False)

    def flood() -> None:
        with contextlib.suppress(OSError):
            while True:
                far.sendall(HELLO_REQUESTS)

    server = threading.Thread(target=flood)
    server.start()
    client = SSL.Connection(SSL.Context(SSL.TLS_CLIENT_METHOD), near)
    client.set_connect_state()
    while not watchdog.cut_off:
        watchdog.step, watchdog.sock = watchdog.step + 1, near
        with contextlib.suppress(SSL.Error):  # a step in which the flood was slower than we
            client.do_handshake()
        watchdog.sock = None
    near.close()
    server.join()
    assert watchdog.cut_off == 1


def test_work_between_steps_does_not_count(watchdog: Watchdog) -> None:
    near, far = socket.socketpair()
    for _ in range(3):
        watchdog.step, watchdog.sock = watchdog.step + 1, near
        near.sendall(b"hello")
        watchdog.sock = None
        begun = time.thread_time()
        while time.thread_time() < begun + MOST:
            pass
    assert far.recv(99) == b"hello" * 3
    assert watchdog.cut_off == 0
    near.close()
    far.close()
