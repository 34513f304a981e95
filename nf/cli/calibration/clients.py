"""Clients of the proxy, in crowds: short sessions one after the other, many small messages, much data."""

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final

from nf.cli.calibration.crowd import Crowd
from nf.cli.calibration.server import LAST, fetch, goodbye
from nf.cli.calibration.site import NAME, CalibrationError

AT_ONCE: Final = 16
BULKY: Final = 2  # clients with much data at once
PAGE: Final = 16 << 10  # bytes of one answer, as in RFC 9411 §7.3
_BODY: Final = 16 << 20  # bytes of one answer
_PATIENCE: Final = 30.0  # seconds


@dataclass(slots=True)
class Client:
    """How sessions are opened: without TLS where there is no version."""

    address: tuple[str, int]
    version: ssl.TLSVersion | None = None
    ciphers: str = ""  # of TLS 1.2
    resumes: bool = False
    _session: ssl.SSLSession | None = None
    _context: ssl.SSLContext | None = None

    def sessions(self, seconds: float, at_once: int = AT_ONCE) -> None:
        """Short ones, always some at once."""
        self._all(seconds, at_once, lambda until: _repeat(until, lambda: self.once(_ask)))

    def messages(self, seconds: float) -> None:
        """Requests of a few bytes and their answers, one after the other in each of some sessions."""
        self._all(seconds, AT_ONCE, lambda until: self.once(lambda connection: _repeat(until, lambda: fetch(connection, 1))))

    def pages(self, seconds: float) -> None:
        """Requests for what a page is made of, one after the other in each of some sessions."""
        self._all(seconds, AT_ONCE, lambda until: self.once(lambda connection: _repeat(until, lambda: fetch(connection, PAGE))))

    def bulk(self, seconds: float) -> None:
        """Much data in each of few sessions."""
        self._all(seconds, BULKY, lambda until: self.once(lambda connection: _repeat(until, lambda: fetch(connection, _BODY))))

    def once(self, talk: Callable[[socket.socket], None]) -> None:
        """One session."""
        with socket.create_connection(self.address, _PATIENCE) as plain:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.version is None:
                return talk(plain)
            with self._tls().wrap_socket(plain, server_hostname=NAME, session=self._session if self.resumes else None) as tls:
                talk(tls)
                if self.resumes and self._session is None:
                    self._session = tls.session
                goodbye(tls)
        return None

    def _all(self, seconds: float, at_once: int, work: Callable[[float], None]) -> None:
        """Whoever comes first brings what all of them resume."""
        self.once(_ask)
        until = monotonic() + seconds
        with Crowd(lambda: work(until), at_once) as crowd:
            if not crowd.wait():
                raise CalibrationError("sessions through the proxy fail")

    def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.minimum_version = context.maximum_version = self.version or ssl.TLSVersion.TLSv1_3
            if self.ciphers:
                context.set_ciphers(self.ciphers)
            self._context = context
        return self._context


def _ask(connection: socket.socket) -> None:
    fetch(connection, 1, LAST)


def _repeat(until: float, act: Callable[[], None]) -> None:
    act()
    while monotonic() < until:
        act()
