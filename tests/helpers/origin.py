"""An origin on the loopback whose behaviour each test writes as a function of the accepted connection."""

import contextlib
import hashlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from typing import TypeAlias

Script: TypeAlias = Callable[[socket.socket], None]
LOOPBACK = "127.0.0.1"
_CLOSED = 7  # TCP_CLOSE: after an RST; a FIN alone leads to CLOSE-WAIT
DEADLINE = 30.0  # seconds after which a test's socket gives up


def echo(connection: socket.socket) -> None:
    """Send back what comes until it ends, then end too."""
    while data := connection.recv(65536):
        connection.sendall(data)


def reset(connection: socket.socket) -> None:
    """End with an RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def cut_off(error: ssl.SSLError) -> bool:
    """Whether the peer ended without close_notify, or with a reset: the ssl module has two words, each for both."""
    return isinstance(error, ssl.SSLEOFError) or error.reason == "UNEXPECTED_EOF_WHILE_READING"


def ended(connection: socket.socket) -> str:
    """How the peer ends the connection, after what it still says: clean, truncated, reset, or an alert's name."""
    try:
        while connection.recv(65536):
            pass
    except ssl.SSLZeroReturnError:
        return "clean"
    except ssl.SSLError as error:
        if not cut_off(error):
            return error.reason or str(error)
        return "reset" if connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _CLOSED else "truncated"
    except ConnectionError:
        return "reset"
    return "clean"


def digest_of(connection: socket.socket, size: int) -> str:
    """SHA-256 of the next `size` bytes."""
    digest = hashlib.sha256()
    while size:
        data = connection.recv(min(size, 1 << 18))
        assert data, f"ended {size} bytes early"
        digest.update(data)
        size -= len(data)
    return digest.hexdigest()


class Origin:
    """Listens until closed; every connection runs the present script in a thread of its own."""

    def __init__(self, host: str = LOOPBACK) -> None:
        self.script: Script = echo
        self.accepted = 0
        self.received: list[bytes] = []  # what scripts want a test to see
        self.problems: list[BaseException] = []
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family, backlog=512)
        self.address: tuple[str, int] = self._listener.getsockname()[:2]
        threading.Thread(target=self._accept, daemon=True).start()

    def serve(self, script: Script, context: ssl.SSLContext | None = None) -> None:
        """From now on behave like this, over TLS when there is a context."""
        self.received, self.problems = [], []
        self.script = script if context is None else _over_tls(script, context)

    def close(self) -> None:
        """Accept no more."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.accepted += 1
                threading.Thread(target=self._run, args=(self.script, connection), daemon=True).start()

    def _run(self, script: Script, connection: socket.socket) -> None:
        connection.settimeout(DEADLINE)
        with connection:
            try:
                script(connection)
            except (OSError, ValueError, AssertionError) as problem:
                self.problems.append(problem)


def _over_tls(script: Script, context: ssl.SSLContext) -> Script:
    def run(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True, suppress_ragged_eofs=False) as tls:
            script(tls)
            tls.unwrap()

    return run
