"""Heartbeats survive the wire, and nothing else is taken for one."""

from hypothesis import given
from hypothesis import strategies as st

from nf.protocols.heartbeat import ETHERTYPE, Heartbeat, read, write

NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40)
HEARTBEATS = st.builds(Heartbeat, NAMES, st.binary(min_size=32, max_size=32), st.integers(0, 0xFFFFFFFF), st.booleans())
MAC = bytes.fromhex("020000000011")


@given(HEARTBEATS)
def test_what_is_written_is_read(heartbeat: Heartbeat) -> None:
    frame = write(heartbeat, MAC)
    assert len(frame) >= 60
    assert frame[0] & 1, "to a group"
    assert frame[6:14] == MAC + ETHERTYPE.to_bytes(2)
    assert read(frame) == heartbeat


@given(HEARTBEATS, st.integers(0, 200))
def test_one_that_is_cut_short_is_none_or_the_same(heartbeat: Heartbeat, length: int) -> None:
    assert read(write(heartbeat, MAC)[:length]) in {None, heartbeat}


@given(st.binary(max_size=100))
def test_any_bytes_are_judged(frame: bytes) -> None:
    assert read(frame) is None
    read(bytes(12) + ETHERTYPE.to_bytes(2) + b"SRXN\x01" + frame)


def test_a_sequence_starts_again_after_its_last_number() -> None:
    found = read(write(Heartbeat("ge-0/0/0.0", bytes(32), 1 << 32), MAC))
    assert found is not None
    assert found.sequence == 0
