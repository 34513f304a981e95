"""What a peer's alert means: a server that wants a client certificate, a client that does not trust the forged one."""

from typing import Final

from nf.tls import alerts
from nf.tls.failure import TlsFailure

# What servers say to an empty Certificate message (RFC 8446 §4.4.2.4, RFC 5246 §7.4.6), over libraries and versions.
_CERTIFICATE_MISSING: Final = frozenset({
    alerts.CERTIFICATE_REQUIRED, alerts.HANDSHAKE_FAILURE, alerts.BAD_CERTIFICATE, alerts.CERTIFICATE_UNKNOWN,
    alerts.ACCESS_DENIED})
_CERTIFICATE_REFUSED: Final = frozenset({alerts.BAD_CERTIFICATE, alerts.CERTIFICATE_UNKNOWN, alerts.UNKNOWN_CA})
_HANDED_ON: Final = frozenset({alerts.PROTOCOL_VERSION, alerts.UNRECOGNIZED_NAME, alerts.NO_APPLICATION_PROTOCOL})


def misses_certificate(failure: TlsFailure, *, asked: bool) -> bool:
    """Whether a server ends because it got no client certificate, which it had `asked` for."""
    return failure.alert == alerts.CERTIFICATE_REQUIRED or (asked and failure.alert in _CERTIFICATE_MISSING)


def refuses_certificate(failure: TlsFailure) -> bool:
    """Whether a client ends because of the certificate that it was shown."""
    return failure.alert in _CERTIFICATE_REFUSED


def alert_after(failure: TlsFailure) -> int:
    """What the client is told when the server's handshake failed: the server's own word where it concerns the client."""
    return failure.alert if failure.alert in _HANDED_ON and failure.alert is not None else alerts.HANDSHAKE_FAILURE
