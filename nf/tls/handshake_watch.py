"""Handshakes within a finished TLS 1.2 connection: permitted or not, and told of as they begin and end (RFC 5246 §7.4.1)."""

from enum import Enum
from functools import partial
from typing import Final

from OpenSSL import SSL

_START, _DONE = 0x10, 0x20  # SSL_CB_HANDSHAKE_START, SSL_CB_HANDSHAKE_DONE
_PERMIT_CLIENTS: Final = 1 << 8  # SSL_OP_ALLOW_CLIENT_RENEGOTIATION, which OpenSSL does not do by itself
_PERMIT_INSECURE: Final = 1 << 18  # SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION
_AUTO_RETRY: Final = 4  # SSL_MODE_AUTO_RETRY
_CLEAR_MODE = getattr(getattr(SSL, "_lib", None), "SSL_clear_mode", None)


class Stage(Enum):
    """What happens within TLS besides data: a renegotiation, or more messages without data than anybody needs."""

    BEGUN = "begun"
    DONE = "done"
    STORM = "storm"


def return_after_each_message(connection: SSL.Connection) -> None:
    """Have a read come back after every message of TLS, data or none, so that a peer which sends no data holds nobody up.

    pyOpenSSL makes each connection read on and has no call to undo that. Where its binding no longer has OpenSSL's
    either, a read ends when the kernel has nothing more.
    """
    handle = getattr(connection, "_ssl", None)
    if _CLEAR_MODE is not None and handle is not None:
        _CLEAR_MODE(handle, _AUTO_RETRY)


def watch(connection: SSL.Connection, permitted: str, stages: list[Stage]) -> None:
    """Put each stage of a renegotiation into `stages` as it is reached, within a read of the connection.

    `permitted` is `actions renegotiation` of the profile. The connection's own handshake must be done.
    """
    if permitted != "drop":
        connection.set_options(_PERMIT_CLIENTS | (_PERMIT_INSECURE if permitted == "allow" else 0))
    connection.set_info_callback(partial(_note, stages))


def _note(stages: list[Stage], _connection: SSL.Connection, where: int, _result: int) -> None:
    if where & _START:
        stages.append(Stage.BEGUN)
    elif where & _DONE:
        stages.append(Stage.DONE)
