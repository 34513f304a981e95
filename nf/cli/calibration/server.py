"""The server behind the proxy, and what its clients ask it: `GET /N` over HTTP, for N bytes."""

import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

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
            while head := _head(connection)[0]:
                _answer(connection, int(head.split()[1][1:]))
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


def fetch(connection: socket.socket, size: int) -> None:
    """Ask for so many bytes, and take them."""
    connection.sendall(f"GET /{size} HTTP/1.1\r\nHost: www.example.test\r\n\r\n".encode())
    missing = size - len(_head(connection)[1])
    while missing > 0 and (data := connection.recv(len(_CHUNK))):
        missing -= len(data)
    if missing:
        raise ConnectionError("no answer, or not all of it")


def _answer(connection: socket.socket, size: int) -> None:
    connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode() + _CHUNK[:size])
    while (size := size - len(_CHUNK)) > 0:
        connection.sendall(_CHUNK[:size])


def _head(connection: socket.socket) -> tuple[bytes, bytes]:
    """A message's first line and fields, and what came with them; nothing at the end."""
    came = b""
    while b"\r\n\r\n" not in came and (data := connection.recv(len(_CHUNK))):
        came += data
    head, _, rest = came.partition(b"\r\n\r\n")
    return head, rest
