"""A policy with everything in it, and whatever passes: nothing raises, and no cut changes the outcome."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hwmodel.session import Direction
from nf.services.asking import Ask
from tests.services.utm.sessions import C2S, CUSTOM, FEATURE, S2C, UTM, Box, Session, request, response
from tests.tls.hello_bytes import pieces

POLICY = "".join(f"{UTM}utm-policy u {words}\n" for words in (
    "web-filtering http-profile w", "content-filtering http-profile c", "content-filtering smtp-profile c",
    "anti-virus http-profile v", "anti-virus smtp-profile v", "anti-spam smtp-profile s")) + f"""
{FEATURE}web-filtering juniper-enhanced profile w category Bad action block
{FEATURE}web-filtering juniper-enhanced profile w site-reputation-action harmful quarantine
{FEATURE}content-filtering profile c block-content-type exe
{FEATURE}content-filtering profile c block-command verbs
{CUSTOM}protocol-command verbs value [ PUT EXPN ]
{FEATURE}anti-virus profile v fallback-options default permit
{FEATURE}anti-spam sbl profile s spam-action tag-subject
{FEATURE}anti-spam sbl profile s address-blacklist bad
"""
BOX = Box(POLICY)
PARTS = st.one_of(st.binary(min_size=1, max_size=40), st.sampled_from([
    request("/x", "a.bad.test"), request("/y", "ok.test"), request("/", "malware.test"), request("/", method="PUT", body=b"x"),
    request("/", method="POST", body=b"a=b"), b"EHLO c\r\nMAIL FROM:<a@x.bad.test>\r\nDATA\r\n",
    b"Subject: x\r\n\r\nhello\r\n.\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00"]))
ANSWERS = st.one_of(st.binary(min_size=1, max_size=40), st.sampled_from([
    response(b"plain"), response(b"MZ" + bytes(70)), b"HTTP/1.1 200 OK\r\n\r\nto the end", b"HTTP/1.1 304 Not Modified\r\n\r\n",
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", b"220 mail.test ESMTP\r\n", b"250 ok\r\n",
    b"354 go on\r\n", b"HTTP/1.1 101 Other\r\nupgrade: x\r\n\r\n"]))
FIRST = st.sampled_from([request("/x", "ok.test"), request("/y", "a.bad.test"), b"EHLO c\r\n", b"\x00\x01\x02"])
REST = st.lists(st.one_of(st.tuples(st.just(C2S), PARTS), st.tuples(st.just(S2C), ANSWERS)), max_size=6)
STREAM = st.builds(lambda first, rest: [(C2S, first), *rest], FIRST, REST)  # who speaks HTTP before it is asked is no server


def life(stream: list[tuple[Direction, bytes]], cuts: list[int], verdict: bytes) -> tuple[object, ...]:
    """Clamd answers for every file that is whole after each part of the stream, and after both have ended."""
    session, answered = BOX.session(), 0
    for way, part in (*stream, (C2S, b""), (S2C, b"")):
        if session.seen.block is None and part:
            session.pass_on((way, piece) for piece in pieces(part, cuts))
        elif session.seen.block is None:
            session.end(way)
        whole = [ask for ask in session.seen.asks if ask.data == bytes(4)]
        for ask in whole[answered:]:
            answered += 1
            if session.seen.block is None:
                session.answer(verdict, number=ask.number)
    session.finish()
    passed = None if session.seen.block else (session.seen.passed, _asked(session))
    return session.seen.block, session.seen.records, passed


def _asked(session: Session) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for ask in session.seen.asks:
        found[ask.number] = found.get(ask.number, b"") + _content(ask)
    return found


def _content(ask: Ask) -> bytes:
    """What a chunk carries; the next may be joined to it in another cut."""
    return ask.data.removeprefix(b"zINSTREAM\0")[4:]


@settings(max_examples=300)
@given(stream=STREAM, cuts=st.lists(st.integers(0, 200), max_size=6),
       verdict=st.sampled_from([b"stream: OK\0", b"stream: V FOUND\0", b"x ERROR\0"]))
def test_nothing_raises_and_no_cut_changes_the_outcome(
        stream: list[tuple[Direction, bytes]], cuts: list[int], verdict: bytes) -> None:
    assert life(stream, cuts, verdict) == life(stream, [], verdict)
