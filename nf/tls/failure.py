"""What went wrong with a TLS end, as a value: OpenSSL's exceptions stop here."""

import os
import re
from dataclasses import dataclass
from enum import Enum

from OpenSSL import SSL

from nf.tls.alerts import by_words

# How OpenSSL's words for a peer's alert begin, over its releases; some of them lack the word itself.
_ALERT = re.compile(r"(?:(?:tls|ssl)\S* alert|tlsv1) (.*)")


class FailureKind(Enum):
    """Who ended it, and how."""

    ALERT = "alert"  # the peer sent a fatal alert
    PROTOCOL = "protocol"  # OpenSSL found fault with what the peer sent
    TRUNCATED = "truncated"  # the connection ended without close_notify
    RESET = "reset"  # the connection was reset


@dataclass(frozen=True, slots=True)
class TlsFailure:
    """The kind, OpenSSL's own words for it in one line, and the description of an alert that the peer has sent."""

    kind: FailureKind
    text: str
    alert: int | None = None


def describe(error: Exception) -> TlsFailure:
    """The failure behind an exception of pyOpenSSL's or of the socket below it."""
    if isinstance(error, SSL.ZeroReturnError):
        return TlsFailure(FailureKind.TRUNCATED, "peer sent close_notify during the handshake")
    if isinstance(error, SSL.SysCallError):
        if error.args and error.args[0] == -1:
            return TlsFailure(FailureKind.TRUNCATED, "connection closed without close_notify")
        return TlsFailure(FailureKind.RESET, os.strerror(error.args[0]).lower())
    if isinstance(error, OSError):
        return TlsFailure(FailureKind.RESET, (error.strerror or str(error)).lower())
    return _found_by_openssl(error)


def _found_by_openssl(error: Exception) -> TlsFailure:
    reasons = [str(entry[2]) for entry in error.args[0]] if error.args and isinstance(error.args[0], list) else []
    if not reasons:  # nothing new: a step before has broken the connection, a write to a peer that was gone for one
        return TlsFailure(FailureKind.RESET, "connection reset")
    text = reasons[-1]
    if not text:  # OpenSSL has a word for every fault that it finds itself
        return TlsFailure(FailureKind.ALERT, "unknown alert")
    if "unexpected eof" in text:
        return TlsFailure(FailureKind.TRUNCATED, "connection closed without close_notify")
    alert = _ALERT.match(text)
    if alert is None:
        return TlsFailure(FailureKind.PROTOCOL, text)
    return TlsFailure(FailureKind.ALERT, text, by_words(alert[1]))
