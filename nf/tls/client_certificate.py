"""Whether a server asks for a client certificate (RFC 8446 §4.3.2): the proxy has none, and answers that it has none."""

from typing import Any

from OpenSSL import SSL

_LIBRARY: Any = getattr(SSL, "_lib", None)
_FFI: Any = getattr(SSL, "_ffi", None)
_SET = getattr(_LIBRARY, "SSL_CTX_set_cert_cb", None)
_ASKED = object()


def note_requests(context: SSL.Context) -> None:
    """Have connections of this client context remember such a request; others cost nothing.

    pyOpenSSL has no call for it. Where its binding no longer has OpenSSL's either, no request is noticed: a server that
    requires a certificate then counts as one whose handshake failed.
    """
    handle = getattr(context, "_context", None)
    if _SET is not None and _CALLBACK is not None and handle is not None:
        _SET(handle, _CALLBACK, _FFI.NULL)


def is_asked(connection: SSL.Connection) -> bool:
    """Whether the server has asked during the handshake."""
    return connection.get_app_data() is _ASKED


def _note(ssl: object, _: object) -> int:
    """OpenSSL wants a certificate for its answer: 1 goes on, here without one."""
    connection = getattr(SSL.Connection, "_reverse_mapping", {}).get(ssl)
    if connection is not None:
        connection.set_app_data(_ASKED)
    return 1


_CALLBACK = None if _FFI is None else _FFI.callback("int (SSL *, void *)", _note)  # kept as long as the contexts
