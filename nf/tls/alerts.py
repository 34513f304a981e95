"""Fatal alerts as bytes (RFC 8446 §6, RFC 5246 §7.2), for a client that still waits for its ServerHello."""

HANDSHAKE_FAILURE = 40
BAD_CERTIFICATE = 42
CERTIFICATE_REVOKED = 44
CERTIFICATE_EXPIRED = 45
CERTIFICATE_UNKNOWN = 46
UNKNOWN_CA = 48
PROTOCOL_VERSION = 70
INTERNAL_ERROR = 80

_FATAL = 2


def fatal(description: int) -> bytes:
    """The record of a fatal alert, in the clear as every alert before a ServerHello is."""
    return bytes((21, 3, 3, 0, 2, _FATAL, description))
