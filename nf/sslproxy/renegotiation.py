"""Whether one more renegotiation of TLS 1.2 is permitted (`actions renegotiation`; RFC 5746), and how it is told of."""

from typing import Final

from nf.sslproxy.reasons import Reason
from nf.tls.client_hello import ClientHello

MOST: Final = 3  # of one session; each costs as much as a handshake
_INFO: Final = 0xFF01  # the extension renegotiation_info, RFC 5746 §3.2
_SCSV: Final = 0x00FF  # the cipher suite that stands for it, §3.3


def is_secure(hello: ClientHello) -> bool:
    """Whether this client binds a renegotiation to the session before it."""
    return _INFO in hello.extensions or _SCSV in hello.cipher_suites


def refusal(permitted: str, count: int, *, secure: bool) -> Reason | None:
    """Why the session's renegotiation number `count` ends it, or None where it may go on."""
    if permitted == "drop":
        return Reason.RENEGOTIATION
    if permitted == "allow-secure" and not secure:
        return Reason.INSECURE_RENEGOTIATION
    return Reason.STORM if count > MOST else None


def message(*, secure: bool, completed: bool) -> str:
    """What is logged of it."""
    kind, stage = "secure" if secure else "insecure", "completed" if completed else "started"
    return f"ssl: renegotiation context (1): {kind} renegotiation {stage}"
