"""What pyOpenSSL does not tell of resumed sessions (RFC 8446 §2.2, RFC 5246 §7.3)."""

from copy import copy

from OpenSSL import SSL

_LIBRARY = getattr(SSL, "_lib", None)
_REUSED = getattr(_LIBRARY, "SSL_session_reused", None)
_ENCODE, _DECODE = getattr(_LIBRARY, "i2d_SSL_SESSION", None), getattr(_LIBRARY, "d2i_SSL_SESSION", None)
_FREE = getattr(_LIBRARY, "SSL_SESSION_free", None)


def is_resumed(connection: SSL.Connection) -> bool:
    """Whether a finished handshake was an abbreviated one, valid for either end.

    pyOpenSSL has no call for this. Where its binding no longer has OpenSSL's either, the answer is no: the caller then
    reads the certificates from the connection, which a resumed session still holds.
    """
    handle = getattr(connection, "_ssl", None)
    return _REUSED is not None and handle is not None and bool(_REUSED(handle))


def own_session(connection: SSL.Connection) -> SSL.Session | None:
    """The session of a connection, apart from it: what becomes of the connection does not touch it any more.

    OpenSSL lets no session be resumed whose connection ended without close_notify, which TLS 1.3 does not ask for and
    TLS 1.2 has given up (RFC 5246 §7.2.1). Where the binding cannot copy one there is none.
    """
    session = connection.get_session()
    handle, foreign = getattr(session, "_session", None), getattr(SSL, "_ffi", None)
    if session is None or handle is None or foreign is None or _ENCODE is None or _DECODE is None:
        return None
    encoded = foreign.new("unsigned char[]", max(1, _ENCODE(handle, foreign.NULL)))
    size = _ENCODE(handle, foreign.new("unsigned char **", encoded))
    copied = _DECODE(foreign.NULL, foreign.new("unsigned char **", encoded), size)
    if size <= 0 or copied == foreign.NULL:
        return None
    own = copy(session)
    own._session = foreign.gc(copied, _FREE)  # noqa: SLF001 - the wrapper has no other way in
    return own
