"""A TLS client of tlslite-ng that sends something else in place of a message, and the ways to say what."""

import socket
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from tlslite.api import TLSConnection
from tlslite.constants import ContentType
from tlslite.errors import TLSRemoteAlert
from tlslite.extensions import TLSExtension
from tlslite.messages import ClientHello, Message

from tests.helpers.loopback_pki import NAME
from tests.hostile.lite import Misdeed, settings
from tests.tls.hello_bytes import vector

PATIENCE = 3.0  # seconds without an answer: then none comes
Bend: TypeAlias = Callable[[Any], Iterable[Any]]


class Bent(TLSConnection):
    """Sends what `bend` makes of each message; its own transcript holds the same."""

    def __init__(self, at: socket.socket, bend: Bend) -> None:
        super().__init__(at)
        self.closeSocket = False
        self._bend = bend

    def _sendMsg(self, msg, randomizeFirstBlock=True, update_hashes=True):  # noqa: N802, N803 - tlslite's names
        for sent in self._bend(msg):
            yield from super()._sendMsg(sent, randomizeFirstBlock, update_hashes)


def alert_for(at: socket.socket, version: str, bend: Bend = lambda sent: [sent], then: Misdeed = lambda _: None) -> int | None:
    """The alert that ends the session of such a client, None where there is none."""
    tls = Bent(at, bend)
    at.settimeout(PATIENCE)
    try:
        tls.handshakeClientCert(serverName=NAME, settings=settings(version, keyShares=["x25519"]))
        then(tls)
        tls.recv(9)
    except TLSRemoteAlert as alert:
        return int(alert.description)
    except TimeoutError:
        return None
    raise AssertionError("the session has ended without an alert")


def handshake(*contents: bytes) -> Message:
    """A handshake record of these messages."""
    return Message(ContentType.handshake, bytearray(b"".join(contents)))


def on(kind: type, change: Bend) -> Bend:
    """Bend the messages of one kind alone."""
    return lambda message: change(message) if isinstance(message, kind) else [message]


def before(kind: type, *others: Message) -> Bend:
    """Send these first."""
    return on(kind, lambda message: [*others, message])


def instead(kind: type, *others: Message) -> Bend:
    """Send these and not the message."""
    return on(kind, lambda _: others)


def body(kind: type, change: Callable[[bytes], bytes]) -> Bend:
    """Change a handshake message's bytes behind its header."""
    def changed(message: Any) -> list[Message]:
        written = bytes(message.write())
        return [handshake(written[:1], vector(3, change(written[4:])))]

    return on(kind, changed)


def extensions(change: Callable[[list[Any]], list[Any]]) -> Bend:
    """Change the list of the ClientHello's extensions."""
    def changed(hello: ClientHello) -> list[ClientHello]:
        hello.extensions = change(hello.extensions)
        return [hello]

    return on(ClientHello, changed)


def both(one: Bend, other: Bend) -> Bend:
    """The other on what the one makes of a message."""
    return lambda message: [sent for bent in one(message) for sent in other(bent)]


def without(*kinds: int) -> Bend:
    """Leave extensions out."""
    return extensions(lambda all_: [one for one in all_ if one.extType not in kinds])


def having(*wanted: tuple[int, bytes]) -> Bend:
    """Extensions of these types and bytes at the end, in place of those that were there."""
    kinds = {kind for kind, _ in wanted}
    return extensions(lambda all_: [*(one for one in all_ if one.extType not in kinds), *(
        TLSExtension(extType=kind).create(bytearray(value)) for kind, value in wanted)])


def offering(**fields: object) -> Bend:
    """Change fields of the ClientHello."""
    def changed(hello: ClientHello) -> list[ClientHello]:
        for name, value in fields.items():
            setattr(hello, name, value)
        return [hello]

    return on(ClientHello, changed)
