"""Data from one TLS end to another without a Python object in between, for what nobody looks at."""

from typing import Final

from OpenSSL import SSL

RECORD: Final = 16384  # bytes of data in a TLS record at most (RFC 8446 §5.1)

_LIBRARY, _FOREIGN = getattr(SSL, "_lib", None), getattr(SSL, "_ffi", None)
_READ, _WRITE = getattr(_LIBRARY, "SSL_read", None), getattr(_LIBRARY, "SSL_write", None)
_BUFFER = None if _FOREIGN is None else _FOREIGN.new("char[]", RECORD)  # of this process; nobody keeps anything in it


def pass_on(source: SSL.Connection, sink: SSL.Connection) -> tuple[int, bytes]:
    """Move the data of one record: how many bytes were read, and what of them the sink did not take.

    0 where nothing was read: an ordinary read then tells why, or finds that pyOpenSSL's binding no longer has these calls.
    """
    handles = getattr(source, "_ssl", None), getattr(sink, "_ssl", None)
    if _READ is None or _WRITE is None or _FOREIGN is None or None in handles:
        return 0, b""
    taken: int = _READ(handles[0], _BUFFER, RECORD)
    if taken <= 0:
        return 0, b""
    sent: int = _WRITE(handles[1], _BUFFER, taken)
    return taken, b"" if sent == taken else _FOREIGN.buffer(_BUFFER, taken)[max(0, sent):]
