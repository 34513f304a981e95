"""Packets of the legs: each connection of the network function found once, its two halves told apart and joined."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.pcapng import Packet
from scenarios.report_packets import ACK, SYN, Side, connections, halves, segment
from tests.scenarios.wire import CLIENT, SERVER, Talk, frame

V6 = ("2001:db8::1", 4711), ("2001:db8::2", 443)


@pytest.mark.parametrize(("source", "destination"), [(CLIENT, SERVER), V6])
def test_a_frame_is_read_as_the_segment_in_it(source: tuple[str, int], destination: tuple[str, int]) -> None:
    found = segment(Packet(5, frame(source, destination, 77, ACK, b"hello"), outbound=True))
    assert found
    assert (found.source, found.destination, found.seq, found.flags) == (source, destination, 77, ACK)
    assert (found.payload, found.at, found.outbound) == (b"hello", 5, True)


def test_the_padding_of_a_short_frame_is_no_payload() -> None:
    found = segment(Packet(0, frame(CLIENT, SERVER, 1, ACK) + bytes(6), outbound=False))
    assert found
    assert found.payload == b""


@given(st.binary(max_size=200))
def test_whatever_a_frame_holds_nothing_is_raised(raw: bytes) -> None:
    segment(Packet(0, raw, outbound=False))
    segment(Packet(0, frame(CLIENT, SERVER, 1, ACK, b"payload")[:len(raw)], outbound=False))


def test_both_halves_have_the_same_ends_and_direction_tells_them_apart() -> None:
    inside, outside = Talk(), Talk(outbound=True, at=10)
    both = [packet for pair in zip(inside.packets, outside.packets, strict=True) for packet in pair]
    found = halves("srx1-leg0", both)
    assert [(half.side, half.client, len(half.segments)) for half in found] == [
        (Side.CLIENT, CLIENT, 2), (Side.SERVER, CLIENT, 2)]


def test_a_port_used_again_is_a_new_connection_and_a_syn_sent_again_is_not() -> None:
    first, again = Talk(), Talk(at=1000, seq=5)
    found = halves("leg", [first.packets[0], *first.packets, *again.packets])
    assert [len(half.segments) for half in found] == [3, 2]


def test_what_began_before_the_capture_is_left_out() -> None:
    late = Talk()
    late.say(True, b"data")
    assert halves("leg", late.packets[1:]) == []


def test_ssl_i_keeps_the_port_or_is_the_next_to_the_server() -> None:
    kept = Talk(outbound=True, at=20), Talk(at=10)
    moved = Talk(("10.0.0.1", 999), outbound=True, at=15), Talk(("10.0.0.1", 4712), at=5)
    alone = Talk(("10.0.0.1", 4713), at=30)
    found = connections({"trust": [*moved[1].packets, *kept[1].packets, *alone.packets],
                         "untrust": [*moved[0].packets, *kept[0].packets]})
    joined = {it.client.client[1]: it.server and it.server.client[1] for it in found}
    assert joined == {4711: 4711, 4712: 999, 4713: None}


def test_flags_of_an_answer_do_not_open_anything() -> None:
    answer = Packet(0, frame(SERVER, CLIENT, 1, SYN | ACK), outbound=False)
    assert connections({"leg": [answer]}) == []
