"""Handshakes within a finished TLS 1.2 connection: permitted or not, and told of as they begin and end (RFC 5246 §7.4.1)."""

from enum import Enum
from functools import partial
from typing import Final

from OpenSSL import SSL

from nf.tls.end import register

_START, _DONE = 0x10, 0x20  # SSL_CB_HANDSHAKE_START, SSL_CB_HANDSHAKE_DONE
_PERMIT_CLIENTS: Final = 1 << 8  # SSL_OP_ALLOW_CLIENT_RENEGOTIATION, which OpenSSL does not do by itself
_PERMIT_INSECURE: Final = 1 << 18  # SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION


class Stage(Enum):
    """What happens within TLS besides data: a renegotiation, or more messages without data than anybody needs."""

    BEGUN = "begun"
    DONE = "done"
    STORM = "storm"


def watch(connection: SSL.Connection, permitted: str, stages: list[Stage]) -> None:
    """Put each stage of a renegotiation into `stages` as it is reached, within a read of the connection.

    `permitted` is `actions renegotiation` of the profile. The connection's own handshake must be done.
    """
    if permitted != "drop":
        connection.set_options(_PERMIT_CLIENTS | (_PERMIT_INSECURE if permitted == "allow" else 0))
    register(connection)
    connection.set_info_callback(partial(_note, stages))


def _note(stages: list[Stage], _connection: SSL.Connection, where: int, _result: int) -> None:
    if where & _START:
        stages.append(Stage.BEGUN)
    elif where & _DONE:
        stages.append(Stage.DONE)
