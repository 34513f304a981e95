"""A server's answer to a request of which something is held back waits with it."""

import hpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.session import Direction
from nf.inspection.early_answers import MOST_WAITING
from nf.inspection.inspection import Inspection
from nf.inspection.passage import Passage
from nf.protocols.http2_frames import END_HEADERS, END_STREAM, PREFACE, Kind, write
from nf.protocols.items import Body
from nf.services import PERMIT, Block, Opinion, Page, Piece, Service, Verdict
from nf.services.asking import Answer
from tests.tls.hello_bytes import pieces

C2S, S2C = Direction.C2S, Direction.S2C
ASK = b"POST /%d HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\n\r\n"
SAY = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n%d..."
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Keeper(Service):
    """Holds the content of what clients send until it is told what to make of that."""

    reads = bodies = True

    def __init__(self) -> None:
        self._from: int | None = None
        self._exchange = 0

    def inspect(self, piece: Piece) -> Opinion:
        for item in piece.items:
            if isinstance(item, Body) and item.direction is C2S:
                self._from = item.start if self._from is None else self._from
                self._exchange = item.exchange
        return PERMIT if self._from is None else Opinion(Verdict.HOLD, upto={C2S: self._from})

    def answer(self, answer: Answer) -> Opinion:
        self._from = None
        return Opinion(Verdict.BLOCK, block=Block("no", Page(self._exchange, "no"))) if answer.fault else PERMIT


class Session:
    """What has passed so far, and whether the server is read."""

    def __init__(self) -> None:
        self.inspection, self.passed, self.page, self.reads_server = Inspection((Keeper(),)), {C2S: b"", S2C: b""}, b"", True

    def say(self, direction: Direction, *data: bytes) -> "Session":
        for piece in data:
            self.take(self.inspection.receive(direction, piece))
        return self

    def rule(self, *, good: bool) -> "Session":
        return self.take(self.inspection.answer(0, Answer(1, fault="" if good else "failed")))

    def take(self, passage: Passage) -> "Session":
        assert not passage.mishaps
        for direction, data in passage.data:
            self.passed[direction] += data
        self.page += passage.page
        self.reads_server = self.reads_server if passage.pause is None else S2C not in passage.pause
        return self


CUTS = st.lists(st.integers(1, 200), max_size=4)


@given(CUTS, CUTS, st.booleans())
def test_it_waits_and_those_before_it_do_not(asks: list[int], says: list[int], good: bool) -> None:
    session = Session().say(C2S, ASK % 1 + b"1...").rule(good=True).say(C2S, *pieces(ASK % 2 + b"2...", asks))
    session.say(S2C, *pieces(SAY % 1 + CONTINUE, says), SAY % 2)
    assert session.passed == {C2S: ASK % 1 + b"1..." + ASK % 2, S2C: SAY % 1 + CONTINUE}
    if good:
        session.rule(good=True)
        assert session.passed == {C2S: ASK % 1 + b"1..." + ASK % 2 + b"2...", S2C: SAY % 1 + CONTINUE + SAY % 2}
        assert not session.inspection.holding
    else:
        assert session.rule(good=False).page.startswith(b"HTTP/1.1 403 ")


def test_what_was_held_before_does_not_matter_later() -> None:
    session = Session().say(C2S, ASK % 1 + b"1...").rule(good=True).say(C2S, ASK % 2 + b"2...").say(S2C, SAY % 1)
    assert session.passed[S2C] == SAY % 1


def test_nothing_waits_for_who_has_ended() -> None:
    session = Session().say(C2S, ASK % 1 + b"1...").say(S2C, SAY % 1)
    assert session.passed[S2C] == b""
    passage = session.inspection.end(S2C, 0.0)
    assert (passage.data, passage.finished) == (((S2C, SAY % 1),), (S2C,))


def test_a_long_one_is_read_no_further() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n"
    session = Session().say(C2S, ASK % 1 + b"1...").say(S2C, head, bytes(MOST_WAITING - len(head)))
    assert session.reads_server
    assert not session.say(S2C, b"1").reads_server
    session.rule(good=True)
    assert session.reads_server
    assert len(session.passed[S2C]) == MOST_WAITING + 1


@pytest.mark.parametrize("reset", [b"", write(Kind.RST_STREAM, 0, 1, bytes(4))])
def test_in_http2_the_frames_before_it_pass(reset: bytes) -> None:
    asked = [(":method", "POST"), (":scheme", "https"), (":authority", "a.test"), (":path", "/")]
    sent = PREFACE + write(Kind.SETTINGS, 0, 0, b"") + write(Kind.HEADERS, END_HEADERS, 1, hpack.Encoder().encode(asked))
    session = Session().say(C2S, sent, write(Kind.DATA, END_STREAM, 1, b"bad"))
    settings = write(Kind.SETTINGS, 0, 0, b"")
    said = write(Kind.HEADERS, END_HEADERS | END_STREAM, 1, hpack.Encoder().encode([(":status", "405")]))
    session.say(S2C, settings + said + reset)
    assert session.passed[S2C] == settings
    page = session.rule(good=False).page
    assert page[3] == Kind.HEADERS
    assert b"no" in page
