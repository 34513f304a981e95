"""HTTP/1: what is in a session, against other readers; what is odd in it; and that no cut changes either."""

import gzip
import io
from http.client import HTTPResponse
from typing import Any

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.protocols.conversation import Conversation
from nf.protocols.http1 import MOST_INTERIM, MOST_OUTSTANDING
from nf.protocols.http1_messages import LONGEST_CHUNK_LINE, LONGEST_HEAD, MOST_LINES
from nf.protocols.items import Anomaly, Body, Broken, Complete, Request, Response
from tests.protocols.reading import C2S, S2C, Said, content, cuts_of, found, kinds, merged, of

GET = b"GET /a?b HTTP/1.1\r\nHost: A.test:443\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
POST = b"POST /up HTTP/1.1\r\nHost: a.test\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNKS = b"5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: 1\r\n\r\n"
ZIPPED = gzip.compress(b"hello " * 40)
CODED = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(ZIPPED) + ZIPPED
SESSION: Said = (
    (C2S, b"\r\n" + GET + POST + CHUNKS + b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + GET),
    (S2C, b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n" + OK[:-2] + CODED))


def test_requests_and_responses_find_each_other() -> None:
    items = found(SESSION)
    requests, responses = of(Request, items), of(Response, items)
    assert [(one.exchange, one.method, one.target, one.host) for one in requests] == [
        (1, "GET", "/a?b", "a.test"), (2, "POST", "/up", "a.test"), (3, "HEAD", "/", "a"), (4, "GET", "/a?b", "a.test")]
    assert [(one.exchange, one.status, one.request) for one in responses] == [
        (1, 200, requests[0]), (2, 204, requests[1]), (3, 200, requests[2]), (4, 200, requests[3])]
    assert [content(items, number, S2C) for number in range(1, 5)] == [b"hi", b"", b"", b"hello " * 40]
    assert content(items, 2, C2S) == b"hello world"
    assert [(one.direction, one.exchange) for one in of(Complete, items)] == [
        (way, number) for way in (C2S, S2C) for number in range(1, 5)]
    assert not kinds(items)


def test_items_lie_where_they_lie() -> None:
    stream = SESSION[0][1]
    items = found(SESSION[:1])
    head = of(Request, items)[1]
    assert stream[head.start:head.end] == POST
    assert b"".join(stream[one.start:one.end] for one in of(Body, items)) == b"hello world"
    assert [one.end for one in of(Complete, items)][1] == stream.index(b"HEAD /")


@given(cuts_of(SESSION))
def test_no_cut_changes_what_is_found(cuts: list[int]) -> None:
    assert merged(found(SESSION, cuts)) == merged(found(SESSION))


def test_content_without_a_length_ends_with_the_stream() -> None:
    said = [(C2S, GET), (S2C, b"HTTP/1.0 200 OK\r\n\r\nall the rest")]
    items = found(said)
    assert content(items, 1, S2C) == b"all the rest"
    assert isinstance(items[-1], Complete)
    assert not of(Complete, found(said, end=False))[1:]


def test_a_message_cut_off_is_broken_off() -> None:
    items = found([(C2S, GET), (S2C, OK[:-1])])
    assert isinstance(items[-1], Broken)
    assert items[-1].exchange == 1


@pytest.mark.parametrize(("head", "kind", "lost"), [
    (b"Content-Length: 3\r\nTransfer-Encoding: chunked", "smuggling", False),
    (b"Transfer-Encoding: chunked\r\nContent-Length: 3", "smuggling", False),
    (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "smuggling", True),
    (b"Transfer-Encoding: xchunked", "smuggling", True),
    (b"Transfer-Encoding: \x0bchunked", "smuggling", True),
    (b"Transfer-Encoding: chunked, chunked", "smuggling", False),
    (b"Transfer-Encoding : chunked", "smuggling", False),
    (b"X: y\r\n Transfer-Encoding: chunked", "smuggling", False),
    (b"Content-Length: 3\r\nContent-Length: 3", "smuggling", False),
    (b"Content-Length: 3\r\nContent-Length: 4", "smuggling", True),
    (b"Content-Length: 3, 4", "smuggling", True),
    (b"Content-Length: +3", "smuggling", True),
    (b"Content-Length: 99999999999999999999", "smuggling", True),
    (b"X: a\rb", "smuggling", False),
    (b"X: a\nY: b", "smuggling", False),
    (b"X: a\0b", "smuggling", False),
    (b"X\x01: a", "smuggling", False),
    (b"no colon", "malformed", False),
    (b"Host: other.test", "host", False)])
def test_what_two_readers_may_take_for_different_things(head: bytes, kind: str, lost: bool) -> None:
    items = found([(C2S, b"POST / HTTP/1.1\r\nHost: a.test\r\n" + head + b"\r\n\r\n")], end=False)
    odd = of(Anomaly, items)
    assert kind in kinds(items)
    assert any(one.lost for one in odd) is lost
    assert of(Request, items)


@pytest.mark.parametrize(("data", "kind"), [
    (b"GET http://a.test/ HTTP/1.1\r\nHost: b.test\r\n\r\n", "host"),
    (b"GET / HTTP/1.1\r\n\r\n", "malformed"),
    (b"GET / HTTP/1.1\nHost: a\n\n", "smuggling"),
    (b"GET / HTTP/1.3\r\nHost: a\r\n\r\n", "malformed"),
    (POST + b"3\nabc\r\n0\r\n\r\n", "smuggling"),
    (POST + b"3;a\rb\r\nabc\r\n0\r\n\r\n", "smuggling"),
    (POST + b"3 \r\nabcX", "smuggling"),
    (POST + b"3\r\nabc\n0\r\n\r\n", "smuggling"),
    (POST + b"-3\r\nabc", "smuggling"),
    (POST + b"11111111111111111\r\nabc", "smuggling"),
    (POST + b"0x3\r\nabc", "smuggling"),
    (POST + b"3".ljust(LONGEST_CHUNK_LINE + 1), "smuggling"),
    (POST + b"0\r\nGET / HTTP/1.1\r\n", "smuggling"),
    (GET + b"\0\1\2\r\n\r\n", "malformed"),
    (b"GET / HTTP/1.1\r\nX: ".ljust(LONGEST_HEAD + 1, b"x"), "oversized"),
    (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"a:b\r\n" * MOST_LINES + b"\r\n", "oversized"),
    ((b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 1000 + b"\r\n\r\n") * (MOST_OUTSTANDING // 1000), "flood")])
def test_shapes_of_smuggling(data: bytes, kind: str) -> None:
    assert kind in kinds(found([(C2S, data)], end=False))


@pytest.mark.parametrize("target", [b"/caf\xc3\xa9", b"/a b", b"/<script>"])
def test_a_target_that_llhttp_refuses_is_read_all_the_same(target: bytes) -> None:
    items = found([(C2S, b"GET " + target + b" HTTP/1.1\r\nHost: a\r\n\r\n")])
    assert [one.target for one in of(Request, items)] == [target.decode("latin-1")]


@pytest.mark.parametrize("cuts", [(), (3, 9), range(1, 40)])
def test_a_request_of_one_line_is_read(cuts: range) -> None:
    items = found([(C2S, b"GET /?id=1'or'1\r\nHost: a\r\n\r\n")], cuts)
    assert [(one.version, one.target) for one in of(Request, items)] == [("0.9", "/?id=1'or'1")]
    assert kinds(items)[0] == "malformed"


def test_white_space_before_a_request_is_overlooked() -> None:
    assert [one.target for one in of(Request, found([(C2S, b" \t" + GET)]))] == ["/a?b"]


def test_an_unknown_method_is_nothing_odd() -> None:
    items = found([(C2S, b"FROB / HTTP/1.1\r\nHost: a\r\n\r\n")])
    assert of(Request, items)
    assert not kinds(items)


def test_an_answer_to_nothing_is_told() -> None:
    assert kinds(found([(C2S, GET), (S2C, OK + OK)])) == ["unasked"]


def test_nothing_is_read_behind_connect_once_it_is_accepted() -> None:
    connect = b"CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n"
    conversation = Conversation()
    conversation.read(C2S, connect)
    assert of(Response, conversation.read(S2C, b"HTTP/1.1 200 Go\r\n\r\n\x16\x03"))
    assert conversation.protocol == "TUNNEL"
    assert not conversation.reads
    assert conversation.read(C2S, GET) == ()
    refused = found([(C2S, connect), (S2C, OK.replace(b"200", b"405")), (C2S, GET)])
    assert [one.method for one in of(Request, refused)] == ["CONNECT", "GET"]


def test_bytes_that_do_not_wait_for_another_protocol_are_told() -> None:
    upgrade = b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: other\r\nConnection: upgrade\r\n\r\n"
    assert kinds(found([(C2S, upgrade + GET), (S2C, b"HTTP/1.1 101 Go\r\nUpgrade: other\r\n\r\n")])) == ["smuggling"]


@pytest.mark.parametrize(("said", "exchange", "passed", "told"), [
    ([(C2S, GET)], 1, 0, True),
    ([(C2S, GET + GET)], 2, 0, False),  # the first one's response is to come
    ([(C2S, GET + GET), (S2C, OK)], 2, len(OK), True),
    ([(C2S, GET + GET), (S2C, OK)], 2, 0, False),  # that has been read, but the client has not got it
    ([(C2S, GET), (S2C, OK)], 1, 0, True),  # the whole response is held back
    ([(C2S, GET), (S2C, OK)], 1, 1, False),
    ([(C2S, GET), (S2C, b"HTTP/1.1 1")], 1, 10, False)])
def test_a_page_comes_where_the_response_would(said: Said, exchange: int, passed: int, told: bool) -> None:
    conversation = Conversation()
    for direction, data in said:
        conversation.read(direction, data)
    page = conversation.page(exchange, "no <b>way</b>", passed=passed)
    assert (page is not None) is told
    if page is not None:
        read = HTTPResponse(_Socket(page))  # type: ignore[arg-type]  # all that it asks of a socket
        read.begin()
        assert (read.status, read.read()) == (403, b"no <b>way</b>")


def test_a_page_for_a_head_request_is_its_head_and_a_redirection_names_the_place() -> None:
    conversation = Conversation()
    conversation.read(C2S, b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
    page = conversation.page(1, "no", location="https://b.test/\r\nX: y", passed=0) or b""
    assert page.startswith(b"HTTP/1.1 302 Found\r\n")
    assert b"\r\nLocation: https://b.test/ X: y\r\n" in page
    assert page.endswith(b"\r\n\r\n")


def test_content_that_nobody_wants_is_passed_over() -> None:
    conversation = Conversation()
    conversation.read(C2S, GET)
    conversation.bodies = False
    items = list(conversation.read(S2C, OK))
    conversation.bodies = True
    items += [*conversation.read(C2S, GET), *conversation.read(S2C, OK)]
    assert [one.exchange for one in of(Body, items)] == [2]
    assert conversation.boundary(S2C) == 2 * len(OK)


def test_one_message_may_be_left_alone() -> None:
    conversation = Conversation()
    conversation.read(C2S, GET + GET)
    items = list(conversation.read(S2C, OK[:-1]))
    conversation.leave(1, S2C)
    items += conversation.read(S2C, OK[-1:] + OK)
    assert [content(items, number, S2C) for number in (1, 2)] == [b"h", b"hi"]
    assert [one.exchange for one in of(Complete, items)] == [1, 2]


@pytest.mark.parametrize("coded", [False, True])
def test_what_remains_of_a_long_content_may_be_passed_over(coded: bool) -> None:
    data = bytes(range(256)) * 40
    coding = b"Content-Encoding: gzip\r\n" if coded else b""
    stream = b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n" % (coding, len(data)) + data
    conversation = Conversation()
    conversation.read(C2S, GET + GET)
    assert conversation.remaining(S2C) == 0
    conversation.read(S2C, stream[:1000])
    rest = conversation.remaining(S2C)
    assert rest == len(stream) - 1001
    conversation.skip(S2C, rest)
    assert conversation.remaining(S2C) == 0
    assert [(type(one), one.end) for one in conversation.read(S2C, stream[-1:])] == [(Complete, len(stream))]
    assert content(conversation.read(S2C, OK), 2, S2C) == b"hi"
    assert conversation.boundary(S2C) == len(stream) + len(OK)


class _Socket:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _: str) -> io.BytesIO:
        return io.BytesIO(self._data)


NAMES = st.sampled_from(["X-A", "accept", "COOKIE", "x_y", "Via"])
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=12)
FIELDS = st.lists(st.tuples(NAMES, VALUES), max_size=4)
TARGETS = st.text(st.sampled_from("/ab?=&%20.-~"), max_size=10).map(lambda text: "/" + text)


@st.composite
def messages(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A request and its response as a well-meaning program writes them, with h11."""
    client, server = h11.Connection(h11.CLIENT), h11.Connection(h11.SERVER)
    data = draw(st.binary(max_size=40))
    framing = draw(st.sampled_from([[("Content-Length", str(len(data)))], [("Transfer-Encoding", "chunked")]]))
    asked = _said(client, h11.Request(method=draw(st.sampled_from(["POST", "PUT", "FROB"])), target=draw(TARGETS),
                                      headers=[("Host", "a.test"), *draw(FIELDS), *framing]), data)
    server.receive_data(asked)
    while server.their_state is not h11.DONE:
        server.next_event()
    response = h11.Response(status_code=draw(st.sampled_from([200, 404, 500])), headers=[*draw(FIELDS), *framing])
    return asked, _said(server, response, data)


def _said(connection: h11.Connection, head: Any, data: bytes) -> bytes:
    return b"".join(connection.send(event) or b"" for event in (head, h11.Data(data=data), h11.EndOfMessage()))


@given(st.lists(messages(), min_size=1, max_size=3))
def test_it_reads_what_h11_writes_as_h11_and_python_do(exchanges: list[tuple[bytes, bytes]]) -> None:
    items = found([(C2S, b"".join(asked for asked, _ in exchanges)), (S2C, b"".join(answer for _, answer in exchanges))])
    assert not kinds(items)
    for number, (asked, answer) in enumerate(exchanges, 1):
        reader = h11.Connection(h11.SERVER)
        reader.receive_data(asked)
        event = reader.next_event()
        request, response = (next(one for one in of(kind, items) if one.exchange == number) for kind in (Request, Response))
        assert isinstance(event, h11.Request)
        assert (request.method, request.target) == (event.method.decode(), event.target.decode())
        assert [(name.encode(), value.encode()) for name, value in request.headers] == list(event.headers)
        peer = HTTPResponse(_Socket(answer))  # type: ignore[arg-type]
        peer.begin()
        assert response.status == peer.status
        assert [(name.lower(), value) for name, value in peer.getheaders()] == list(response.headers)
        assert content(items, number, S2C) == peer.read() == content(items, number, C2S)


def test_interim_responses_without_end_are_a_flood() -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\n\r\n"
    assert kinds(found([(C2S, GET), (S2C, interim * MOST_INTERIM + OK)])) == []
    assert kinds(found([(C2S, GET), (S2C, interim * (MOST_INTERIM + 1) + OK)])) == ["flood"]
