"""WebSockets: what wsproto's ends say to each other, in any cut, and what neither of them would say."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, BytesMessage, Event, Ping, Request, TextMessage
from wsproto.extensions import PerMessageDeflate

from nf.protocols.content import FREE
from nf.protocols.conversation import Conversation
from nf.protocols.items import Broken, Frame
from nf.protocols.websocket_frames import PIECE
from tests.protocols.reading import C2S, S2C, Said, cuts_of, found, kinds, of

EVENTS = st.lists(st.one_of(
    st.builds(TextMessage, data=st.text(max_size=200), message_finished=st.just(True)),
    st.builds(BytesMessage, data=st.binary(max_size=300), message_finished=st.just(True)),
    st.binary(max_size=20).map(lambda data: BytesMessage(data=data * 10000, message_finished=True)),
    st.builds(Ping, payload=st.binary(max_size=20))), max_size=6)


def session(client: list[Event], server: list[Event], *, deflated: bool) -> Said:
    """A handshake, then each side's messages."""
    ends = WSConnection(ConnectionType.CLIENT), WSConnection(ConnectionType.SERVER)
    asked = ends[0].send(Request(host="a.test", target="/", extensions=[PerMessageDeflate()] if deflated else []))
    ends[1].receive_data(asked)
    list(ends[1].events())
    agreed = ends[1].send(AcceptConnection(extensions=[PerMessageDeflate()] if deflated else []))
    ends[0].receive_data(agreed)
    list(ends[0].events())
    return [(C2S, asked), (S2C, agreed), (C2S, b"".join(map(ends[0].send, client))), (S2C, b"".join(map(ends[1].send, server)))]


def messages(items: list[object], direction: object) -> list[bytes]:
    """Put together again."""
    whole, out = b"", []
    for item in items:
        if isinstance(item, Frame) and item.direction is direction:
            whole += item.data
            if item.final:
                out.append(whole)
                whole = b""
    return out


def payload(event: Event) -> bytes:
    said = event.payload if isinstance(event, Ping) else event.data  # type: ignore[attr-defined]
    return said.encode() if isinstance(said, str) else bytes(said)


@given(EVENTS, EVENTS, st.booleans(), st.data())
def test_messages_come_out_as_they_went_in(client: list[Event], server: list[Event], deflated: bool,
                                           data: st.DataObject) -> None:
    said = session(client, server, deflated=deflated)
    items = found(said)
    assert not kinds(items)
    assert messages(items, C2S) == [payload(event) for event in client]
    assert messages(items, S2C) == [payload(event) for event in server]
    assert found(said, data.draw(cuts_of(said))) == items


def frame(first: int, data: bytes = b"", mask: bytes = b"") -> bytes:
    size = bytes([len(data)]) if len(data) < 126 else b"\x7e" + len(data).to_bytes(2)
    return bytes([first, size[0] | (0x80 if mask else 0)]) + size[1:] + mask + data


@pytest.mark.parametrize("data", [
    frame(0x81, b"x", b"abcd"), frame(0xC1, b"x"), frame(0xA1, b"x"), frame(0x83, b"x"), frame(0x80, b"x"), frame(0x08, b"x"),
    frame(0x89, b"x" * 126), frame(0x01, b"x") + frame(0x81, b"y"), b"\x82\x7f" + b"\xff" * 8])
def test_frames_that_no_honest_server_sends(data: bytes) -> None:
    assert kinds(found([*session([], [], deflated=False)[:2], (S2C, data)], end=False)) == ["malformed"]


def test_a_message_in_frames_with_a_ping_inside_is_one() -> None:
    said = [*session([], [], deflated=False)[:2], (S2C, frame(0x01, b"a") + frame(0x89, b"p") + frame(0x80, b"b"))]
    assert [(one.opcode, one.data) for one in of(Frame, found(said))] == [(9, b"p"), (1, b"ab")]
    assert of(Broken, found([*said[:2], (S2C, frame(0x01, b"a"))]))


def test_a_bomb_is_given_up() -> None:
    packed = zlib.compressobj(wbits=-15)
    data = packed.compress(bytes(4 * FREE)) + packed.flush(zlib.Z_SYNC_FLUSH)
    said = session([], [], deflated=True)[:2]
    items = found([*said, (S2C, frame(0xC2, data[:-4]))], end=False)
    assert kinds(items) == ["bomb"]
    assert sum(len(one.data) for one in of(Frame, items)) <= 2 * FREE
    assert max(len(one.data) for one in of(Frame, items)) <= PIECE


def test_a_client_that_is_refused_gets_a_close_frame() -> None:
    conversation = Conversation()
    said = session([TextMessage(data="evil")], [], deflated=False)
    for direction, data in said[:3]:
        conversation.read(direction, data)
    assert conversation.protocol == "WEBSOCKET"
    close = conversation.page(1, "no way", passed=len(said[1][1])) or b""
    assert conversation.page(1, "no way", passed=3) is None
    assert close[:2] == bytes([0x88, len(close) - 2])
    assert close[2:] == (1008).to_bytes(2) + b"no way"
