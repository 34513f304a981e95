"""However a session's bytes are cut, the same is found, told and ended."""

import gzip

from hypothesis import given, settings
from hypothesis import strategies as st

from hwmodel.session import Direction
from nf.policy.attacks import IdpAction
from nf.services import Verdict
from nf.services.idp.predefined import predefined
from tests.services.idp.carriers import EICAR
from tests.services.idp.samples import SAMPLES
from tests.services.idp.traffic import (
    Stream,
    by_rules,
    configured,
    detection,
    down,
    names,
    request,
    response,
    rule,
    session,
    show,
    up,
)
from tests.tls.hello_bytes import pieces

CUTS = st.lists(st.integers(0, 700), max_size=12)
RULES = """
alert tcp any any -> any any (content:"alpha"; content:"beta"; distance:2; within:12; content:!"gamma"; within:8; sid:1;)
alert tcp any any -> any any (msg:"deep"; content:"delta"; offset:5; depth:40; sid:2;)
alert http any any -> any any (msg:"body"; flow:to_server; http.request_body; content:"one"; content:!"two"; sid:3;)
alert http any any -> any any (msg:"end"; flow:to_server; http.request_body; content:"last"; endswith; bsize:>4; sid:4;)
alert tcp any any -> any any (msg:"ordered"; pcre:"/be+ta/"; pcre:"/del.a/R"; isdataat:2,relative; sid:5;)
drop tcp any any -> any any (msg:"stop"; content:"omega"; sid:6;)
"""
WORDS = st.lists(
    st.sampled_from([b"alpha", b"beta", b"beeta", b"gamma", b"delta", b"omega", b"one", b"two", b"last", b" ", b"xx"]),
    min_size=1,
    max_size=14,
).map(b"".join)
ALL = configured(rule(predefined(), IdpAction.NONE))
DETECTION = detection(ALL)
BY_RULES, RULED = by_rules(RULES)


def cut(stream: Stream, cuts: list[int]) -> Stream:
    return [(direction, piece) for direction, data in stream for piece in pieces(data, cuts)]


@given(words=WORDS, cuts=CUTS, posted=st.booleans())
def test_rules_hit_the_same(words: bytes, cuts: list[int], posted: bool) -> None:
    stream = up(request("/x", "POST", words)) if posted else [*up(words), *down(words)]
    whole, parts = (show(session(BY_RULES, RULED), way) for way in (stream, cut(stream, cuts)))
    assert names(parts) == names(whole)
    assert parts[-1].verdict is whole[-1].verdict


@settings(max_examples=60)
@given(name=st.sampled_from(sorted(SAMPLES)), cuts=CUTS, packed=st.booleans())
def test_attacks_that_come_along_hit_the_same(name: str, cuts: list[int], packed: bool) -> None:
    samples = SAMPLES[name][0]
    answer = response(gzip.compress(EICAR.encode()), content_encoding="gzip") if packed else response(EICAR.encode())
    stream = [*samples[0], *down(answer)]
    whole, parts = (names(show(session(DETECTION, ALL), way)) for way in (stream, cut(stream, cuts)))
    assert parts == whole
    assert name in whole


@given(cuts=CUTS)
def test_nothing_after_the_attack_is_looked_at(cuts: list[int]) -> None:
    stream = [*up(b"omega alpha..beta.........."), *up(b"omega")]
    said = show(session(BY_RULES, RULED), cut(stream, cuts))
    assert (names(said), said[-1].verdict) == (["SID:6"], Verdict.BLOCK)


def test_chunks_and_forms_are_one_text_byte_by_byte() -> None:
    body = b"".join(b"1\r\n" + bytes((byte,)) + b"\r\n" for byte in b"q=1'+%55nion+sel%65ct+1,2") + b"0\r\n\r\n"
    head = (
        b"POST /f HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    said = show(session(DETECTION, ALL), [(Direction.C2S, bytes((byte,))) for byte in head + body])
    assert names(said) == ["WEB:SQL:UNION-SELECT"]
