"""The steps of a TLS end: handshake, read, write, and data from one end to another that nobody looks at.

"Not yet" is a value here. pyOpenSSL makes it an exception, five of them a session, and has a buffer made for each read.
"""
# ruff: noqa: SLF001 - OpenSSL's calls take what a Connection holds

import contextlib
from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Final, NoReturn, TypeVar

from OpenSSL import SSL

from nf.tls.binding import DIRECT, FOREIGN, LIBRARY

RECORD: Final = 16384  # bytes of data in a TLS record at most (RFC 8446 §5.1)


class Pause(Enum):
    """Why a step gave nothing though nothing is wrong."""

    READ = "read"  # the peer must be heard first
    WRITE = "write"  # there is no room for what is to be sent
    ENDED = "ended"  # the peer has sent close_notify: no data will come


_BUFFER: Final = FOREIGN.new("char[]", RECORD) if DIRECT else None  # of this process; nobody keeps anything in it
_CONTENT: Final = FOREIGN.buffer(_BUFFER) if DIRECT else b""
_PAUSES: Final = {LIBRARY.SSL_ERROR_WANT_READ: Pause.READ, LIBRARY.SSL_ERROR_WANT_WRITE: Pause.WRITE} if DIRECT else {}
_PAUSES_OF_READ: Final = {**_PAUSES, LIBRARY.SSL_ERROR_ZERO_RETURN: Pause.ENDED} if DIRECT else {}
_Done = TypeVar("_Done")


def handshake(end: SSL.Connection) -> Pause | None:
    """Go on with a handshake; None once it is done. SSL.Error or OSError where it has failed."""
    if not DIRECT:
        return _own(end.do_handshake)
    ssl = end._ssl
    result = LIBRARY.SSL_do_handshake(ssl)
    return None if result == 1 else _PAUSES.get(LIBRARY.SSL_get_error(ssl, result)) or _fault(end, result)


def read(end: SSL.Connection) -> bytes | Pause:
    """The data of one record at most; SSL.Error or OSError where the connection is broken."""
    if not DIRECT:
        with contextlib.suppress(SSL.ZeroReturnError):
            return _own(partial(end.recv, RECORD))
        return Pause.ENDED
    ssl = end._ssl
    taken = LIBRARY.SSL_read(ssl, _BUFFER, RECORD)
    if taken <= 0:
        return _PAUSES_OF_READ.get(LIBRARY.SSL_get_error(ssl, taken)) or _fault(end, taken)
    data: bytes = _CONTENT[:taken]
    return data


def write(end: SSL.Connection, data: bytes) -> int | Pause:
    """How many bytes were taken; SSL.Error or OSError where the connection is broken."""
    if not DIRECT:
        return _own(partial(end.send, data))
    sent: int = LIBRARY.SSL_write(end._ssl, data, len(data))
    return sent if sent > 0 else _PAUSES.get(LIBRARY.SSL_get_error(end._ssl, sent)) or _fault(end, sent)


def pass_on(source: SSL.Connection, sink: SSL.Connection) -> tuple[int, bytes]:
    """Move the data of one record: how many bytes were read, and what of them the sink did not take.

    0 where nothing was read: an ordinary read then tells why.
    """
    taken: int = LIBRARY.SSL_read(source._ssl, _BUFFER, RECORD) if DIRECT else 0
    if taken <= 0:
        return 0, b""
    sent: int = LIBRARY.SSL_write(sink._ssl, _BUFFER, taken)
    return taken, b"" if sent == taken else _CONTENT[max(0, sent):taken]


def _fault(end: SSL.Connection, result: int) -> NoReturn:
    """OpenSSL waits for nothing: the exception that pyOpenSSL makes of it."""
    try:
        end._raise_ssl_error(end._ssl, result)
    finally:
        LIBRARY.ERR_clear_error()  # pyOpenSSL leaves an entry of the system's, which the next step would be blamed for
    raise SSL.Error  # not reached


def _own(step: Callable[[], _Done]) -> _Done | Pause:
    """A step by pyOpenSSL's own method."""
    try:
        return step()
    except SSL.WantReadError:
        return Pause.READ
    except SSL.WantWriteError:
        return Pause.WRITE
