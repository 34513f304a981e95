"""Connections to syslog servers that never wait: UDP, TCP, TLS; what a server that is away costs is counted lines."""

import contextlib
import errno
import os
import select
import socket
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

MOST_WAITING: Final = 20_000  # lines kept for a server that is slow or away
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds before a connection is tried again; doubled each time
PATIENCE: Final = 10.0  # seconds that a connection and its handshake may take


class Link(Protocol):
    """One server. `send` never waits; `turn` does what can be done now and is due again `patience` seconds later."""

    def send(self, frame: bytes) -> None:
        """Send a framed line, or keep it until it can be."""

    def turn(self, now: float) -> None:
        """Go on with connecting and sending."""

    def interest(self) -> tuple[int, int]:
        """Descriptor and poll mask to wake up for; no descriptor is -1."""

    def patience(self, now: float) -> float | None:
        """Seconds until something is due by itself; None when nothing is."""

    @property
    def waiting(self) -> int:
        """Lines that are kept."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a stream goes; `source` is the address that packets come from, `peer_name` whom a certificate must name."""

    name: str
    family: int
    address: tuple[str, int]
    source: str | None = None
    peer_name: str = ""

    def socket(self, kind: int) -> socket.socket:
        """A non-blocking socket from the source address; OSError if that is none of ours."""
        made = socket.socket(self.family, kind | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        try:
            if self.source is not None:
                made.bind((self.source, 0))
        except OSError:
            made.close()
            raise
        return made


class UdpLink:
    """Datagrams: nothing is kept, and only what the own system or an ICMP error tells is known to be lost."""

    waiting = 0

    def __init__(self, server: Server, lost: Callable[[int], None]) -> None:
        self._server, self._lost = server, lost
        self._socket: socket.socket | None = None

    def send(self, frame: bytes) -> None:
        """Send a line; an error of the one before shows here, so there is a second try."""
        for _ in range(2):
            try:
                return self._send(frame)
            except ConnectionRefusedError:
                self._lost(1)  # the line before
            except OSError:
                return self._lost(1)
        return None

    def _send(self, frame: bytes) -> None:
        if self._socket is None:
            made = self._server.socket(socket.SOCK_DGRAM)
            try:
                made.connect(self._server.address)
            except OSError:
                made.close()
                raise
            self._socket = made
        self._socket.send(frame)

    def turn(self, now: float) -> None:
        """Nothing is kept."""

    def interest(self) -> tuple[int, int]:
        """None."""
        return -1, 0

    def patience(self, now: float) -> float | None:
        """Nothing is due."""


class StreamLink:
    """TCP, or TLS with a context. A line half sent is sent again whole on the next connection; those that the server's
    kernel had taken and nobody had read are gone uncounted, since syslog has no acknowledgements.
    """

    def __init__(self, server: Server, lost: Callable[[int], None], tell: Callable[[str], None],
                 context: ssl.SSLContext | None = None) -> None:
        self._server, self._lost, self._tell, self._context = server, lost, tell, context
        self._frames: deque[bytes] = deque()
        self._offset = 0  # bytes of the first frame that are sent
        self._socket: socket.socket | None = None
        self._ready = False  # connected, and the handshake done
        self._wants = select.POLLOUT
        self._due = 0.0  # when to try again, or to give a connection up
        self._pause = FIRST_PAUSE
        self._complained = False

    @property
    def waiting(self) -> int:
        """Lines that are kept."""
        return len(self._frames)

    def send(self, frame: bytes) -> None:
        """Keep the line for `turn`."""
        if len(self._frames) >= MOST_WAITING:
            self._lost(1)
        else:
            self._frames.append(frame)

    def turn(self, now: float) -> None:
        """Connect, shake hands, send; every failure is followed by a pause."""
        try:
            if self._socket is None:
                if now < self._due:
                    return
                self._open(now)
            if self._ready or self._advance(now):
                self._flush()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError) as error:
            self._wants = select.POLLOUT if not isinstance(error, ssl.SSLWantReadError) else select.POLLIN
        except (OSError, ValueError) as error:  # SSLError is an OSError; a certificate's name may be a ValueError
            self._fail(error, now)

    def interest(self) -> tuple[int, int]:
        """Readable means closed by the server, or a handshake that goes on."""
        if self._socket is None:
            return -1, 0
        if self._ready:
            return self._socket.fileno(), select.POLLIN | (select.POLLOUT if self._frames else 0)
        return self._socket.fileno(), self._wants

    def patience(self, now: float) -> float | None:
        """Until the next try, or until a connection takes too long."""
        return None if self._ready else max(0.0, self._due - now)

    def _open(self, now: float) -> None:
        self._due, self._wants, self._offset = now + PATIENCE, select.POLLOUT, 0
        self._socket = self._server.socket(socket.SOCK_STREAM)
        code = self._socket.connect_ex(self._server.address)
        if code not in (0, errno.EINPROGRESS):
            raise OSError(code, os.strerror(code))

    def _advance(self, now: float) -> bool:
        """Whether lines can be sent now."""
        assert self._socket is not None  # noqa: S101 - `turn` has opened it
        if now > self._due:
            raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
        if not isinstance(self._socket, ssl.SSLSocket):
            code = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code:
                raise OSError(code, os.strerror(code))
            try:
                self._socket.getpeername()
            except OSError:
                return False  # still on its way
            if self._context is not None:
                self._socket = self._context.wrap_socket(self._socket, server_hostname=self._server.peer_name,
                                                         do_handshake_on_connect=False)
        if isinstance(self._socket, ssl.SSLSocket):
            self._socket.do_handshake()
        self._ready, self._pause = True, FIRST_PAUSE
        if self._complained:
            self._tell(f"{self._server.name}: connected again")
            self._complained = False
        return True

    def _flush(self) -> None:
        assert self._socket is not None  # noqa: S101 - `turn` has opened it
        with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError):
            if not self._socket.recv(1024):
                raise ConnectionResetError(errno.ECONNRESET, "closed by the server")
        while self._frames:
            self._offset += self._socket.send(memoryview(self._frames[0])[self._offset:])
            if self._offset == len(self._frames[0]):
                self._frames.popleft()
                self._offset = 0

    def _fail(self, error: Exception, now: float) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket, self._ready = None, False
        self._due, self._pause = now + self._pause, min(2 * self._pause, LONGEST_PAUSE)
        if not self._complained:
            self._complained = True
            self._tell(f"{self._server.name}: {_words(error)}; trying again, lines that do not fit are lost")


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate of the server: {error.verify_message}"
    return (isinstance(error, OSError) and error.strerror) or str(error)
