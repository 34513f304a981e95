"""Messages of real HTTP through real inspection: what passes is what the server has made of them."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.icap_server import CONTINUE, UNCHANGED, WHOLE, Asked, Machine, adapted, echo
from tests.services.icap.sessions import C2S, S2C, Session, fallback, profile

GET = b"GET /a.html HTTP/1.1\r\nHost: www.example.com\r\n\r\n"
POST = b"POST /form HTTP/1.1\r\nHost: www.example.com\r\nContent-Length: 40\r\n\r\n" + b"p" * 40
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 50\r\n\r\n" + b"h" * 50
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"19\r\n" + b"c" * 25 + b"\r\n5\r\nccccc\r\n0\r\n\r\n"
BIG = b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + b"b" * 300_000
ONE = "198.51.100.1"
TWO = "198.51.100.2"


def refuse(asked: Asked) -> bytes:
    return adapted(b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\n\r\n", b"no such thing here")


def pieces(data: bytes) -> list[bytes]:
    return [data[at:at + 16384] for at in range(0, len(data), 16384)]


def session(judge=echo, *, options: bytes | None = None, **said: object) -> Session:  # type: ignore[no-untyped-def]
    def machine() -> Machine:
        return Machine(judge) if options is None else Machine(judge, options)

    return Session({ONE: machine, TWO: machine}, **said)  # type: ignore[arg-type]


def test_what_a_server_does_not_mind_passes_as_it_came() -> None:
    one = session().client(GET, POST).server(PAGE, CHUNKED)
    assert one.passed == {C2S: GET + POST, S2C: PAGE + CHUNKED}
    assert not one.records
    assert one.block is None
    assert one.kept == 4 + 2  # OPTIONS of each method, and four messages


def test_nothing_of_a_message_passes_before_it_is_judged() -> None:
    one = session(is_deaf=True).client(POST[:20], POST[20:])
    assert one.passed[C2S] == b""
    one.hear()
    assert one.passed[C2S] == POST


def test_the_server_sees_the_message_and_its_ends() -> None:
    seen: list[Asked] = []

    def judge(asked: Asked) -> bytes:
        seen.append(asked)
        return UNCHANGED

    session(judge).client(POST).server(CHUNKED)
    request, response = seen
    assert (request.method, response.method) == ("REQMOD", "RESPMOD")
    assert request.http.startswith(b"POST http://www.example.com/form HTTP/1.1\r\nHost: www.example.com\r\n")
    assert b"Transfer-Encoding" not in response.http
    assert (request.value(b"X-Client-IP"), request.value(b"X-Server-IP")) == (b"192.0.2.10", b"203.0.113.5")
    assert request.value(b"Preview") == b"16"
    assert request.body == b"p" * 16


def test_a_request_that_is_answered_ends_the_session_with_that_answer() -> None:
    one = session(refuse).client(POST)
    assert one.block is not None
    assert b" 403 " in one.page
    assert one.page.endswith(b"no such thing here")
    assert one.passed == {C2S: b"", S2C: b""}
    assert one.logged("action") == ["BLOCKED"]


def test_a_response_that_is_exchanged_leaves_the_session_alive() -> None:
    one = session(lambda asked: UNCHANGED if asked.method == "REQMOD" else refuse(asked)).client(GET).server(PAGE)
    head, _, body = one.passed[S2C].partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 403 Forbidden")
    assert b"Content-Length: 18" in head
    assert body == b"no such thing here"
    assert one.block is None
    assert one.logged("action") == ["BLOCKED"]
    one.client(GET)
    assert one.passed[C2S] == GET + GET


@pytest.mark.parametrize("target", [b"/other", b"http://www.example.com/other"])
def test_a_modified_request_goes_on(target: bytes) -> None:
    head = b"POST %b HTTP/1.1\r\nHost: www.example.com\r\n\r\n"
    one = session(lambda asked: adapted(head % target, b"masked", "req") if asked.is_whole else CONTINUE).client(POST)
    assert one.passed[C2S] == (head % b"/other")[:-2] + b"Content-Length: 6\r\n\r\nmasked"
    assert one.logged("action") == ["MODIFIED"]


def test_a_long_message_goes_through_while_the_server_answers() -> None:
    one = session(cut=16384).client(GET)
    for piece in pieces(BIG):
        one.server(piece)
        assert one.inspection._held[S2C].size < 170_000
    assert one.passed[S2C].endswith(b"\r\n0\r\n\r\n")
    assert one.passed[S2C].count(b"b") >= 300_000
    assert not one.records, "the same content is no modification"
    assert one.block is None


def test_while_a_server_thinks_no_more_is_read() -> None:
    one = session(is_deaf=True).client(GET)
    one.hear()
    one.is_deaf = True
    one.server(BIG[:70_000])
    assert one.paused == {S2C}
    one.hear()
    assert not one.paused


def test_nobody_can_hurry_a_verdict_by_what_they_send_behind() -> None:
    one = session(refuse, is_deaf=True).client(POST)
    for _ in range(1000):
        if C2S not in one.paused:
            one.client(GET * 100)
    assert one.paused == {C2S}
    one.hear()
    assert one.block is not None
    assert one.passed[C2S] == b""


def test_partial_content_keeps_the_rest_of_the_original() -> None:
    def judge(asked: Asked) -> bytes:
        if b"206" not in asked.value(b"Allow"):
            return UNCHANGED
        return adapted(b"HTTP/1.1 200 OK\r\n\r\n", b"banner ", status=b"206 Partial Content",
                       last=b"0; use-original-body=10\r\n\r\n")

    one = session(judge, profile=profile(redirect_request=False)).client(GET).server(PAGE)
    assert one.passed[S2C].endswith(b"\r\n\r\nbanner " + b"h" * 40)
    assert b"Content-Length: 47" in one.passed[S2C]


def test_the_whole_original_is_no_modification() -> None:
    same = adapted(b"HTTP/1.1 200 OK\r\nVia: x\r\n\r\n", b"", status=b"206 OK", last=b"0; use-original-body=0\r\n\r\n")
    one = session(lambda _: same, profile=profile(redirect_request=False)).client(GET).server(PAGE)
    assert one.passed[S2C].endswith(b"Content-Length: 50\r\n\r\n" + b"h" * 50)
    assert not one.records


@pytest.mark.parametrize(("word", "passes", "logs"), [("permit", True, 0), ("log-permit", True, 1), ("block", False, 1)])
def test_without_a_verdict_the_fallback_decides(word: str, passes: bool, logs: int) -> None:
    one = Session({ONE: None}, profile(fallback=fallback(word)))
    one.client(POST)
    assert (one.passed[C2S] == POST) is passes
    assert len(one.records) == logs
    assert (one.block is None) is passes
    assert passes or b"could not be checked" in one.page


@pytest.mark.parametrize("kind", ["timeout", "closed", "not-ready", "busy"])
def test_each_fault_has_its_own_fallback(kind: str) -> None:
    one = session(is_deaf=True, profile=profile(fallback=fallback("log-permit"))).client(GET)
    one.fault(kind)
    assert one.passed[C2S] == GET
    assert one.logged("action") == ["FALLBACK-PERMITTED"]


def test_a_connection_that_had_ended_is_asked_for_anew() -> None:
    one = session().client(GET)
    one.is_deaf = True
    one.client(POST)
    one.fault("closed", reused=True)
    one.hear()
    assert one.passed[C2S] == GET + POST
    assert not one.records


def test_the_next_server_judges_what_the_first_does_not() -> None:
    one = Session({ONE: None, TWO: lambda: Machine(refuse)}, profile(2)).client(GET)
    assert one.logged("server-name") == ["two"]
    assert one.block is not None
    again = Session({ONE: None, TWO: lambda: Machine(refuse)}, profile(2), one.standing)
    again.client(GET)
    assert one.standing.counters["P", "one", "connectivity"] == 1, "a server that has failed comes last for a while"


ODD = {
    "status": b"ICAP/1.0 500 Server error\r\n\r\n",
    "garbage": b"HTTP/1.1 200 OK\r\n\r\n",
    "no message": b"ICAP/1.0 200 OK\r\n\r\n",
    "endless head": b"ICAP/1.0 200 OK\r\n" + b"X: y\r\n" * 12_000,
    "bad section": b"ICAP/1.0 200 OK\r\nEncapsulated: x=1\r\n\r\n",
    "bad chunk": b"ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=19\r\n\r\nHTTP/1.1 200 OK\r\n\r\nzz\r\n",
    "no HTTP": b"ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=7\r\n\r\nHELLO\r\n0\r\n\r\n",
    "request for a response": adapted(b"GET / HTTP/1.1\r\n\r\n", b"", "req")}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
@pytest.mark.parametrize("cut", [1, 1 << 20])
def test_odd_answers_are_failures_of_the_server(odd: bytes, cut: int) -> None:
    one = session(lambda _: odd, cut=cut, profile=profile(fallback=fallback("log-permit"), redirect_request=False))
    one.client(GET).server(PAGE)
    assert one.passed[S2C] == PAGE
    assert one.logged("action") == ["FALLBACK-PERMITTED"]
    assert not one.mishaps


def test_a_server_that_breaks_off_in_its_answer_ends_the_session_when_too_much_is_gone() -> None:
    one = session(lambda asked: CONTINUE if not asked.is_whole else UNCHANGED).client(GET).server(*pieces(BIG[:200_000]))
    one.fault("closed")
    assert one.block is not None
    assert one.block.page is None
    assert len(one.passed[S2C]) == 0


def test_options_are_asked_once_and_again_when_the_istag_changes() -> None:
    asked: list[Asked] = []

    def judge(what: Asked) -> bytes:
        asked.append(what)
        return UNCHANGED.replace(b"one", b"two") if len(asked) == 3 else UNCHANGED

    one = session(judge, profile=profile(redirect_response=False))
    for _ in range(4):
        one.client(GET)
    assert one.standing.counters["P", "one", "OPTIONS"] == 2
    assert one.standing.counters["P", "one", "ISTag changed"] == 1


def test_options_run_out() -> None:
    one = session(profile=profile(redirect_response=False)).client(GET)
    one.now += 601
    one.client(GET)
    assert one.standing.counters["P", "one", "OPTIONS"] == 2


def test_a_client_that_waits_for_a_word_is_told_to_go_on() -> None:
    head, _, body = POST.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n").rpartition(b"\r\n\r\n")
    one = session().client(head + b"\r\n\r\n")
    assert one.passed == {C2S: b"", S2C: b"HTTP/1.1 100 Continue\r\n\r\n"}
    one.client(body)
    assert one.passed[C2S] == head + b"\r\n\r\n" + body


def test_interim_responses_pass_and_other_protocols_are_let_go() -> None:
    one = session().client(GET).server(b"HTTP/1.1 103 Early Hints\r\n\r\n")
    assert one.passed[S2C] == b"HTTP/1.1 103 Early Hints\r\n\r\n"
    two = session().server(b"SSH-2.0-x\r\n").client(b"SSH-2.0-y\r\n")
    assert two.passed == {S2C: b"SSH-2.0-x\r\n", C2S: b"SSH-2.0-y\r\n"}
    assert two.inspection.done


def test_a_body_without_length_is_judged_at_its_end() -> None:
    page = b"HTTP/1.0 200 OK\r\n\r\n" + b"z" * 100
    one = session(options=WHOLE).client(GET).server(page)
    assert one.passed[S2C] == b""
    one.end(S2C)
    assert one.passed[S2C].endswith(b"z" * 100)


def test_what_cannot_be_read_takes_the_fallback() -> None:
    bad = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
    assert session(profile=profile(fallback=fallback("block"))).client(bad).block is not None
    assert session(profile=profile(fallback=fallback("permit"))).client(bad).passed[C2S] == bad


def test_a_form_is_judged_as_a_whole() -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\n1234567890\r\n--x--\r\n'
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    head += b"Content-Length: %d\r\n\r\n" % len(form)
    seen: list[bytes] = []

    def judge(asked: Asked) -> bytes:
        seen.append(asked.body)
        return UNCHANGED

    one = session(judge, options=WHOLE).client(*(bytes([byte]) for byte in head + form), head + form)
    assert one.passed[C2S] == (head + form) * 2
    assert seen == [form, form]


def masked(asked: Asked) -> bytes:
    if not asked.is_whole:
        return CONTINUE
    if asked.method == "REQMOD":
        return UNCHANGED
    return adapted(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", asked.body.replace(b"h", b"H"))


STREAM = PAGE + CHUNKED + PAGE


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, len(STREAM) - 1), max_size=12), st.integers(1, 200))
def test_the_result_does_not_depend_on_how_the_bytes_are_cut(cuts: list[int], cut: int) -> None:
    whole = session(masked).client(GET * 3).server(STREAM)
    edges = [0, *sorted(set(cuts)), len(STREAM)]
    one = session(masked, cut=cut).client(GET[:9], GET[9:] + GET, GET)
    one.server(*(STREAM[start:end] for start, end in pairwise(edges)))
    assert one.passed == whole.passed
    assert one.logged("action") == whole.logged("action") == ["MODIFIED"] * 2
    assert not one.mishaps
