"""Facts about a session become log records: message name, APP-NAME and fields in the order that Junos writes them."""

from enum import Enum
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import astuple

from hwmodel.session import FiveTuple
from nf.log import layouts
from nf.log.layouts import USER_INFO, Layout, Values
from nf.policy.profile import LogClass
from nf.policy.systems import ROOT_LOGICAL_SYSTEM

Fields: TypeAlias = tuple[tuple[str, str], ...]

NOT_APPLICABLE = "N/A"
UNKNOWN = "UNKNOWN"
NO_SERVICE_NAME = "None"  # as Junos writes it when no application of the policy fits
USER_WARNING, USER_ERROR = 12, 11  # the same facility; no published sample shows what devices give these two


class LogRecord(Struct, frozen=True, gc=False):
    """One message: its layout, and a value for each of the layout's names."""

    layout: Layout
    values: Values

    @classmethod
    def of(cls, app: str, name: str, priority: int, fields: Fields) -> "LogRecord":
        """A record from pairs of name and value."""
        return cls(Layout(app, name, priority, tuple(name for name, _ in fields)), tuple(value for _, value in fields))

    @property
    def app(self) -> str:
        """APP-NAME."""
        return self.layout.app

    @property
    def name(self) -> str:
        """The message's name."""
        return self.layout.name

    @property
    def priority(self) -> int:
        """Syslog's PRI."""
        return self.layout.priority

    @property
    def fields(self) -> Fields:
        """Pairs of name and value."""
        return tuple(zip(self.layout.names, self.values, strict=True))


class SessionFacts(Struct, frozen=True, gc=False):
    """What a message says of the session itself; `five_tuple` is the initiator's. No NAT: its fields repeat these."""

    session_id: int
    five_tuple: FiveTuple
    ends: Values  # of the five-tuple, written out once
    policy_name: str
    source_zone: str
    destination_zone: str
    source_interface: str
    destination_interface: str
    service_name: str = NO_SERVICE_NAME
    logical_system: str = ROOT_LOGICAL_SYSTEM


def ends_of(flow: FiveTuple) -> Values:
    """Addresses and ports, as messages have them."""
    return str(flow.src), str(flow.sport), str(flow.dst), str(flow.dport)


class Volume(Struct, frozen=True, gc=False):
    """What a session carried, in packets and bytes each way, and how long it lasted in whole seconds."""

    packets_c2s: int
    bytes_c2s: int
    packets_s2c: int
    bytes_s2c: int
    elapsed_seconds: int


class Route(Struct, frozen=True, gc=False):
    """The way of a session: by which profile and rule of application-based routing, and the routing instance."""

    profile: str = NOT_APPLICABLE
    rule: str = NOT_APPLICABLE
    instance: str = "default"


class ApplicationFacts(Struct, frozen=True, gc=False):
    """What application identification found; the defaults say that it found nothing."""

    application: str = UNKNOWN
    nested_application: str = UNKNOWN
    encrypted: str = UNKNOWN  # Yes, No
    category: str = NOT_APPLICABLE
    sub_category: str = NOT_APPLICABLE
    risk: str = "-1"
    characteristics: str = NOT_APPLICABLE
    route: Route = Route()  # that it takes because of its application


NO_APPLICATION = ApplicationFacts()


class CloseReason(Enum):
    """Why a session ended, in the words of RT_FLOW_SESSION_CLOSE."""

    FIN = "TCP FIN"
    CLIENT_RST = "TCP CLIENT RST"
    SERVER_RST = "TCP SERVER RST"  # by analogy with the client's: the one text here that no published sample shows
    RST = "TCP RST"
    IDLE = "idle Timeout"
    APPLICATION = "application failure or action"
    CLEARED = "cleared by operator"  # our words: no published sample shows those of the devices
    UNSET = "unset"

    def __init__(self, text: str) -> None:
        self.text = text  # as `value`, which is found by two calls


class SslProxyMessage(Enum):
    """The seven messages of the SSL proxy."""

    DROP = "SSL_PROXY_SSL_SESSION_DROP"
    ALLOW = "SSL_PROXY_SSL_SESSION_ALLOW"
    IGNORE = "SSL_PROXY_SESSION_IGNORE"
    WHITELIST = "SSL_PROXY_SESSION_WHITELIST"
    ERROR = "SSL_PROXY_ERROR"
    WARNING = "SSL_PROXY_WARNING"
    INFO = "SSL_PROXY_INFO"

    __hash__ = object.__hash__  # members are single; Enum's own hashes their names at every look-up

    @property
    def log_class(self) -> LogClass:
        """The word of a profile's `actions log` that asks for this message."""
        return _LOG_CLASSES[self]


_LOG_CLASSES: dict[SslProxyMessage, LogClass] = {
    SslProxyMessage.DROP: "sessions-dropped", SslProxyMessage.ALLOW: "sessions-allowed",
    SslProxyMessage.IGNORE: "sessions-ignored", SslProxyMessage.WHITELIST: "sessions-whitelisted",
    SslProxyMessage.ERROR: "errors", SslProxyMessage.WARNING: "warning", SslProxyMessage.INFO: "info"}
_PRIORITIES = {SslProxyMessage.ERROR: USER_ERROR, SslProxyMessage.WARNING: USER_WARNING}


_SSL_PROXY = {name: Layout("junos-ssl-proxy", name.value, _PRIORITIES.get(name, USER_INFO), layouts.SSL_PROXY_NAMES)
              for name in SslProxyMessage}


def session_create(facts: SessionFacts, application: ApplicationFacts = NO_APPLICATION) -> LogRecord:
    """RT_FLOW_SESSION_CREATE, wanted by `then log session-init`."""
    found = application
    return _of_flow(layouts.CREATE, facts, (), (
        NOT_APPLICABLE, NOT_APPLICABLE, facts.source_interface, found.application, found.nested_application, found.encrypted,
        found.category, found.sub_category, found.risk, found.characteristics))


def session_close(facts: SessionFacts, application: ApplicationFacts, reason: CloseReason, volume: Volume) -> LogRecord:
    """RT_FLOW_SESSION_CLOSE, wanted by `then log session-close`."""
    found = application
    return _of_flow(layouts.CLOSE, facts, (reason.text,), (
        *map(str, astuple(volume)), found.application, found.nested_application, NOT_APPLICABLE, NOT_APPLICABLE,
        facts.source_interface, found.encrypted, found.category, found.sub_category, found.risk, found.characteristics))


def session_deny(facts: SessionFacts, reason: str = "Denied by policy", icmp_type: int = 0,
                 application: ApplicationFacts = NO_APPLICATION) -> LogRecord:
    """RT_FLOW_SESSION_DENY, for `deny` and `reject` with a log; a first packet has no application yet."""
    found = application
    return record(layouts.DENY, facts, (
        *facts.ends, "0", facts.service_name, str(facts.five_tuple.proto), str(icmp_type), facts.policy_name,
        facts.source_zone, facts.destination_zone, found.application, found.nested_application, NOT_APPLICABLE,
        NOT_APPLICABLE, facts.source_interface, found.encrypted, reason, str(facts.session_id), found.category,
        found.sub_category, found.risk, found.characteristics))


def ssl_proxy(name: SslProxyMessage, facts: SessionFacts, profile_name: str, message: str) -> LogRecord:
    """A message of the SSL proxy; `message` starts with its origin: system, openssl error, certificate error."""
    return LogRecord(_SSL_PROXY[name], (
        facts.logical_system, str(facts.session_id), *facts.ends, *facts.ends, profile_name, facts.source_zone,
        facts.source_interface, facts.destination_zone, facts.destination_interface, message))


def record(layout: tuple[Layout, Layout], facts: SessionFacts, values: Values) -> LogRecord:
    """A message of a session's: the second layout, with the name of the system, outside the root system."""
    if facts.logical_system == ROOT_LOGICAL_SYSTEM:
        return LogRecord(layout[0], values)
    return LogRecord(layout[1], (facts.logical_system, *values))


def _of_flow(layout: tuple[Layout, Layout], facts: SessionFacts, first: Values, last: Values) -> LogRecord:
    """As `record`, with what most messages say of the session between the first values and the last ones."""
    none = NOT_APPLICABLE
    values = (*first, *facts.ends, "0", facts.service_name, *facts.ends, "0", none, none, none, none,
              str(facts.five_tuple.proto), facts.policy_name, facts.source_zone, facts.destination_zone,
              str(facts.session_id), *last)
    return LogRecord(layout[0], values) if facts.logical_system == ROOT_LOGICAL_SYSTEM else record(layout, facts, values)
