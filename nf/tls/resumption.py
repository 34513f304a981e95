"""Sessions of TLS taken up again, as far as pyOpenSSL does not do it or makes it dear (RFC 8446 §2.2, RFC 5246 §7.3)."""
# ruff: noqa: SLF001 - OpenSSL's calls take what a Connection holds

from typing import Any, Final, TypeAlias

from OpenSSL import SSL

from nf.tls.binding import DIRECT, FOREIGN, LIBRARY

TlsSession: TypeAlias = Any  # OpenSSL's own, or pyOpenSSL's where the binding lacks calls: to be offered alone

_BOTH_WAYS: Final = SSL.SENT_SHUTDOWN | SSL.RECEIVED_SHUTDOWN
_REUSED = getattr(LIBRARY, "SSL_session_reused", None)
_ENCODE, _DECODE = getattr(LIBRARY, "i2d_SSL_SESSION", None), getattr(LIBRARY, "d2i_SSL_SESSION", None)


def is_resumed(end: SSL.Connection) -> bool:
    """Whether a finished handshake was an abbreviated one, valid for either end.

    pyOpenSSL has no call for this. Where its binding no longer has OpenSSL's either, the answer is no: the caller then
    reads the certificates from the connection, which a resumed session still holds.
    """
    return _REUSED is not None and bool(_REUSED(end._ssl))


def newest_session(end: SSL.Connection) -> TlsSession | None:
    """The session of a connection with its newest ticket, before the connection is freed.

    OpenSSL takes a session that it frees without a close_notify sent for one that must not be resumed, so it is told
    of one.
    """
    session = LIBRARY.SSL_get1_session(end._ssl) if DIRECT else end.get_session()
    if not session:
        return None
    if not DIRECT:
        end.set_shutdown(_BOTH_WAYS)
        return session
    LIBRARY.SSL_set_shutdown(end._ssl, _BOTH_WAYS)
    return FOREIGN.gc(session, LIBRARY.SSL_SESSION_free)


def own_session(end: SSL.Connection) -> TlsSession | None:
    """The session of a connection, apart from it: what becomes of the connection does not touch it any more.

    OpenSSL lets no session be resumed whose connection ended without close_notify, which TLS 1.3 does not ask for and
    TLS 1.2 has given up (RFC 5246 §7.2.1). Where the binding cannot copy one there is none.
    """
    if not DIRECT or _ENCODE is None or _DECODE is None:
        return None
    session = LIBRARY.SSL_get_session(end._ssl)  # the connection's own, so not to be freed
    if not session:
        return None
    encoded = FOREIGN.new("unsigned char[]", max(1, _ENCODE(session, FOREIGN.NULL)))
    size = _ENCODE(session, FOREIGN.new("unsigned char **", encoded))
    copied = _DECODE(FOREIGN.NULL, FOREIGN.new("unsigned char **", encoded), size)
    return FOREIGN.gc(copied, LIBRARY.SSL_SESSION_free) if size > 0 and copied else None
