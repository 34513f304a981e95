"""HTTP/2: streams of all sorts, in any cut; what is odd in them; and what a client makes of a page."""

import gzip

import hpack
import pytest
from hypothesis import given

from nf.protocols.conversation import Conversation
from nf.protocols.http2 import MOST_IDLE, MOST_RESETS
from nf.protocols.http2_frames import (
    END_HEADERS,
    END_STREAM,
    LONGEST,
    MOST_CONTINUATIONS,
    PADDED,
    PREFACE,
    PRIORITY,
    Kind,
    write,
)
from nf.protocols.http2_streams import MOST
from nf.protocols.items import Body, Broken, Complete, Frame, Request, Response
from tests.protocols.reading import C2S, S2C, Said, content, cuts_of, found, kinds, merged, of

Fields = list[tuple[str, str]]
GET: Fields = [(":method", "GET"), (":scheme", "https"), (":authority", "A.test:443"), (":path", "/a?b")]
SETTINGS = write(Kind.SETTINGS, 0, 0, b"\0\1\0\1\0\0")  # a header table of 64 KB
LAST = END_HEADERS | END_STREAM


class End:
    """One end's header table."""

    def __init__(self) -> None:
        self._encoder = hpack.Encoder()

    def head(self, stream: int, fields: Fields, flags: int = LAST) -> bytes:
        """In one frame."""
        return write(Kind.HEADERS, flags, stream, self._encoder.encode(fields))

    def block(self, fields: Fields) -> bytes:
        """The header block alone."""
        return self._encoder.encode(fields)


def post(*more: tuple[str, str]) -> Fields:
    return [(":method", "POST"), *GET[1:], *more]


def session() -> Said:
    """A request with padding and priority, an upload, header blocks in pieces, trailers, an interim response, a push."""
    client, server = End(), End()
    padded = write(Kind.HEADERS, LAST | PADDED | PRIORITY, 1, b"\3" + b"\0\0\0\0\7" + client.block(GET) + b"\0\0\0")
    upload = client.head(3, post(("content-length", "11"), ("x-long", "y" * 900)), END_HEADERS)
    data = write(Kind.DATA, PADDED, 3, b"\5hello" + bytes(5)) + write(Kind.DATA, 0, 3, b"") + write(Kind.DATA, 0, 3, b" world")
    block = client.block(GET)
    pieces = write(Kind.HEADERS, END_STREAM, 5, block[:2]) + write(Kind.CONTINUATION, 0, 5, block[2:3]) + write(
        Kind.CONTINUATION, END_HEADERS, 5, block[3:])
    trailer = client.head(3, [("x-checksum", "1")])
    others = write(8, 0, 0, b"\0\0\1\0") + write(0xFA, 0, 0, b"?")
    asked = PREFACE + SETTINGS + padded + upload + data + pieces + others + trailer
    zipped = gzip.compress(b"hello " * 9)
    answered = b"".join([
        write(Kind.SETTINGS, 0, 0, b""), server.head(1, [(":status", "103"), ("link", "</x>")], END_HEADERS),
        server.head(1, [(":status", "200"), ("content-encoding", "gzip")], END_HEADERS),
        write(Kind.PUSH_PROMISE, END_HEADERS, 1, (2).to_bytes(4) + server.block(GET)),
        server.head(5, [(":status", "204")]), write(Kind.DATA, 0, 1, zipped[:7]), server.head(3, [(":status", "404")]),
        server.head(2, [(":status", "200")], END_HEADERS), write(Kind.DATA, END_STREAM, 2, b"pushed"),
        write(Kind.DATA, END_STREAM, 1, zipped[7:])])
    return [(C2S, asked), (S2C, answered)]


SESSION = session()


def test_streams_are_exchanges() -> None:
    items = found(SESSION)
    assert [(one.exchange, one.direction, one.method, one.target, one.host, one.scheme) for one in of(Request, items)] == [
        (1, C2S, "GET", "/a?b", "a.test", "https"), (3, C2S, "POST", "/a?b", "a.test", "https"),
        (5, C2S, "GET", "/a?b", "a.test", "https"), (2, S2C, "GET", "/a?b", "a.test", "https")]
    assert [(one.exchange, one.status, one.request and one.request.method) for one in of(Response, items)] == [
        (1, 200, "GET"), (5, 204, "GET"), (3, 404, "POST"), (2, 200, "GET")]
    assert [content(items, number, S2C) for number in (1, 2, 3)] == [b"hello " * 9, b"pushed", b""]
    assert content(items, 3, C2S) == b"hello world"
    assert [(one.direction, one.exchange) for one in of(Complete, items)] == [
        (C2S, 1), (C2S, 5), (C2S, 3), (S2C, 5), (S2C, 3), (S2C, 2), (S2C, 1)]
    assert not kinds(items)
    assert not of(Broken, items)


@given(cuts_of(SESSION))
def test_no_cut_changes_what_is_found(cuts: list[int]) -> None:
    assert merged(found(SESSION, cuts)) == merged(found(SESSION))


def test_items_lie_where_they_lie() -> None:
    stream = SESSION[0][1]
    items = found(SESSION[:1])
    assert b"".join(stream[one.start:one.end] for one in of(Body, items)) == b"hello world"
    first, _, third = of(Request, items)
    assert stream[first.start + 3] == stream[third.start + 3] == Kind.HEADERS
    assert stream[third.end:][3] == 8  # WINDOW_UPDATE follows the block's last piece


def asked(fields: Fields, *more: bytes, flags: int = LAST) -> Said:
    return [(C2S, PREFACE + SETTINGS + End().head(1, fields, flags) + b"".join(more))]


@pytest.mark.parametrize(("said", "kind"), [
    (asked([*GET, ("transfer-encoding", "chunked")]), "smuggling"),
    (asked([*GET, ("x", "a\r\nHost: b")]), "smuggling"),
    (asked([*GET, ("x", "a\0b")]), "smuggling"),
    (asked([*GET, ("x:y", "a")]), "smuggling"),
    (asked([*GET, ("Upper", "a")]), "smuggling"),
    (asked([*GET[:3], (":path", "/ HTTP/1.1 x")]), "smuggling"),
    (asked([*GET, ("content-length", "0"), ("content-length", "1")]), "smuggling"),
    (asked([*GET, ("host", "b.test")]), "host"),
    (asked([*GET, (":path", "/twice")]), "malformed"),
    (asked(GET[:3]), "malformed"),
    (asked(post(("content-length", "9")), write(Kind.DATA, END_STREAM, 1, b"short"), flags=END_HEADERS), "length"),
    (asked(GET, write(Kind.DATA, PADDED, 1, b"\x09x")), "malformed"),
    (asked(GET, write(Kind.HEADERS, END_HEADERS | PADDED, 3, b"\x09x")), "malformed"),
    (asked(GET, write(Kind.HEADERS, LAST, 3, b"\xff\xff\xff\xff")), "malformed"),
    (asked(GET, write(Kind.CONTINUATION, LAST, 3, b"")), "malformed"),
    (asked(GET, write(Kind.HEADERS, 0, 3, b"\x82"), write(Kind.DATA, 0, 1, b"")), "malformed"),
    (asked(GET, write(Kind.HEADERS, LAST, 3, bytes(LONGEST + 1))), "oversized"),
    (asked(GET, write(Kind.HEADERS, 0, 3, b"") + write(Kind.CONTINUATION, 0, 3, b"") * (MOST_CONTINUATIONS + 1)), "oversized"),
    (asked(GET, write(Kind.HEADERS, LAST, 3, b"\x40\1a\x7f\xa1\x1e" + b"x" * 4000 + b"\xbe" * 40)), "oversized"),
    (asked(GET, *[End().head(number, GET) for number in range(3, 2 * MOST + 9, 2)]), "flood"),
    (asked(post(), write(Kind.DATA, 0, 1, b"") * (MOST_IDLE + 1), flags=END_HEADERS), "flood"),
    (asked(GET, SETTINGS * (MOST_IDLE + 1)), "flood"),
    (asked(GET, *[End().head(number, GET) + write(Kind.RST_STREAM, 0, number, b"\0\0\0\x08")
                  for number in range(3, 2 * MOST_RESETS + 3, 2)]), "rapid-reset")])
def test_what_is_odd_is_told(said: Said, kind: str) -> None:
    assert kind in kinds(found(said, end=False))


def test_ordinary_resets_break_off_what_they_reset() -> None:
    items = found([*asked(post(), flags=END_HEADERS), (S2C, write(Kind.RST_STREAM, 0, 1, bytes(4)))])
    assert [(one.direction, one.exchange) for one in of(Broken, items)] == [(C2S, 1), (S2C, 1)]


def test_a_websocket_in_a_stream() -> None:
    connect = [(":method", "CONNECT"), (":protocol", "websocket"), *GET[1:]]
    said = [*asked(connect, flags=END_HEADERS), (S2C, write(Kind.SETTINGS, 0, 0, b"") + End().head(
        1, [(":status", "200")], END_HEADERS) + write(Kind.DATA, 0, 1, b"\x81\x02h") + write(Kind.DATA, 0, 1, b"i"))]
    items = found(said, end=False)
    assert [(one.exchange, one.data) for one in of(Frame, items)] == [(1, b"hi")]
    assert not of(Body, items)


def test_http1_becomes_http2_by_h2c() -> None:
    end = End()
    head = end.head(1, [(":status", "200")], END_HEADERS)
    items = found([
        (C2S, b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: \r\n\r\n"),
        (S2C, b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n" + SETTINGS + head),
        (C2S, PREFACE + End().head(3, GET)), (S2C, write(Kind.DATA, END_STREAM, 1, b"hi"))], end=False)
    assert [(one.exchange, one.version) for one in of(Request, items)] == [(1, "1.1"), (3, "2")]
    assert content(items, 1, S2C) == b"hi"


@pytest.mark.parametrize(("method", "passed", "told"), [("GET", 0, True), ("HEAD", 0, True), ("GET", 3, False)])
def test_a_page_is_a_response_on_the_request_s_stream(method: str, passed: int, told: bool) -> None:
    conversation = Conversation()
    conversation.read(*asked([(":method", method), *GET[1:]])[0])
    text = "<p>" + "no" * 20000
    page = conversation.page(1, text, status=451, passed=passed)
    assert (page is not None) is told
    items = found([*asked([(":method", method), *GET[1:]]), (S2C, page or b"")])
    assert [one.status for one in of(Response, items)] == ([451] if told else [])
    assert content(items, 1, S2C) == (text.encode() if told and method == "GET" else b"")
    assert not kinds(items)


def test_a_response_that_is_held_back_whole_gives_way_to_a_page() -> None:
    conversation = Conversation()
    for direction, data in SESSION:
        conversation.read(direction, data)
    head = next(one for one in of(Response, found(SESSION)) if one.exchange == 5)
    assert conversation.page(5, "no", passed=head.start) is not None
    assert conversation.page(5, "no", passed=head.start + 1) is None
    assert conversation.page(7, "no", passed=conversation.boundary(S2C)) is None
    assert conversation.boundary(C2S) == len(SESSION[0][1])
