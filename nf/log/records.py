"""Facts about a session become log records: message name, APP-NAME and fields in the order that Junos writes them."""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TypeAlias

from hwmodel.session import FiveTuple
from nf.policy.profile import LogClass
from nf.policy.systems import ROOT_LOGICAL_SYSTEM

Fields: TypeAlias = tuple[tuple[str, str], ...]

NOT_APPLICABLE = "N/A"
UNKNOWN = "UNKNOWN"
USER_INFO = 14  # PRI of facility user, severity informational (RFC 5424 §6.2.1)
USER_WARNING, USER_ERROR = 12, 11  # the same facility; no published sample shows what devices give these two


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One message; `priority` is syslog's PRI, `fields` are pairs of name and value."""

    app: str
    name: str
    priority: int
    fields: Fields


@dataclass(frozen=True)
class SessionFacts:
    """What a message says of the session itself; `five_tuple` is the initiator's. No NAT: its fields repeat these."""

    session_id: int
    five_tuple: FiveTuple
    policy_name: str
    source_zone: str
    destination_zone: str
    source_interface: str
    destination_interface: str
    service_name: str = "None"  # as Junos writes it when no application of the policy fits
    logical_system: str = ROOT_LOGICAL_SYSTEM

    @cached_property
    def ends(self) -> Fields:
        """Addresses and ports as fields; every message of a session has them, so they are written out once."""
        flow = self.five_tuple
        return (("source-address", str(flow.src)), ("source-port", str(flow.sport)),
                ("destination-address", str(flow.dst)), ("destination-port", str(flow.dport)))

    @cached_property
    def nat_ends(self) -> Fields:
        """The same after translation, of which there is none."""
        return tuple([(f"nat-{name}", value) for name, value in self.ends])


@dataclass(frozen=True, slots=True)
class Volume:
    """What a session carried, in packets and bytes each way, and how long it lasted in whole seconds."""

    packets_c2s: int
    bytes_c2s: int
    packets_s2c: int
    bytes_s2c: int
    elapsed_seconds: int


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """What application identification found; the defaults say that it found nothing."""

    application: str = UNKNOWN
    nested_application: str = UNKNOWN
    encrypted: str = UNKNOWN  # Yes, No
    category: str = NOT_APPLICABLE
    sub_category: str = NOT_APPLICABLE
    risk: str = "-1"
    characteristics: str = NOT_APPLICABLE


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


class SslProxyMessage(Enum):
    """The seven messages of the SSL proxy."""

    DROP = "SSL_PROXY_SSL_SESSION_DROP"
    ALLOW = "SSL_PROXY_SSL_SESSION_ALLOW"
    IGNORE = "SSL_PROXY_SESSION_IGNORE"
    WHITELIST = "SSL_PROXY_SESSION_WHITELIST"
    ERROR = "SSL_PROXY_ERROR"
    WARNING = "SSL_PROXY_WARNING"
    INFO = "SSL_PROXY_INFO"

    @property
    def log_class(self) -> LogClass:
        """The word of a profile's `actions log` that asks for this message."""
        return _LOG_CLASSES[self]


_LOG_CLASSES: dict[SslProxyMessage, LogClass] = {
    SslProxyMessage.DROP: "sessions-dropped", SslProxyMessage.ALLOW: "sessions-allowed",
    SslProxyMessage.IGNORE: "sessions-ignored", SslProxyMessage.WHITELIST: "sessions-whitelisted",
    SslProxyMessage.ERROR: "errors", SslProxyMessage.WARNING: "warning", SslProxyMessage.INFO: "info"}
_PRIORITIES = {SslProxyMessage.ERROR: USER_ERROR, SslProxyMessage.WARNING: USER_WARNING}


def session_create(facts: SessionFacts, application: ApplicationFacts = NO_APPLICATION) -> LogRecord:
    """RT_FLOW_SESSION_CREATE, wanted by `then log session-init`."""
    return _flow("RT_FLOW_SESSION_CREATE", facts, (
        *_session(facts), *_roles(facts), *_identified(application), ("encrypted", application.encrypted),
        *_classified(application)))


def session_close(facts: SessionFacts, application: ApplicationFacts, reason: CloseReason, volume: Volume) -> LogRecord:
    """RT_FLOW_SESSION_CLOSE, wanted by `then log session-close`."""
    return _flow("RT_FLOW_SESSION_CLOSE", facts, (
        ("reason", reason.value), *_session(facts), *_carried(volume), *_identified(application), *_roles(facts),
        ("encrypted", application.encrypted), *_classified(application)))


def session_deny(facts: SessionFacts, reason: str = "Denied by policy", icmp_type: int = 0) -> LogRecord:
    """RT_FLOW_SESSION_DENY, for `deny` and `reject` with a log; such a packet has no application yet."""
    nothing = NO_APPLICATION
    return _flow("RT_FLOW_SESSION_DENY", facts, (
        *facts.ends, ("connection-tag", "0"), ("service-name", facts.service_name),
        ("protocol-id", str(facts.five_tuple.proto)), ("icmp-type", str(icmp_type)), *_policy(facts),
        *_identified(nothing), *_roles(facts), ("encrypted", nothing.encrypted), ("reason", reason),
        ("session-id-32", str(facts.session_id)), *_classified(nothing)))


def ssl_proxy(name: SslProxyMessage, facts: SessionFacts, profile_name: str, message: str) -> LogRecord:
    """A message of the SSL proxy; `message` starts with its origin: system, openssl error, certificate error."""
    return LogRecord("junos-ssl-proxy", name.value, _PRIORITIES.get(name, USER_INFO), (
        ("logical-system-name", facts.logical_system), ("session-id", str(facts.session_id)), *facts.ends,
        *facts.nat_ends, ("profile-name", profile_name),
        ("source-zone-name", facts.source_zone), ("source-interface-name", facts.source_interface),
        ("destination-zone-name", facts.destination_zone), ("destination-interface-name", facts.destination_interface),
        ("message", message)))


def apptrack_create(facts: SessionFacts, application: ApplicationFacts = NO_APPLICATION) -> LogRecord:
    """APPTRACK_SESSION_CREATE, for zones with `application-tracking`, unless session-create messages are off."""
    return _flow("APPTRACK_SESSION_CREATE", facts, (*_tracked(facts, application), *_user(application)))


def apptrack_volume_update(facts: SessionFacts, application: ApplicationFacts, volume: Volume) -> LogRecord:
    """APPTRACK_SESSION_VOL_UPDATE: what a session that still lives has carried so far."""
    return _flow("APPTRACK_SESSION_VOL_UPDATE", facts, (
        *_tracked(facts, application), *_carried(volume), *_user(application)))


def apptrack_close(facts: SessionFacts, application: ApplicationFacts, reason: CloseReason,
                   volume: Volume) -> LogRecord:
    """APPTRACK_SESSION_CLOSE; the profile, rule and routing instance of application-based routing are not in use."""
    return _flow("APPTRACK_SESSION_CLOSE", facts, (
        ("reason", reason.value), *_tracked(facts, application), *_carried(volume), *_user(application),
        ("profile-name", NOT_APPLICABLE), ("rule-name", NOT_APPLICABLE), ("routing-instance", "default")))


def _flow(name: str, facts: SessionFacts, fields: Fields) -> LogRecord:
    """Outside the root logical system a message has another name, and the system's name comes first."""
    if facts.logical_system == ROOT_LOGICAL_SYSTEM:
        return LogRecord("RT_FLOW", name, USER_INFO, fields)
    return LogRecord("RT_FLOW", f"{name}_LS", USER_INFO, (("logical-system-name", facts.logical_system), *fields))


def _session(facts: SessionFacts) -> Fields:
    none = NOT_APPLICABLE
    return (*facts.ends, ("connection-tag", "0"), ("service-name", facts.service_name), *facts.nat_ends,
            ("nat-connection-tag", "0"), ("src-nat-rule-type", none), ("src-nat-rule-name", none),
            ("dst-nat-rule-type", none), ("dst-nat-rule-name", none), ("protocol-id", str(facts.five_tuple.proto)),
            *_policy(facts), ("session-id-32", str(facts.session_id)))


def _tracked(facts: SessionFacts, application: ApplicationFacts) -> Fields:
    return (*facts.ends, ("service-name", facts.service_name), *_identified(application), *facts.nat_ends,
            ("src-nat-rule-name", NOT_APPLICABLE), ("dst-nat-rule-name", NOT_APPLICABLE),
            ("protocol-id", str(facts.five_tuple.proto)), *_policy(facts), ("session-id-32", str(facts.session_id)))


def _policy(facts: SessionFacts) -> Fields:
    return (("policy-name", facts.policy_name), ("source-zone-name", facts.source_zone),
            ("destination-zone-name", facts.destination_zone))


def _carried(volume: Volume) -> Fields:
    return (("packets-from-client", str(volume.packets_c2s)), ("bytes-from-client", str(volume.bytes_c2s)),
            ("packets-from-server", str(volume.packets_s2c)), ("bytes-from-server", str(volume.bytes_s2c)),
            ("elapsed-time", str(volume.elapsed_seconds)))


def _identified(application: ApplicationFacts) -> Fields:
    return ("application", application.application), ("nested-application", application.nested_application)


def _classified(application: ApplicationFacts) -> Fields:
    return (("application-category", application.category), ("application-sub-category", application.sub_category),
            ("application-risk", application.risk), ("application-characteristics", application.characteristics))


def _roles(facts: SessionFacts) -> Fields:
    return (("username", NOT_APPLICABLE), ("roles", NOT_APPLICABLE),
            ("packet-incoming-interface", facts.source_interface))


def _user(application: ApplicationFacts) -> Fields:
    return ("username", NOT_APPLICABLE), ("roles", NOT_APPLICABLE), ("encrypted", application.encrypted)
