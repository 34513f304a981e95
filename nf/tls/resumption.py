"""Whether a handshake resumed a session (RFC 8446 §2.2, RFC 5246 §7.3)."""

from OpenSSL import SSL

_LIBRARY = getattr(SSL, "_lib", None)
_REUSED = getattr(_LIBRARY, "SSL_session_reused", None)


def is_resumed(connection: SSL.Connection) -> bool:
    """Whether a finished handshake was an abbreviated one, valid for either end.

    pyOpenSSL has no call for this. Where its binding no longer has OpenSSL's either, the answer is no: the caller then
    reads the certificates from the connection, which a resumed session still holds.
    """
    handle = getattr(connection, "_ssl", None)
    return _REUSED is not None and handle is not None and bool(_REUSED(handle))
