"""A connection to a daemon: TCP, TLS, UDP or a unix socket, non-blocking, the same calls for all."""

import contextlib
import errno
import os
import socket
import ssl
from collections.abc import Callable
from typing import Final

from nf.dataplane.loop import BROKEN, READ, WRITE, Loop
from nf.services.asking import Peer

CHUNK: Final = 1 << 16
_FRESH: Final = (0, errno.EINPROGRESS, errno.EAGAIN)


class Line:
    """Connects when made; `heard` gets what comes, b"" for its end, and what waits to be sent is `waiting`."""

    def __init__(self, loop: Loop, peer: Peer, context: ssl.SSLContext | None) -> None:
        """OSError when it cannot even begin."""
        self.peer = peer
        self.waiting = bytearray()
        self.ready = False  # connected, and the handshake done
        self.served = False  # an exchange before
        self.deaf = False  # nobody wants to hear more for now
        self.heard: Callable[[bytes], None] = _ignore
        self.sent: Callable[[], None] = _nothing
        self._loop, self._context = loop, context
        self._wants = WRITE
        self._sock: socket.socket | ssl.SSLSocket = _socket(peer)
        try:
            self._connect()
        except OSError:
            self._sock.close()
            raise
        self._fd = self._sock.fileno()
        loop.watch_file(self._fd, self._turn, self._wants)

    def send(self, data: bytes) -> None:
        """Send it, or keep it until it can be sent."""
        self.waiting += data
        if self.ready:
            self._guarded(self._flush)

    def listen(self) -> None:
        """Hear again what comes, after having been deaf."""
        self.deaf = False
        if self.ready:
            self._guarded(self._go_on)
            self._watch(READ | (WRITE if self.waiting else 0))

    def close(self) -> None:
        """Let go of it."""
        self.heard, self.sent = _ignore, _nothing
        if self._fd >= 0:
            self._loop.forget_file(self._fd)
            self._fd = -1
            self._sock.close()

    def _connect(self) -> None:
        peer = self.peer
        code = self._sock.connect_ex(peer.host if peer.transport == "unix" else (peer.host, peer.port))
        if code not in _FRESH or (code == errno.EAGAIN and peer.transport != "unix"):
            raise OSError(code, os.strerror(code))

    def _turn(self, mask: int) -> None:
        self._guarded(self._go_on if self.ready else self._begin)
        if mask & BROKEN and self._fd >= 0 and not mask & READ:
            self._end()

    def _guarded(self, step: Callable[[], None]) -> None:
        """Whatever is wrong with the line is its end."""
        try:
            step()
        except (BlockingIOError, ssl.SSLWantReadError):
            self._watch(READ | (WRITE if self.ready and self.waiting else 0))
        except ssl.SSLWantWriteError:
            self._watch(READ | WRITE)
        except (OSError, ValueError):  # SSLError is an OSError; a certificate's name may be a ValueError
            self._end()

    def _begin(self) -> None:
        code = self._sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, os.strerror(code))
        if self._context is not None and not isinstance(self._sock, ssl.SSLSocket):
            self._sock = self._context.wrap_socket(self._sock, do_handshake_on_connect=False,
                                                   server_hostname=self.peer.server_name or self.peer.host)
        if isinstance(self._sock, ssl.SSLSocket):
            self._sock.do_handshake()
        self.ready = True
        self._flush()

    def _go_on(self) -> None:
        """Read first: a daemon may wait for us to take its answer before it takes more of the question."""
        with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError):
            while self._fd >= 0 and not self.deaf:
                data = self._sock.recv(CHUNK)
                if not data:
                    return self._end()
                self.heard(data)
        return self._flush() if self.waiting and self._fd >= 0 else None

    def _flush(self) -> None:
        while self.waiting:
            with memoryview(self.waiting) as view:
                sent = self._sock.send(view[:CHUNK])
            del self.waiting[:sent]
        self._watch(READ)
        self.sent()

    def _watch(self, wants: int) -> None:
        wants = wants & ~READ if self.deaf else wants
        if wants != self._wants and self._fd >= 0:
            self._wants = wants
            self._loop.change_file(self._fd, wants)
        if self.ready:
            self.sent()

    def _end(self) -> None:
        heard = self.heard
        self.close()
        heard(b"")


def _socket(peer: Peer) -> socket.socket:
    kind = (socket.SOCK_DGRAM if peer.transport == "udp" else socket.SOCK_STREAM) | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC
    if peer.transport == "unix":
        return socket.socket(socket.AF_UNIX, kind)
    return socket.socket(socket.AF_INET6 if ":" in peer.host else socket.AF_INET, kind)


def _ignore(_data: bytes) -> None:
    """Nobody listens."""


def _nothing() -> None:
    """Nobody waits."""
