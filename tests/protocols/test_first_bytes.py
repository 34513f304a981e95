"""What the first bytes of a stream say, and that no cut of the stream changes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.protocols.first_bytes import HTTP, HTTP2, LONGEST_REQUEST_LINE, UNKNOWN, Identified, first_request, identify

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
STREAMS = st.one_of(
    st.binary(max_size=80),
    st.lists(st.sampled_from([b"GET", b" ", b"/", b"HTTP/1.1", b"\r", b"\n", b"\r\n", b"?", b"x" * 33, PREFACE,
                              b"\xff"]), max_size=12).map(b"".join),
    st.integers(0, len(PREFACE)).map(lambda cut: PREFACE[:cut] + b"x"),
    st.integers(LONGEST_REQUEST_LINE - 20, LONGEST_REQUEST_LINE + 5).map(
        lambda length: b"GET /".ljust(length - 11, b"x") + b" HTTP/1.1\r\n"))


@pytest.mark.parametrize(("data", "request_line"), [
    (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1"),
    (b"POST http://a.test/form HTTP/1.0\n", "POST http://a.test/form HTTP/1.0"),
    (b"CONNECT a.test:443 HTTP/1.1\r\n", "CONNECT a.test:443 HTTP/1.1"),
    (b"M-SEARCH * HTTP/1.1\r\n", "M-SEARCH * HTTP/1.1"),
    (b"\r\nGET / HTTP/1.1\r\n", "GET / HTTP/1.1")])
def test_request_line_makes_it_http(data: bytes, request_line: str) -> None:
    assert identify(data) == Identified(HTTP, request_line)


def test_what_a_query_holds_is_not_repeated() -> None:
    assert identify(b"GET /find?token=s3cret?x HTTP/1.1\r\n") == Identified(HTTP, "GET /find HTTP/1.1")


def test_connection_preface_is_http2_at_its_last_byte() -> None:
    assert [identify(PREFACE[:length]) for length in range(len(PREFACE))] == [None] * len(PREFACE)
    assert identify(PREFACE + b"\x00\x00\x12\x04") == Identified(HTTP2)


@pytest.mark.parametrize("data", [
    b"\x16\x03\x01", b"SSH-2.0-OpenSSH_9.2\r\n", b"GET /\r\n", b"GET / HTTP/2.0\r\n", b"GET / HTTP/1.1 \r\n", b"\n",
    b"GET  / HTTP/1.1\r\n", b"GET /\x00 HTTP/1.1\r\n", b"GET /\xc3\xa4 HTTP/1.1\r\n", b"x" * 33, b"G(T",
    b"PRI * HTTP/2.0\r\nX", b"\r\n\r\nGET / HTTP/1.1\r\n"])
def test_anything_else_is_unknown_at_once(data: bytes) -> None:
    assert identify(data) == Identified(UNKNOWN)


@pytest.mark.parametrize("data", [b"", b"G", b"GET ", b"GET /a HTTP/1.1", b"\r", b"\r\n", b"x" * 32])
def test_beginnings_do_not_tell(data: bytes) -> None:
    assert identify(data) is None


def test_longest_request_line_is_read_and_no_longer_one() -> None:
    longest = b"GET /".ljust(LONGEST_REQUEST_LINE - 11, b"x") + b" HTTP/1.1\n"
    assert len(longest) == LONGEST_REQUEST_LINE - 1
    assert identify(longest[:-1]) is None
    assert identify(longest) == Identified(HTTP, longest[:-1].decode())
    assert identify(b"GET /".ljust(LONGEST_REQUEST_LINE, b"x")) == Identified(UNKNOWN)


@given(STREAMS)
def test_more_bytes_never_change_an_answer(stream: bytes) -> None:
    final = identify(stream)
    cuts = {*range(min(len(stream), 60)), *range(max(0, len(stream) - 30), len(stream))}
    answers = {identify(stream[:cut]) for cut in cuts} - {None}
    assert answers <= {final}


@pytest.mark.parametrize(("header", "host"), [
    ("Host: a.test", "a.test"), ("Accept: */*\r\nhOsT:WWW.A.test.:8443 ", "www.a.test"),
    ("Host: [2001:DB8::1]:443", "2001:db8::1"),
    ("Accept: */*", ""), ("X-Host: a.test", ""), ("Host: a b", ""), ("Host: a.test\x00", ""), ("Host:", ""),
    ("X: 1\r\n\r\nHost: body.test", "")])
def test_the_host_that_a_request_is_for(header: str, host: str) -> None:
    request = first_request(f"GET / HTTP/1.1\r\n{header}\r\n\r\n".encode())
    assert request is not None
    assert request.host == host


def test_a_header_without_end_is_given_up() -> None:
    endless = b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * LONGEST_REQUEST_LINE
    assert first_request(endless[:LONGEST_REQUEST_LINE - 1]) is None
    request = first_request(endless)
    assert request is not None
    assert request.host == ""


HEADERS = st.lists(st.sampled_from([b"Host: a.test", b"host: b.test:1", b"X: y", b"\r\n", b"\n", b" ", b"\xff"]), max_size=9)


@given(HEADERS.map(b"".join))
def test_more_bytes_never_change_a_request(rest: bytes) -> None:
    whole = b"GET / HTTP/1.1\r\n" + rest
    assert {first_request(whole[:cut]) for cut in range(len(whole))} - {None} <= {first_request(whole)}
