"""Content that nobody wants is followed to its end: what is found behind it is the same, and so is where it is."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hwmodel.session import Direction
from nf.protocols.conversation import Conversation
from nf.protocols.http2_frames import END_HEADERS, END_STREAM, PADDED, PREFACE, Kind, write
from nf.protocols.items import Item
from tests.protocols.reading import C2S, S2C, Said, cuts_of
from tests.protocols.test_http2 import GET, End

ASKED = b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LINES = st.sampled_from([b"5\r\nhello\r\n", b"10\r\n0123456789abcdef\r\n", b"1;x=y\r\nz\r\n", b"0001\r\n\r\r\n", b"2\n\r\n\r\n",
                         b"2\r\nab\n", b"0\r\n\r\n", b"0\r\nX: y\r\n\r\n", CHUNKED, b"g\r\n", b"3\r\nabcd\r\n"])


def h2(frames: Iterable[bytes]) -> Said:
    client, server = End(), End()
    asked = PREFACE + write(Kind.SETTINGS, 0, 0, b"") + client.head(1, GET) + client.head(3, GET)
    heads = b"".join(server.head(number, [(":status", "200"), ("content-length", "12")], END_HEADERS) for number in (1, 3))
    return [(C2S, asked), (S2C, write(Kind.SETTINGS, 0, 0, b"") + heads + b"".join(frames))]


FRAMES = st.sampled_from([
    *(write(Kind.DATA, flags, stream, b"hello") for flags in (0, END_STREAM) for stream in (1, 3, 5)),
    write(Kind.DATA, PADDED, 1, b"\2hi\0\0"), write(Kind.DATA, 0, 3, b""), write(8, 0, 1, b"\0\0\0\1"),
    write(Kind.RST_STREAM, 0, 3, bytes(4)), write(Kind.DATA, 0, 3, b"x" * 300), write(Kind.DATA, PADDED, 1, b"\x09x")])


def pieces(said: Said, cuts: list[int]) -> Iterable[tuple[Direction, bytes]]:
    at = 0
    for direction, data in said:
        inner = sorted({place - at for place in cuts if at < place < at + len(data)})
        yield from ((direction, data[start:stop]) for start, stop in pairwise([0, *inner, len(data)]))
        at += len(data)


def told(said: Said, cuts: list[int], *, follows: bool) -> tuple[list[Item], int, int]:
    """What is found without content, where the last whole message ended, and how many bytes were passed over."""
    conversation, items, passed = Conversation(), list[Item](), 0
    conversation.bodies = False
    for direction, data in pieces(said, cuts):
        taken = conversation.follow(direction, data) if follows and conversation.follows(direction) else 0
        passed += taken
        items += conversation.read(direction, data[taken:])
    items += [item for direction in (C2S, S2C) for item in conversation.end(direction)]
    return items, conversation.boundary(S2C), passed


def same(said: Said, cuts: list[int]) -> None:
    assert told(said, cuts, follows=True)[:2] == told(said, cuts, follows=False)[:2]


@given(st.lists(LINES, max_size=8), st.data())
def test_chunks(lines: list[bytes], data: st.DataObject) -> None:
    said = [(C2S, ASKED * 2), (S2C, CHUNKED + b"".join(lines))]
    same(said, data.draw(cuts_of(said)))


@given(st.lists(FRAMES, max_size=8), st.data())
@example([write(Kind.DATA, 0, 1, b"hello"), write(Kind.DATA, END_STREAM, 1, b"hello!!")], None)
def test_frames(frames: list[bytes], data: st.DataObject | None) -> None:
    said = h2(frames)
    same(said, [] if data is None else data.draw(cuts_of(said)))


@pytest.mark.parametrize("said", [
    [(C2S, ASKED), (S2C, CHUNKED + b"400\r\n" + b"x" * 1024 + b"\r\n400\r\n" + b"x" * 1024 + b"\r\n0\r\n\r\n")],
    [(C2S, ASKED), (S2C, b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2048)],
    h2([write(Kind.DATA, 0, 1, b"x" * 1024), write(Kind.DATA, 0, 1, b"x" * 1024), write(Kind.DATA, END_STREAM, 1, b"")])])
def test_most_of_it_is_passed_over(said: Said) -> None:
    head = len(said[0][1]) + len(said[1][1]) - 1800
    assert told(said, [head], follows=True)[2] > 1700


def test_content_that_is_wanted_is_not_followed() -> None:
    conversation = Conversation()
    conversation.read(C2S, ASKED)
    conversation.read(S2C, CHUNKED + b"400\r\nx")
    assert not conversation.follows(S2C)
    assert conversation.follow(S2C, b"xxx") == 0

