"""Where security logs go (Junos: `security log`)."""

from dataclasses import dataclass

SYSLOG_PORT, SYSLOG_TLS_PORT = 514, 6514  # RFC 5426 §3.3, RFC 5425 §4.1


@dataclass(frozen=True, slots=True)
class SyslogStream:
    """`security log stream`: a collector or a file, and which records it takes; `categories` empty means every one."""

    name: str
    host: str | None = None
    port: int = SYSLOG_PORT
    transport: str = "udp"  # udp, tcp or tls
    tls_profile: str | None = None
    tcp_connections: int | None = None
    severity: str | None = None  # the least severe that is sent
    categories: tuple[str, ...] = ()
    format: str | None = None  # the stream's own, else that of `security log`
    source_address: str | None = None  # the stream's own, else that of `security log`
    routing_instance: str | None = None
    log_tag: str | None = None
    rate_limit: int | None = None  # records a second
    file: str | None = None


@dataclass(frozen=True, slots=True)
class SecurityLog:
    """`security log`: mode (stream, event, stream-event) and format are None where the text leaves them to the box."""

    mode: str | None = None
    format: str | None = None
    streams: tuple[SyslogStream, ...] = ()
    source_address: str | None = None
    source_interface: str | None = None
    facility_override: str | None = None
    event_rate: int | None = None  # records a second in event mode
    utc_timestamp: bool = False
    disable: bool = False
