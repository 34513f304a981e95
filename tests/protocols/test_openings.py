"""How protocols begin, and that no cut of a stream changes what is said of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.protocols.openings import LONGEST_LINE, Side, opened
from tests.openings import CLIENTS, SERVERS


@pytest.mark.parametrize(("side", "name", "data"), [
    *(("c", *one) for one in CLIENTS.items()), *(("s", *one) for one in SERVERS.items())])
def test_a_protocol_is_known_by_its_first_bytes_and_never_taken_for_another(side: Side, name: str, data: bytes) -> None:
    assert opened(side, data) == (f"junos:{name}", True)
    assert {opened(side, data[:cut]) for cut in range(len(data))} <= {(None, False), (f"junos:{name}", True)}


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\n", b"\x16\x03\x01\x02\x00", b"hello\r\n", b"\x7f\x01\x05", b"x" * 600,
                                  b"EHLO " + b"x" * LONGEST_LINE])
def test_other_bytes_are_none_of_them(data: bytes) -> None:
    assert opened("c", data) == (None, True)


def test_a_greeting_that_several_share_tells_nothing() -> None:
    assert opened("s", b"220 welcome\r\n") == (None, True)


@given(st.sampled_from(["c", "s"]), st.one_of(st.binary(max_size=40), st.sampled_from(list(CLIENTS.values())).flatmap(
    lambda data: st.integers(0, len(data)).map(lambda cut: data[:cut] + b"\x00\xff"))), st.binary(max_size=8))
def test_more_bytes_never_change_an_answer(side: Side, data: bytes, more: bytes) -> None:
    found = opened(side, data)
    assert not found[1] or opened(side, data + more) == found
