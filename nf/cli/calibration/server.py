"""The server behind the proxy, and what its clients ask it: `GET /N` over HTTP, for N bytes."""

import os
import socket
import ssl
from contextlib import suppress
from pathlib import Path
from typing import Final

from OpenSSL import SSL

from nf.cli.calibration.crowd import Crowd

MEMBERS: Final = 24  # more than clients come at once: some still close
VERSIONS: Final = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
LAST: Final = "Connection: close\r\n"
_CHUNK: Final = bytes(1 << 18)
_HEAD: Final = 1 << 14  # bytes
_PATIENCE: Final = 30.0  # seconds
_LOOK: Final = 1.0  # seconds between two looks whether the parent lives

Peer = socket.socket | SSL.Connection


class Server:
    """Listens until it is closed, and serves while there is a crowd; over TLS with a certificate, else without."""

    def __init__(self, certificate: Path | None) -> None:
        self._contexts = {} if certificate is None else {
            (version, resumes): _context(certificate, version, resumes=resumes)
            for version in VERSIONS for resumes in (False, True)}
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._listener.settimeout(_LOOK)
        self.port: int = self._listener.getsockname()[1]

    @staticmethod
    def free_port() -> int:
        """A port of the loopback that nobody has at this moment."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port: int = taken.getsockname()[1]
            return port

    def crowd(self, version: ssl.TLSVersion = VERSIONS[-1], *, resumes: bool = True) -> Crowd:
        """Those who serve, up to that version of TLS; whether they take up earlier sessions."""
        parent = os.getpid()
        return Crowd(lambda: self._accept(parent, version, resumes=resumes), MEMBERS)

    def close(self) -> None:
        """Accept no more."""
        self._listener.close()

    def _accept(self, parent: int, version: ssl.TLSVersion, *, resumes: bool) -> None:
        while os.getppid() == parent:
            with suppress(TimeoutError):
                connection, _ = self._listener.accept()
                with suppress(OSError, ValueError), connection:
                    self._serve(connection, version, resumes=resumes)

    def _serve(self, plain: socket.socket, version: ssl.TLSVersion, *, resumes: bool) -> None:
        plain.settimeout(_PATIENCE)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = self._within(plain, version, resumes=resumes)
        with connection:
            while head := _head(connection)[0]:
                _answer(connection, int(head.split()[1][1:]))
                if LAST.encode() in head:
                    break
            _say_goodbye(connection)

    def _within(self, plain: socket.socket, version: ssl.TLSVersion, *, resumes: bool) -> socket.socket:
        context = self._contexts.get((version, resumes))
        return plain if context is None else context.wrap_socket(plain, server_side=True)


def _context(certificate: Path, version: ssl.TLSVersion, *, resumes: bool) -> ssl.SSLContext:
    """Without tickets a session is resumed only by the member that it began with, one of MEMBERS: close enough to never."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = version
    if not resumes:
        context.options |= ssl.OP_NO_TICKET
        context.num_tickets = 0
    context.load_cert_chain(certificate)
    return context


def fetch(connection: Peer, size: int, more: str = "") -> None:
    """Ask for so many bytes, and take them; `more` are further lines of the request."""
    connection.sendall(f"GET /{size} HTTP/1.1\r\nHost: www.example.test\r\n{more}\r\n".encode())
    missing = size - len(_head(connection)[1])
    while missing > 0 and (data := connection.recv(len(_CHUNK))):
        missing -= len(data)
    if missing:
        raise ConnectionError("no answer, or not all of it")


def _say_goodbye(connection: socket.socket) -> None:
    """There will be no more, and no answer is waited for, as servers do."""
    if isinstance(connection, ssl.SSLSocket):
        connection.setblocking(False)
        with suppress(OSError):
            connection.unwrap()


def _answer(connection: socket.socket, size: int) -> None:
    connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode() + _CHUNK[:size])
    while (size := size - len(_CHUNK)) > 0:
        connection.sendall(_CHUNK[:size])


def _head(connection: Peer) -> tuple[bytes, bytes]:
    """A message's first line and fields, and what came with them; nothing at the end."""
    came = b""
    while b"\r\n\r\n" not in came and (data := connection.recv(_HEAD)):
        came += data
    head, _, rest = came.partition(b"\r\n\r\n")
    return head + b"\r\n" if head else head, rest
