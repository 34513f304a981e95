"""Clients of the proxy: many short sessions side by side, one with many small messages, one with much data."""

import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from nf.cli.calibration.server import fetch
from nf.cli.calibration.site import NAME

AT_ONCE: Final = 8
_PATIENCE: Final = 30.0  # seconds


@dataclass(slots=True)
class Client:
    """How sessions are opened: without TLS where there is no version."""

    address: tuple[str, int]
    version: ssl.TLSVersion | None = None
    cipher: str = ""  # of TLS 1.2
    resumes: bool = False
    _session: ssl.SSLSession | None = None
    _context: ssl.SSLContext | None = None

    def sessions(self, count: int) -> None:
        """Short ones, some at once."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda _: self.once(lambda connection: fetch(connection, 1)), range(count)))

    def messages(self, count: int) -> None:
        """One session with so many requests of one byte each."""
        def talk(connection: socket.socket) -> None:
            for _ in range(count):
                fetch(connection, 1)

        self.once(talk)

    def bulk(self, size: int) -> None:
        """One session that fetches so many bytes."""
        self.once(lambda connection: fetch(connection, size))

    def once(self, talk: Callable[[socket.socket], None]) -> None:
        """One session."""
        with socket.create_connection(self.address, _PATIENCE) as plain:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.version is None:
                return talk(plain)
            tls = self._tls().wrap_socket(plain, server_hostname=NAME, session=self._session if self.resumes else None)
            talk(tls)
            if self.resumes and self._session is None:
                self._session = tls.session
            tls.close()
        return None

    def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.minimum_version = context.maximum_version = self.version or ssl.TLSVersion.TLSv1_3
            if self.cipher:
                context.set_ciphers(self.cipher)
            self._context = context
        return self._context
