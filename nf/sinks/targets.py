"""From the facts of `security log` to servers that can be reached: every mistake of the operator's is found here."""

import socket
import ssl
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from nf.log.records import LogRecord
from nf.pki import PkiStore
from nf.policy.profile import InitiationProfile
from nf.policy.security_log import SecurityLog, SyslogStream
from nf.sinks.client_context import client_context
from nf.sinks.links import Link, Server, StreamLink, UdpLink
from nf.sinks.streams import FORMATS, FRAMES, Style, line, takes


class StreamError(Exception):
    """A stream that cannot be fed; the message says which, why, and what was expected."""

    def __init__(self, stream: SyslogStream, message: str) -> None:
        super().__init__(f"security log stream {stream.name}: {message}")


@dataclass(frozen=True, slots=True)
class Target:
    """A stream, its server, and how its lines look."""

    stream: SyslogStream
    style: Style
    server: Server
    context: ssl.SSLContext | None = None

    @property
    def name(self) -> str:
        """The stream's name."""
        return self.stream.name

    def link(self, lost: Callable[[int], None]) -> "TargetLink":
        """A connection, not opened yet; `lost` is told of lines that will never be sent."""
        link: Link = (UdpLink(self.server, lost) if self.stream.transport == "udp" else
                      StreamLink(self.server, lost, _tell, self.context))
        return TargetLink(self, link, lost)


class TargetLink:
    """A connection that takes records: filters, renders, frames, and keeps to `rate-limit`."""

    def __init__(self, target: Target, link: Link, lost: Callable[[int], None]) -> None:
        self.link = link
        self._target, self._lost = target, lost
        self._frame = FRAMES[target.stream.transport]
        self._second, self._sent = 0, 0

    def send(self, record: LogRecord, at: datetime, host_name: str) -> None:
        """Send a record that the stream takes."""
        stream = self._target.stream
        if not takes(stream, record):
            return
        if stream.rate_limit is None or self._within(stream.rate_limit, int(at.timestamp())):
            self.link.send(self._frame(line(stream, self._target.style, record, at, host_name)))
        else:
            self._lost(1)

    def give_up(self) -> None:
        """The end: what still waits is lost."""
        if self.link.waiting:
            self._lost(self.link.waiting)

    def _within(self, limit: int, second: int) -> bool:
        if second != self._second:
            self._second, self._sent = second, 0
        self._sent += 1
        return self._sent <= limit


def targets(log: SecurityLog, profiles: Mapping[str, InitiationProfile], store: PkiStore) -> tuple[Target, ...]:
    """The servers of all streams, none in event mode or with `disable`; StreamError for one that cannot be fed."""
    if log.disable or log.mode == "event":
        return ()
    style = Style.of(log)
    return tuple(Target(stream, style, _server(stream), _context(stream, profiles, store))
                 for stream in log.streams if stream.host is not None)


def _server(stream: SyslogStream) -> Server:
    if (stream.format or FORMATS[0]) not in FORMATS:
        raise StreamError(stream, f"format {stream.format} is not supported; expected {' or '.join(FORMATS)}")
    kind = socket.SOCK_DGRAM if stream.transport == "udp" else socket.SOCK_STREAM
    try:
        family, _, _, _, address = socket.getaddrinfo(stream.host, stream.port, type=kind)[0]
    except OSError as error:
        raise StreamError(stream, f"host {stream.host}: {error.strerror}") from error
    server = Server(f"security log stream {stream.name}, {stream.host} port {stream.port}", family,
                    (str(address[0]), int(address[1])), stream.source_address, stream.host or "")
    try:
        server.socket(kind).close()
    except OSError as error:
        raise StreamError(stream, f"source-address {stream.source_address}: {error.strerror}") from error
    return server


def _context(stream: SyslogStream, profiles: Mapping[str, InitiationProfile], store: PkiStore) -> ssl.SSLContext | None:
    """TLS as the initiation profile says; RFC 5425 §4.2 wants the server's certificate verified."""
    if stream.transport != "tls":
        return None
    if stream.tls_profile is None:
        raise StreamError(stream, "transport protocol tls needs a tls-profile (services ssl initiation profile)")
    profile = profiles.get(stream.tls_profile)
    if profile is None:
        raise StreamError(stream, f"tls-profile {stream.tls_profile}: no such services ssl initiation profile")
    try:
        return client_context(store, _Terms(profile.trusted_ca, profile.client_certificate or "",
                                            not profile.ignore_server_auth_failure))
    except ValueError as error:
        raise StreamError(stream, f"tls-profile {profile.name}: {error}") from None


@dataclass(frozen=True, slots=True)
class _Terms:
    """What an initiation profile says."""

    trusted: tuple[str, ...]
    certificate: str
    verify: bool


def _tell(text: str) -> None:
    sys.stderr.write(f"srxnf: {text}\n")
    sys.stderr.flush()
