import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.controller.intake import worth_reading


def message(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("!BBHI", 4, kind, 8 + len(body), 0) + body


PACKET_IN = bytes(16) + struct.pack("!HHII6x", 1, 12, 0x80000004, 3)
BITMAP = struct.pack("!HHI", 1, 8, 1 << 4)


@pytest.mark.parametrize(("kind", "body"), [
    (0, b""), (0, BITMAP), (0, BITMAP * 3), (0, struct.pack("!HHI", 9, 5, 0)), (1, bytes(12)), (2, b""), (3, b"x"),
    (6, bytes(24)), (12, bytes(72)), (19, struct.pack("!HH4x", 13, 0)), (19, struct.pack("!HH4x", 13, 0) + bytes(128)),
    (21, b""), (10, PACKET_IN), (10, PACKET_IN + bytes(60))])
def test_what_was_asked_for_is_read(kind, body):
    assert worth_reading(4, kind, message(kind, body))


@pytest.mark.parametrize(("kind", "body"), [
    (0, struct.pack("!HHI", 1, 0, 0)), (0, struct.pack("!HHI", 1, 3, 0)), (0, BITMAP + b"\0"), (0, BITMAP[:6]),
    (0, struct.pack("!HHI", 1, 16, 0)), (10, bytes(40)), (10, bytes(16)), (10, PACKET_IN[:-1]),
    (11, bytes(48)), (23, bytes(24)), (4, bytes(8)), (19, b""),
    (19, struct.pack("!HH4x", 1, 0) + bytes(56)), (19, struct.pack("!HH4x", 13, 0) + bytes(63)), (255, b"")])
def test_what_nobody_asked_for_or_leads_nowhere_is_not(kind, body):
    assert not worth_reading(4, kind, message(kind, body))


@given(st.integers(0, 255), st.integers(1, 255), st.binary(min_size=8, max_size=64))
def test_after_hello_only_openflow_1_3_is_read(version, kind, data):
    assert version == 4 or not worth_reading(version, kind, data)


@given(st.binary(max_size=64))
def test_any_hello_is_judged(elements):
    assert worth_reading(4, 0, message(0, elements)) in {True, False}
