"""The server behind the proxy, and its clients: a request is nine digits, the answer so many bytes."""

import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

REQUEST: Final = 9  # bytes
_CHUNK: Final = bytes(1 << 18)
_PATIENCE: Final = 30.0  # seconds


class Server:
    """Listens until it is closed; over TLS with a certificate, else without."""

    def __init__(self, certificate: Path | None) -> None:
        self._certificate = certificate
        self._lasting = None if certificate is None else _context(certificate)
        self.resumes = True  # whether it takes up earlier sessions
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @staticmethod
    def free_port() -> int:
        """A port of the loopback that nobody has at this moment."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port: int = taken.getsockname()[1]
            return port

    def close(self) -> None:
        """Accept no more."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        with suppress(OSError, ValueError), plain:
            plain.settimeout(_PATIENCE)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = self._within(plain)
            while asked := receive(connection, REQUEST):
                send(connection, int(asked))
            connection.close()

    def _within(self, plain: socket.socket) -> socket.socket:
        if self._certificate is None or self._lasting is None:
            return plain
        context = self._lasting if self.resumes else _context(self._certificate)  # a new one knows no earlier session
        return context.wrap_socket(plain, server_side=True)


def _context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def send(connection: socket.socket, size: int) -> None:
    """So many bytes."""
    while size > 0:
        connection.sendall(_CHUNK[:size])
        size -= len(_CHUNK)


def receive(connection: socket.socket, size: int) -> bytes:
    """So many bytes, fewer at the end; of long answers only the last piece."""
    last = b""
    while size > 0 and (data := connection.recv(min(size, len(_CHUNK)))):
        last = last + data if len(last) < REQUEST else data
        size -= len(data)
    return last


def fetch(connection: socket.socket, size: int) -> None:
    """Ask for so many bytes, and take them."""
    connection.sendall(b"%09d" % size)
    if not receive(connection, size):
        raise ConnectionError("no answer")
