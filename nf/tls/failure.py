"""What went wrong with a TLS end, as a value: OpenSSL's exceptions stop here."""

from dataclasses import dataclass
from enum import Enum

from OpenSSL import SSL


class FailureKind(Enum):
    """Who ended it, and how."""

    ALERT = "alert"  # the peer sent a fatal alert
    PROTOCOL = "protocol"  # OpenSSL found fault with what the peer sent
    TRUNCATED = "truncated"  # the connection ended without close_notify
    RESET = "reset"  # the connection was reset


@dataclass(frozen=True, slots=True)
class TlsFailure:
    """The kind, and OpenSSL's own words for it in one line."""

    kind: FailureKind
    text: str


def describe(error: Exception) -> TlsFailure:
    """The failure behind an exception of pyOpenSSL's or of the socket below it."""
    if isinstance(error, SSL.ZeroReturnError):
        return TlsFailure(FailureKind.TRUNCATED, "peer sent close_notify during the handshake")
    if isinstance(error, SSL.SysCallError):
        if error.args and error.args[0] == -1:
            return TlsFailure(FailureKind.TRUNCATED, "connection closed without close_notify")
        return TlsFailure(FailureKind.RESET, str(error.args[-1]).lower())
    if isinstance(error, OSError):
        return TlsFailure(FailureKind.RESET, (error.strerror or str(error)).lower())
    reasons = [str(entry[2]) for entry in error.args[0]] if error.args and isinstance(error.args[0], list) else []
    text = reasons[-1] if reasons else "unspecified"
    if "unexpected eof" in text:
        return TlsFailure(FailureKind.TRUNCATED, "connection closed without close_notify")
    return TlsFailure(FailureKind.ALERT if "alert" in text else FailureKind.PROTOCOL, text)
