"""Streams and records: however a stream was cut, mixed up or repeated, the records are those that were sent."""

import random

from hypothesis import given
from hypothesis import strategies as st

from scenarios.report_packets import ACK, SYN, Segment
from scenarios.report_records import Record, Stream, plain_start
from tests.scenarios.wire import CLIENT, SERVER

RECORDS = st.lists(st.tuples(st.integers(20, 23), st.binary(max_size=300)), max_size=6)


def carry(seq: int, payload: bytes, flags: int = ACK) -> Segment:
    return Segment(0, False, CLIENT, SERVER, seq % (1 << 32), flags, payload)


@given(records=RECORDS, first=st.sampled_from([0, 7, (1 << 32) - 20]), size=st.integers(1, 90), order=st.randoms())
def test_records_survive_any_order_and_repetition(
        records: list[tuple[int, bytes]], first: int, size: int, order: random.Random) -> None:
    data = b"".join(bytes((kind, 3, 3)) + len(body).to_bytes(2) + body for kind, body in records)
    pieces = [(at, data[at:at + size]) for at in range(0, len(data), size)]
    overlapping = [(at, data[at:at + 2 * size]) for at, _ in pieces]
    sent = pieces + overlapping
    order.shuffle(sent)
    stream, found = Stream(), list[Record]()
    stream.take(carry(first, b"", SYN))
    for at, payload in sent:
        stream.take(carry(first + 1 + at, payload))
        found += stream.records()
    assert found == [Record(kind, body) for kind, body in records]
    assert stream.data == data


def test_what_is_missing_holds_back_what_comes_after() -> None:
    stream = Stream()
    stream.take(carry(0, b"", SYN))
    stream.take(carry(4, b"\x00\x01x"))
    assert list(stream.records()) == []
    stream.take(carry(1, b"\x17\x03\x03"))
    assert list(stream.records()) == [Record(23, b"x")]


def test_plaintext_is_known_by_its_first_bytes() -> None:
    assert plain_start(b"GET / HTTP/1.1")
    assert plain_start(b"\x16\x02")
    assert not plain_start(b"\x16\x03\x01")
    assert not plain_start(b"\x17")
    assert not plain_start(b"")
