"""An HTTP server that says what a test wants: whole answers by path, or whatever a function does to the connection."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeAlias

from tests.helpers.origin import LOOPBACK

Answer: TypeAlias = bytes | Callable[[socket.socket], None]


def answer(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


class HttpServer:
    """`answers` by path may change at any time; `asked` are the paths so far."""

    def __init__(self, answers: dict[str, Answer], context: ssl.SSLContext | None = None) -> None:
        self.answers, self.asked = answers, list[str]()
        self.socket = socket.create_server((LOOPBACK, 0))
        self.url = f"{'https' if context else 'http'}://{LOOPBACK}:{self.socket.getsockname()[1]}"
        self._context = context
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=(self.socket.accept()[0],), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += connection.recv(4096)
                path = head.split()[1].decode()
                self.asked.append(path)
                said = self.answers.get(path, answer(b"", "404 Not Found"))
                connection.sendall(said) if isinstance(said, bytes) else said(connection)


@contextmanager
def serving(answers: dict[str, Answer], context: ssl.SSLContext | None = None) -> Iterator[HttpServer]:
    """A running one on a port of its own."""
    server = HttpServer(answers, context)
    try:
        yield server
    finally:
        server.socket.close()
