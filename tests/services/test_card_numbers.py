"""Card numbers: which are, which are not, however they are cut, and where the service is active."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import structs

from hwmodel.session import Direction
from nf.inspection.inspection import Inspection
from nf.policy.policies import ApplicationServices
from nf.services.card_numbers import CardNumbers
from tests.services.attachments import POLICY, attachment
from tests.tls.hello_bytes import pieces

CARD = b"4111 1111 1111 1111"
HEAD = b"POST /pay HTTP/1.1\r\nHost: a.test\r\nContent-Length: %d\r\n\r\n"


def upload(body: bytes) -> bytes:
    return HEAD % len(body) + body


def blocked(stream: bytes, cuts: list[int] | None = None) -> str | None:
    """Why the client's stream is blocked; None where it passes whole."""
    inspection, passed = Inspection((CardNumbers(),)), b""
    for piece in pieces(stream, cuts or []):
        passage = inspection.receive(Direction.C2S, piece)
        if passage.block is not None:
            return passage.block.reason
        passed += b"".join(data for _, data in passage.data)
    assert passed == stream
    return None


@pytest.mark.parametrize("body", [
    b"n=4111111111111111", b"n=4111-1111-1111-1111&c=1", b"a 378282246310005.", b'{"card": "' + CARD + b'"}', CARD])
def test_what_is_a_card(body: bytes) -> None:
    assert blocked(upload(body)) == "card number in an upload"


@pytest.mark.parametrize("body", [
    b"n=4111111111111112", b"n=411111111111", b"9" * 60, b"4111111111111111" * 2, b"4111  1111  1111  1111", b"n=4111x1111"])
def test_what_is_none(body: bytes) -> None:
    assert blocked(upload(body)) is None


def test_one_that_stands_in_no_body_passes() -> None:
    assert blocked(b"GET /4111111111111111 HTTP/1.1\r\nHost: a.test\r\n\r\n") is None


@given(st.lists(st.sampled_from([CARD, b"4111", b"1" * 40, b" ", b"-", b"x", b"0"]), max_size=8).map(b"".join),
       st.lists(st.integers(0, 400), max_size=8))
@example(b"1" * 40 + CARD, [100])
def test_no_cut_changes_the_verdict(body: bytes, cuts: list[int]) -> None:
    stream = upload(body) + upload(b"nothing")
    assert blocked(stream, cuts) == blocked(stream)


def test_the_client_reads_why() -> None:
    inspection = Inspection((CardNumbers(),))
    page = inspection.receive(Direction.C2S, upload(CARD)).page
    assert page.startswith(b"HTTP/1.1 403 ")
    assert b"number of a payment card" in page


def test_a_policy_asks_for_it() -> None:
    asked = replace(POLICY, services=ApplicationServices(others=(("card_numbers", ""),)))
    plain = attachment()
    assert CardNumbers.attach(plain) is None
    assert isinstance(CardNumbers.attach(structs.replace(plain, policy=asked)), CardNumbers)
