"""Ends a TLS handshake that OpenSSL does not come back from.

A handshake step reads whatever its peer has sent and returns when nothing is left. Some messages it skips without a
limit, HelloRequests for one: a server that sends these fast enough would keep a worker from all its other sessions.
"""

import contextlib
import socket
import threading
import time
from socket import SocketType
from typing import Final

PERIOD: Final = 0.25  # seconds between two looks
MOST: Final = 0.5  # seconds of CPU time in one step; the dearest honest one, an RSA key of 16,384 bits, takes a fifth of that


class Watchdog:
    """Looks from a thread of its own at the thread that made it.

    That one counts its steps in `step`, and has in `sock` the socket that it handles, None between two steps.
    """

    def __init__(self) -> None:
        self._clock = time.pthread_getcpuclockid(threading.get_ident())
        self.step = 0
        self.sock: SocketType | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self.cut_off = 0  # how many peers

    def start(self) -> None:
        """Begin to watch; after the process has forked, since threads stay behind."""
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        step, since = 0, 0.0
        while not self._over.wait(PERIOD):
            sock, spent = self.sock, time.clock_gettime(self._clock)
            if step != self.step:
                step, since = self.step, spent
            elif sock is not None and spent - since >= MOST:
                since = spent
                self._cut_off(sock)

    def _cut_off(self, sock: SocketType) -> None:
        """What OpenSSL then reads is the connection's end."""
        self.cut_off += 1
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
