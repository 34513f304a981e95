"""What a `security log stream` takes, and how it writes it: filters, format, priority, framing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from msgspec import structs

from nf.log.event_form import event_form
from nf.log.records import LogRecord
from nf.log.render import structured
from nf.policy.security_log import SecurityLog, SyslogStream

# RFC 5424 §6.2.1
SEVERITIES: Final = ("emergency", "alert", "critical", "error", "warning", "notice", "info", "debug")
FORMATS: Final = ("syslog", "sd-syslog")  # the first where the text names none: devices' default is not published
_FACILITIES: Final[Mapping[str, int]] = MappingProxyType({
    "kernel": 0, "user": 1, "daemon": 3, "authorization": 4, "ftp": 11, **{f"local{at}": 16 + at for at in range(8)}})
# Which categories a message belongs to besides `all`. Devices have none for the SSL proxy's.
_CATEGORIES_OF_APP: Final[Mapping[str, frozenset[str]]] = MappingProxyType({
    "RT_FLOW": frozenset({"flow"}), "RT_UTM": frozenset({"content-security"}), "RT_IDP": frozenset({"idp"}),
    "RT_IDS": frozenset({"screen"}), "RT_AAMW": frozenset({"aamw"}), "RT_SECINTEL": frozenset({"secintel"})})
_CATEGORIES_OF_NAME: Final[Mapping[str, frozenset[str]]] = MappingProxyType({
    "RT_FLOW_SESSION_CREATE": frozenset({"session", "session-open"}),
    "RT_FLOW_SESSION_CLOSE": frozenset({"session", "session-close"}),
    "RT_FLOW_SESSION_DENY": frozenset({"session"})})
_NONE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Style:
    """What of `security log` itself bears on every stream's lines."""

    facility: int | None = None
    utc: bool = False

    @classmethod
    def of(cls, log: SecurityLog) -> "Style":
        """From the statements."""
        return cls(_FACILITIES.get(log.facility_override or ""), log.utc_timestamp)


def takes(stream: SyslogStream, record: LogRecord) -> bool:
    """Whether the stream's severity and categories let the record through."""
    if stream.severity in SEVERITIES and record.priority % 8 > SEVERITIES.index(stream.severity):
        return False
    return not stream.categories or not categories(record).isdisjoint(stream.categories)


def categories(record: LogRecord) -> frozenset[str]:
    """The stream categories that a record belongs to, besides `all`."""
    of_app = _CATEGORIES_OF_APP.get(record.app, _NONE)
    return of_app | _CATEGORIES_OF_NAME.get(record.name.removesuffix("_LS"), _NONE)


def line(stream: SyslogStream, style: Style, record: LogRecord, at: datetime, host_name: str) -> bytes:
    """The line, without an end. The unstructured form has the box's own time unless `utc-timestamp` is set."""
    if style.facility is not None:
        layout = structs.replace(record.layout, priority=style.facility * 8 + record.priority % 8)
        record = structs.replace(record, layout=layout)
    if stream.format == "sd-syslog":
        return structured(record, at, host_name).encode()
    return event_form(record, at if style.utc else at.astimezone(), host_name).encode()


# RFC 6587 §3.4.2 for TCP, where every collector knows it; RFC 5425 §4.3 for TLS, which has no other.
FRAMES: Final[Mapping[str, Callable[[bytes], bytes]]] = MappingProxyType({
    "udp": lambda text: text, "tcp": lambda text: text + b"\n", "tls": lambda text: b"%d %b" % (len(text), text)})
