"""ICAP as bytes: what servers say is read alike however it comes, and is ICAP or an error."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.session import Direction
from nf.protocols.encapsulated import Adapted, content_length, expects_body, request_head, response_head
from nf.protocols.icap import Content, End, Event, Head, IcapError, Reader, chunk, request
from nf.protocols.icap_options import Options
from nf.protocols.items import Headers, Request, Response

HTTP = b"HTTP/1.1 200 OK\r\nX: y\r\n\r\n"
OK = (b"ICAP/1.0 200 OK\r\nISTag: \"a\"\r\nX-Violations-Found: 1\r\n\tfile\r\nEncapsulated: res-hdr=0, res-body=%d\r\n\r\n"
      % len(HTTP)) + HTTP
ANSWERS = b"ICAP/1.0 100 Continue\r\n\r\n" + OK + chunk(b"abc") + chunk(b"def" * 50) + b"0; use-original-body=7\r\n\r\n"
ANSWERS += b"ICAP/1.0 204 No Content\r\n\r\n"


def read(*pieces: bytes) -> list[Event]:
    """Events, neighbouring content joined."""
    reader, found = Reader(), list[Event]()
    for piece in pieces:
        for event in reader.read(piece):
            last = found[-1] if found else None
            if isinstance(event, Content) and isinstance(last, Content):
                found[-1] = Content(last.data + event.data)
            else:
                found.append(event)
    return found


def test_the_parts_of_a_response() -> None:
    going_on, head, content, end, unchanged, last = read(ANSWERS)
    assert isinstance(going_on, Head)
    assert going_on.status == 100
    assert isinstance(head, Head)
    assert (head.status, head.holds, head.http, head.has_body) == (200, "res", HTTP, True)
    assert head.value("x-violations-found") == "1 file"
    assert content == Content(b"abc" + b"def" * 50)
    assert end == End(7)
    assert isinstance(unchanged, Head)
    assert (unchanged.status, last) == (204, End())


@given(st.lists(st.integers(0, len(ANSWERS)), max_size=10))
def test_no_cut_changes_what_is_read(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(ANSWERS)]
    assert read(*(ANSWERS[edges[at]:edges[at + 1]] for at in range(len(edges) - 1))) == read(ANSWERS)


@given(st.binary(max_size=200) | st.tuples(st.just(OK), st.binary(max_size=80)).map(b"".join))
def test_any_bytes_are_icap_or_an_error(data: bytes) -> None:
    with suppress(IcapError):
        read(data)


@pytest.mark.parametrize(("encapsulated", "http"), [
    ("res-hdr=0, res-body=4", b"abcd"), ("req-hdr=0, res-hdr=2, res-body=4", b"cd"), ("res-hdr=0, null-body=4", b"abcd")])
def test_the_last_head_is_what_the_server_has_made(encapsulated: str, http: bytes) -> None:
    head = read(f"ICAP/1.0 200 OK\r\nEncapsulated: {encapsulated}\r\n\r\nabcd".encode())[0]
    assert isinstance(head, Head)
    assert head.http == http


@pytest.mark.parametrize("encapsulated", [
    "res-body=0, res-hdr=4", "res-hdr=4, res-body=0", "res-hdr=1, res-body=4", "res-hdr=0", "x=0", "res-hdr=0, res-body=99999"])
def test_sections_that_make_no_sense(encapsulated: str) -> None:
    with pytest.raises(IcapError, match="Encapsulated"):
        read(f"ICAP/1.0 200 OK\r\nEncapsulated: {encapsulated}\r\n\r\n".encode())


def options(*lines: str) -> Options:
    head = read("\r\n".join(["ICAP/1.0 200 OK", *lines, "", ""]).encode())[0]
    assert isinstance(head, Head)
    return Options.of(head)


def test_options_as_servers_state_them() -> None:
    found = options("Methods: RESPMOD, REQMOD", 'ISTag: "CI-1"', "Preview: 1024", "Allow: 204, 206", "Options-TTL: 3600",
                    "Max-Connections: 9", "Transfer-Preview: *", "Transfer-Ignore: JPG, png", "Transfer-Complete: exe")
    assert (found.methods, found.istag, found.ttl, found.most) == ({"REQMOD", "RESPMOD"}, "CI-1", 3600.0, 9)
    assert (found.previews("html"), found.previews("exe")) == (1024, None)
    assert (found.ignores("jpg"), found.ignores("exe")) == (True, False)


def test_options_that_say_little_or_nonsense() -> None:
    assert options() == Options()
    assert Options().previews("html") is None
    assert options("Preview: many", "Options-TTL: -1", "Max-Connections: 99999999999") == Options()
    assert options("Preview: 10", "Transfer-Ignore: *", "Transfer-Preview: zip").ignores("html")
    assert options("Options-TTL: 999999999").ttl == 86_400


def test_a_request_says_where_its_parts_begin() -> None:
    said = request("RESPMOD", "icap://h/x", "h", [("Allow", "204")], http=[("req-hdr", b"12345"), ("res-hdr", b"678")],
                   body="res-body")
    assert said == (b"RESPMOD icap://h/x ICAP/1.0\r\nHost: h\r\nAllow: 204\r\n"
                    b"Encapsulated: req-hdr=0, res-hdr=5, res-body=8\r\n\r\n12345678")


def asked(method: str = "GET", target: str = "/a", headers: Headers = (("host", "h"),)) -> Request:
    return Request(Direction.C2S, 0, 1, 1, "1.1", method, target, "h", headers)


def answered(status: int, headers: Headers = (), method: str = "GET") -> Response:
    return Response(Direction.S2C, 0, 1, 1, "1.1", status, "OK", headers, asked(method))


def test_what_is_for_the_next_hop_stays_behind() -> None:
    headers = (("host", "h"), ("connection", "close"), ("te", "trailers"), ("cookie", "c"), ("transfer-encoding", "chunked"))
    assert request_head(asked("POST", headers=headers), "https") == (
        b"POST https://h/a HTTP/1.1\r\nHost: h\r\nCookie: c\r\n\r\n")
    assert response_head(answered(200, (("content-length", "5"), ("keep-alive", "x")))) == (
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")


@pytest.mark.parametrize(("item", "expected"), [
    (asked(), False), (asked(headers=(("content-length", "0"),)), False), (asked(headers=(("content-length", "3"),)), True),
    (asked(headers=(("transfer-encoding", "chunked"),)), True), (answered(200), True), (answered(204), False),
    (answered(304, (("content-length", "9"),)), False), (answered(200, (("content-length", "9"),), "HEAD"), False)])
def test_which_messages_have_content(item: Request | Response, expected: bool) -> None:
    assert expects_body(item) is expected


def test_how_long_content_will_be() -> None:
    assert content_length(answered(200, (("content-length", "12"),))) == 12
    assert content_length(answered(200)) is None
    assert content_length(answered(200, (("content-length", "1" * 30),))) is None


def test_what_a_server_has_made_goes_on_with_the_original_connection() -> None:
    head = Adapted.read("res", b"HTTP/1.0 403 No\r\nConnection: close\r\nContent-Length: 99\r\nX: y\r\n\r\n")
    original = (("connection", "keep-alive"), ("x", "z"))
    assert head.written(original, 5) == b"HTTP/1.1 403 No\r\nX: y\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\n"
    assert b"Transfer-Encoding: chunked" in head.written((), None)
    assert b"Content-Length: 99" in head.written((), 0, bodiless=True)


def test_a_request_keeps_version_and_form() -> None:
    adapted = Adapted.read("req", b"GET https://h/b?c HTTP/1.1\r\nHost: h\r\n\r\n")
    assert adapted.asking(asked()).first == "GET /b?c HTTP/1.1"
    old = Request(Direction.C2S, 0, 1, 1, "1.0", "GET", "http://h/a", "h", ())
    assert adapted.asking(old).first == "GET https://h/b?c HTTP/1.0"


@pytest.mark.parametrize(("kind", "head"), [
    ("res", b"HELLO\r\n"), ("res", b"GET / HTTP/1.1\r\n"), ("req", b"HTTP/1.1 200 OK\r\n"),
    ("req", b"GET /a b HTTP/1.1\r\n"), ("res", b"HTTP/1.1 200 OK\r\nno header\r\n")])
def test_what_is_no_http_is_refused(kind: str, head: bytes) -> None:
    with pytest.raises(IcapError):
        Adapted.read(kind, head)
