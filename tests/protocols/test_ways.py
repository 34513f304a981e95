"""Frames that say which sessions take another way."""

from ipaddress import IPv4Address, IPv6Address

from hypothesis import given
from hypothesis import strategies as st

from hwmodel.session import FiveTuple
from nf.protocols import heartbeat
from nf.protocols.heartbeat import Heartbeat
from nf.protocols.ways import Moved, read, read_answers, write, write_answers

MAC, PORTS = bytes.fromhex("020000000001"), st.integers(0, 0xFFFF)
FLOWS = st.one_of(*(st.builds(FiveTuple, kind, PORTS, kind, PORTS, st.just(6)) for kind in (
    st.integers(0, 2**32 - 1).map(IPv4Address), st.integers(0, 2**128 - 1).map(IPv6Address))))
ROWS = st.lists(st.builds(Moved, FLOWS, st.text("abcXYZ-.09", max_size=60), *[st.booleans()] * 3), max_size=60)


@given(ROWS)
def test_what_is_written_is_read_and_no_frame_is_too_long(rows: list[Moved]) -> None:
    frames = list(write(rows, MAC))
    found = [row for frame in frames for row in read(frame) or ()]
    assert found == rows
    assert [row.asks for row in found] == [row.asks for row in rows]
    assert all(60 <= len(frame) <= 1514 for frame in frames)


@given(st.binary(max_size=200), st.integers(0, 200))
def test_other_frames_are_none(data: bytes, cut: int) -> None:
    whole = next(write([Moved(FiveTuple(IPv4Address(1), 1, IPv4Address(2), 2), "i" * 90)], MAC))
    assert read(data) is None
    assert read(whole[:min(cut, len(whole) - 1)]) is None
    assert heartbeat.read(whole) is None
    assert read(heartbeat.write(Heartbeat("ge-0/0/0.0", bytes(32), 1), MAC)) is None


@given(ROWS)
def test_an_answer_comes_to_the_leg_and_is_no_question(rows: list[Moved]) -> None:
    frames = list(write_answers(rows, MAC, b"\2" * 6))
    assert [row for frame in frames for row in read_answers(frame) or ()] == rows
    assert all(frame[:12] == b"\2" * 6 + MAC and read(frame) is None for frame in frames)
    assert all(read_answers(frame) is None for frame in write(rows, MAC))
