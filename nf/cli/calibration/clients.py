"""Clients of the proxy, in crowds: short sessions one after the other, many small messages, much data."""

import socket
import ssl
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Final

from OpenSSL import SSL

from nf.cli.calibration.crowd import Crowd
from nf.cli.calibration.server import LAST, Peer, fetch
from nf.cli.calibration.site import NAME, CalibrationError

AT_ONCE: Final = 16
BULKY: Final = 1  # client with much data: two would fight with the engine for two cores
PAGE: Final = 16 << 10  # bytes of one answer, as in RFC 9411 §7.3
_BODY: Final = 16 << 20  # bytes of one answer
_PATIENCE: Final = struct.pack("ll", 30, 0)  # seconds and microseconds


@dataclass(slots=True)
class Client:
    """How sessions are opened: without TLS where there is no version."""

    address: tuple[str, int]
    version: ssl.TLSVersion | None = None
    ciphers: str = ""  # of TLS 1.2
    resumes: bool = False
    _session: SSL.Session | None = None
    _context: SSL.Context | None = None

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

    def once(self, talk: Callable[[Peer], None]) -> None:
        """One session."""
        with socket.socket() as plain:
            for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
                plain.setsockopt(socket.SOL_SOCKET, option, _PATIENCE)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.connect(self.address)
            if self.version is None:
                return talk(plain)
            connection = self._within(plain)
            talk(connection)
            if self.resumes and self._session is None:
                self._session = connection.get_session()
            with suppress(SSL.Error):
                connection.shutdown()
        return None

    def _all(self, seconds: float, at_once: int, work: Callable[[float], None]) -> None:
        """Whoever comes first brings what all of them resume."""
        self.once(_ask)
        until = monotonic() + seconds
        with Crowd(lambda: work(until), at_once) as crowd:
            if not crowd.wait():
                raise CalibrationError("sessions through the proxy fail")

    def _within(self, plain: socket.socket) -> SSL.Connection:
        """TLS by pyOpenSSL: `ssl` writes out and reads again a session that is resumed, which takes as long as the rest."""
        if self._context is None:
            self._context = SSL.Context(SSL.TLS_METHOD)
            version = int(self.version or ssl.TLSVersion.TLSv1_3)
            self._context.set_min_proto_version(version)
            self._context.set_max_proto_version(version)
            if self.ciphers:
                self._context.set_cipher_list(self.ciphers.encode())
        connection = SSL.Connection(self._context, plain)
        connection.set_tlsext_host_name(NAME.encode())
        connection.set_connect_state()
        if self._session is not None:
            connection.set_session(self._session)
        connection.do_handshake()
        return connection


def _ask(connection: Peer) -> None:
    fetch(connection, 1, LAST)


def _repeat(until: float, act: Callable[[], None]) -> None:
    act()
    while monotonic() < until:
        act()
