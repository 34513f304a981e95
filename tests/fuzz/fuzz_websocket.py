"""WebSockets of any shape, behind a handshake that agrees to deflate messages."""

from wsproto.events import BytesMessage, Ping, TextMessage

from tests.fuzz.conversations import pieces, read
from tests.protocols.test_websocket import session

HANDSHAKE = session([], [], deflated=True)[:2]


def one_input(data: bytes) -> None:
    """Frames of both ends."""
    read(data, HANDSHAKE)


def seeds() -> list[bytes]:
    """Messages of each sort."""
    events = [TextMessage(data="hello"), Ping(payload=b"x"), BytesMessage(data=b"a" * 500)]
    return [pieces(session(events, events, deflated=deflated)[2:]) for deflated in (True, False)]
