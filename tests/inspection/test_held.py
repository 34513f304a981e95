"""What is held back: offsets, pieces that stand in for others, and nothing lost or twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.inspection.held import Held


def held(*pieces: bytes) -> Held:
    found = Held()
    for piece in pieces:
        found.add(piece)
    return found


def test_up_to_an_offset() -> None:
    one = held(b"abc", b"def")
    assert one.release(4) == b"abcd"
    assert (one.passed, one.seen, one.size) == (4, 6, 2)
    assert one.release(2) == b""
    assert one.release() == b"ef"
    assert not one


def test_others_go_on_in_their_place() -> None:
    one = held(b"Subject: hi\r\n", b"body")
    one.replace(9, 9, b"[SPAM] ")
    assert one.release() == b"Subject: [SPAM] hi\r\nbody"


def test_a_stand_in_goes_whole_once_all_that_it_stands_for_may() -> None:
    one = held(b"abcdef")
    one.replace(1, 5, b"XYZW")
    assert one.release(3) == b"a"
    assert one.release(5) == b"XYZW"
    assert one.release() == b"f"


def test_at_the_very_end_too() -> None:
    one = held(b"ab")
    assert one.release() == b"ab"
    one.replace(2, 2, b"more")
    assert one
    assert one.release() == b"more"
    assert not one


def test_what_has_gone_cannot_be_replaced() -> None:
    one = held(b"abc")
    one.release(2)
    with pytest.raises(ValueError, match="bytes 1 to 3 are not held back: 2 to 3 are"):
        one.replace(1, 3, b"x")
    with pytest.raises(ValueError, match="3 to 9"):
        one.replace(3, 9, b"x")


@given(st.lists(st.binary(min_size=1, max_size=9), max_size=6), st.lists(st.integers(0, 60), max_size=6))
def test_nothing_is_lost_or_comes_twice(pieces: list[bytes], offsets: list[int]) -> None:
    one, stream = held(*pieces), b"".join(pieces)
    assert b"".join(one.release(offset) for offset in [*offsets, len(stream)]) == stream


@given(st.binary(min_size=1, max_size=30), st.data())
def test_a_replacement_anywhere(stream: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(stream)))
    end = data.draw(st.integers(start, len(stream)))
    one = held(stream)
    one.replace(start, end, b"NEW")
    offsets = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=4)))
    assert b"".join(one.release(offset) for offset in [*offsets, len(stream)]) == stream[:start] + b"NEW" + stream[end:]
