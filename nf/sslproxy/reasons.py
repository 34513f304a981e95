"""Why a session was not decrypted, or ended early: one code for the log, the counters and the session table."""

from enum import Enum

from nf.pki import AuthFailure
from nf.tls import alerts


class Reason(Enum):
    """Each value is the code that people see."""

    # passed on undecrypted
    NO_PROFILE = "no-ssl-proxy-profile"
    NO_SERVICE = "no-interested-service"
    WHITELISTED = "whitelisted"
    NON_SSL = "non-ssl"
    # dropped
    SSL_V2 = "sslv2-client-hello"
    UNSUPPORTED_VERSION = "unsupported-protocol-version"
    MALFORMED_HELLO = "malformed-client-hello"
    SERVER_UNREACHABLE = "server-unreachable"
    SERVER_HANDSHAKE = "server-handshake-failed"
    SERVER_AUTHENTICATION = "server-authentication-failed"
    INTERDICTION = "interdiction-failed"
    CLIENT_HANDSHAKE = "client-handshake-failed"
    CONNECT_TIMEOUT = "connect-timeout"
    HANDSHAKE_TIMEOUT = "handshake-timeout"
    IDLE_TIMEOUT = "idle-timeout"
    BLOCKED = "blocked-by-service"
    INTERNAL = "internal-error"


MESSAGES = {
    Reason.SSL_V2: "system: SSLv2 client hello",
    Reason.UNSUPPORTED_VERSION: "system: client offers no supported protocol version",
    Reason.CONNECT_TIMEOUT: "system: server did not answer in time",
    Reason.HANDSHAKE_TIMEOUT: "system: handshake not finished in time",
    Reason.INTERNAL: "system: internal error",
    Reason.BLOCKED: "system: session blocked by a security service",
}

# Our own doing, which `actions log errors` reports besides the dropped session.
PROXY_FAULTS = frozenset({Reason.INTERDICTION, Reason.INTERNAL})


class Caution(Enum):
    """What `actions log warning` reports: worth an operator's eye, and no reason to end the session."""

    NAME_UNCHECKED = "certificate error: hostname not checked, client sent no server name"
    TRUNCATED = "openssl error: server closed the connection without close_notify"
    UNDETERMINED = "system: session ended before it was known whether it is SSL"


_ALERTS = {
    AuthFailure.UNKNOWN_CA: alerts.UNKNOWN_CA,
    AuthFailure.SELF_SIGNED: alerts.UNKNOWN_CA,
    AuthFailure.EXPIRED: alerts.CERTIFICATE_EXPIRED,
    AuthFailure.NOT_YET_VALID: alerts.CERTIFICATE_EXPIRED,
    AuthFailure.NAME_MISMATCH: alerts.CERTIFICATE_UNKNOWN,
    AuthFailure.REVOKED: alerts.CERTIFICATE_REVOKED,
}

# What `ignore-server-auth-failure` does not cover: there is nothing to forge after, or our own CA's key is in foreign hands.
UNFORGIVABLE = frozenset({AuthFailure.EMPTY_CHAIN, AuthFailure.MALFORMED, AuthFailure.OWN_CA})


def alert_for(failure: AuthFailure | None) -> int:
    """The TLS alert that tells a client best why its server was refused (RFC 8446 §6.2)."""
    return alerts.BAD_CERTIFICATE if failure is None else _ALERTS.get(failure, alerts.BAD_CERTIFICATE)
