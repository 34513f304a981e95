"""Whether a server asks for a client certificate (RFC 8446 §4.3.2): the proxy has none, and answers that it has none."""
# ruff: noqa: SLF001 - OpenSSL's calls take what a Context and a Connection hold

from typing import Any, Final

from OpenSSL import SSL

from nf.tls.binding import DIRECT, FOREIGN, LIBRARY

_SET: Final = getattr(LIBRARY, "SSL_CTX_set_cert_cb", None) if DIRECT else None

# Connections, as OpenSSL's pointers, whose servers have asked. A new one is taken out: it may lie where an old one lay.
asking: Final[set[Any]] = set()


def note_requests(context: SSL.Context) -> None:
    """Have connections of this client context remember such a request; others cost nothing.

    pyOpenSSL has no call for it. Where its binding no longer has OpenSSL's either, no request is noticed: a server that
    requires a certificate then counts as one whose handshake failed.
    """
    if _SET is not None:
        _SET(context._context, _CALLBACK, FOREIGN.NULL)


def is_asked(connection: SSL.Connection) -> bool:
    """Whether the server has asked during the handshake."""
    return connection._ssl in asking


def _note(ssl: object, _: object) -> int:
    """OpenSSL wants a certificate for its answer: 1 goes on, here without one."""
    asking.add(ssl)
    return 1


_CALLBACK: Final = FOREIGN.callback("int (SSL *, void *)", _note) if DIRECT else None  # kept as long as the contexts
