"""The messages' layouts: which fields stand in each, in the order in which Junos writes them."""

from typing import TypeAlias

from msgspec import Struct

Names: TypeAlias = tuple[str, ...]
Values: TypeAlias = tuple[str, ...]

USER_INFO = 14  # PRI of facility user, severity informational (RFC 5424 §6.2.1)


class Layout(Struct, frozen=True, gc=False, cache_hash=True):
    """What all records of one message share; `priority` is syslog's PRI, `names` are those of the fields."""

    app: str
    name: str
    priority: int
    names: Names


_ENDS = ("source-address", "source-port", "destination-address", "destination-port")
_NAT_ENDS = tuple(f"nat-{name}" for name in _ENDS)
_POLICY = ("policy-name", "source-zone-name", "destination-zone-name")
_SESSION = (*_ENDS, "connection-tag", "service-name", *_NAT_ENDS, "nat-connection-tag", "src-nat-rule-type",
            "src-nat-rule-name", "dst-nat-rule-type", "dst-nat-rule-name", "protocol-id", *_POLICY, "session-id-32")
_IDENTIFIED = ("application", "nested-application")
_TRACKED = (*_ENDS, "service-name", *_IDENTIFIED, *_NAT_ENDS, "src-nat-rule-name", "dst-nat-rule-name", "protocol-id",
            *_POLICY, "session-id-32")
_CARRIED = ("packets-from-client", "bytes-from-client", "packets-from-server", "bytes-from-server", "elapsed-time")
_CLASSIFIED = ("application-category", "application-sub-category", "application-risk", "application-characteristics")
_ROLES = ("username", "roles", "packet-incoming-interface")
_USER = ("username", "roles", "encrypted")
_ROUTE = ("profile-name", "rule-name", "routing-instance")
_LOGICAL_SYSTEM = "logical-system-name"


def _flow_layouts(name: str, names: Names) -> tuple[Layout, Layout]:
    """Outside the root logical system a message has another name, and the system's name comes first."""
    return (Layout("RT_FLOW", name, USER_INFO, names),
            Layout("RT_FLOW", f"{name}_LS", USER_INFO, (_LOGICAL_SYSTEM, *names)))


CREATE = _flow_layouts("RT_FLOW_SESSION_CREATE", (*_SESSION, *_ROLES, *_IDENTIFIED, "encrypted", *_CLASSIFIED))
CLOSE = _flow_layouts("RT_FLOW_SESSION_CLOSE", (
    "reason", *_SESSION, *_CARRIED, *_IDENTIFIED, *_ROLES, "encrypted", *_CLASSIFIED))
DENY = _flow_layouts("RT_FLOW_SESSION_DENY", (
    *_ENDS, "connection-tag", "service-name", "protocol-id", "icmp-type", *_POLICY, *_IDENTIFIED, *_ROLES, "encrypted",
    "reason", "session-id-32", *_CLASSIFIED))
TRACKED_CREATE = _flow_layouts("APPTRACK_SESSION_CREATE", (*_TRACKED, *_USER))
TRACKED_UPDATE = _flow_layouts("APPTRACK_SESSION_VOL_UPDATE", (*_TRACKED, *_CARRIED, *_USER))
TRACKED_CLOSE = _flow_layouts("APPTRACK_SESSION_CLOSE", ("reason", *_TRACKED, *_CARRIED, *_USER, *_ROUTE))
TRACKED_ROUTE = _flow_layouts("APPTRACK_SESSION_ROUTE_UPDATE", (*_TRACKED, *_USER, *_ROUTE))
ZONE_MISMATCH = _flow_layouts("APBR_ZONE_MISMATCH", (*_TRACKED, *_USER, *_ROUTE, "action"))
SSL_PROXY_NAMES = (_LOGICAL_SYSTEM, "session-id", *_ENDS, *_NAT_ENDS, "profile-name", "source-zone-name",
                   "source-interface-name", "destination-zone-name", "destination-interface-name", "message")
