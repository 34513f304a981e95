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
    LOW_MEMORY = "low-memory"
    LEARNED = "learned-bypass"  # this client has refused the proxy's certificates for this server
    CLIENT_CERTIFICATE = "client-certificate-bypass"  # this server is known to require one
    # over before it was decrypted
    UNDETERMINED = "undetermined"  # too short to be known as SSL or not
    UNFINISHED = "ended-within-handshake"
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
    EARLY_AGEOUT = "early-ageout"  # idle, and the session table was filling
    BLOCKED = "blocked-by-service"
    REJECTED = "rejected-by-policy"
    DENIED = "denied-by-policy"  # once its application was known
    OTHER_HOST = "host-mismatch"  # its HTTP request was for another host than its ClientHello named
    CLIENT_AUTHENTICATION = "client-authentication-required"
    INJECTION = "starttls-injection"
    NO_TLS = "no-tls-after-starttls"
    RENEGOTIATION = "renegotiation"
    INSECURE_RENEGOTIATION = "insecure-renegotiation"
    CHAIN_CHANGED = "certificate-chain-changed"
    STORM = "tls-storm"
    VIOLATION = "tls-protocol-error"
    NO_SERVER_KEY = "no-matching-server-certificate"
    OWN_CA = "own-ca-presented-by-server"  # whoever did that has the key that the device signs with
    NO_DEFAULT_PROFILE = "no-default-profile"
    NO_DESCRIPTORS = "out-of-file-descriptors"
    EXHAUSTED = "out-of-resources"  # ports or memory of the system, beside file descriptors
    NO_ROUTE = "no-route"
    INTERNAL = "internal-error"


MESSAGES = {
    Reason.SSL_V2: "system: SSLv2 client hello",
    Reason.UNSUPPORTED_VERSION: "system: client offers no supported protocol version",
    Reason.CONNECT_TIMEOUT: "system: server did not answer in time",
    Reason.HANDSHAKE_TIMEOUT: "system: handshake not finished in time",
    Reason.INTERNAL: "system: internal error",
    Reason.BLOCKED: "system: session blocked by a security service",
    Reason.REJECTED: "system: session rejected by policy",
    Reason.DENIED: "system: session denied by the policy of its application",
    Reason.CLIENT_AUTHENTICATION: "system: server requires a client certificate",
    Reason.INJECTION: "policy violation: bytes in the clear beside the request for TLS or its answer",
    Reason.NO_TLS: "system: no TLS where the client has asked for it",
    Reason.RENEGOTIATION: "policy violation: renegotiation not permitted",
    Reason.INSECURE_RENEGOTIATION: "policy violation: insecure renegotiation not permitted",
    Reason.CHAIN_CHANGED: "ssl: renegotiation context (3): certificate chain in renegotiation context different from original",
    Reason.STORM: "policy violation: too many TLS messages without data",
    Reason.NO_DEFAULT_PROFILE: "system: no default SSL proxy profile where policies name several",
}

# What a session may be passed on undecrypted for, to its end; a non-SSL one is told apart from these.
PASSED_ON = frozenset({Reason.NO_PROFILE, Reason.NO_SERVICE, Reason.WHITELISTED, Reason.LOW_MEMORY, Reason.LEARNED,
                       Reason.CLIENT_CERTIFICATE})

# Our own trouble, which `actions log errors` reports besides the dropped session.
PROXY_FAULTS = frozenset({Reason.INTERDICTION, Reason.NO_DESCRIPTORS, Reason.EXHAUSTED, Reason.INTERNAL, Reason.OWN_CA})


class Caution:
    """What `actions log warning` reports: worth an operator's eye, and no reason to end the session."""

    NAME_UNCHECKED = "certificate error: hostname not checked, client sent no server name"
    NAME_UNUSABLE = "certificate error: hostname not checked, server name of the client is an IP address or malformed"
    TRUNCATED = "openssl error: server closed the connection without close_notify"
    UNDETERMINED = "system: session ended before it was known whether it is SSL"
    UNFINISHED = "system: session ended within its handshake"


_ALERTS = {
    AuthFailure.UNKNOWN_CA: alerts.UNKNOWN_CA,
    AuthFailure.ISSUER_MISMATCH: alerts.UNKNOWN_CA,
    AuthFailure.SELF_SIGNED: alerts.UNKNOWN_CA,
    AuthFailure.EXPIRED: alerts.CERTIFICATE_EXPIRED,
    AuthFailure.NOT_YET_VALID: alerts.CERTIFICATE_EXPIRED,
    AuthFailure.NAME_MISMATCH: alerts.CERTIFICATE_UNKNOWN,
    AuthFailure.REVOKED: alerts.CERTIFICATE_REVOKED,
    AuthFailure.NO_SERVER_KEY: alerts.HANDSHAKE_FAILURE,
}

# What `ignore-server-auth-failure` does not cover: there is nothing to forge after, no key to answer with, or our
# own CA's key is in foreign hands.
UNFORGIVABLE = frozenset({AuthFailure.EMPTY_CHAIN, AuthFailure.MALFORMED, AuthFailure.OWN_CA, AuthFailure.NO_SERVER_KEY})


def alert_for(failure: AuthFailure | None) -> int:
    """The TLS alert that tells a client best why its server was refused (RFC 8446 §6.2)."""
    return alerts.BAD_CERTIFICATE if failure is None else _ALERTS.get(failure, alerts.BAD_CERTIFICATE)


_REASONS = {AuthFailure.NO_SERVER_KEY: Reason.NO_SERVER_KEY, AuthFailure.OWN_CA: Reason.OWN_CA}


def reason_for(failure: AuthFailure | None) -> Reason:
    """The code of a session whose server was refused."""
    return _REASONS.get(failure, Reason.SERVER_AUTHENTICATION) if failure is not None else Reason.SERVER_AUTHENTICATION
