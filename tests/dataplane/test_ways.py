"""What the controller is told of sessions that take another way, beat by beat."""

from ipaddress import ip_address

from hwmodel.session import FiveTuple
from nf.dataplane.ways import REFRESH, REPEATS, Row, Ways
from nf.protocols.ways import Moved

EGRESS = "ge-0/0/1.0"


def flow(number: int) -> FiveTuple:
    return FiveTuple(ip_address("10.0.0.1"), number, ip_address("10.0.1.1"), 443)


def taken(number: int, instance: str = "RI1", over: bool = False) -> Row:
    return Row(EGRESS, Moved(flow(number), instance, over))


def beats(ways: Ways, count: int, lives: bool = True) -> list[list[Row]]:
    return [ways.beat(lambda _: lives) for _ in range(count)]


def test_news_is_said_at_once_and_again() -> None:
    ways = Ways()
    assert ways.routed(7, flow(7), EGRESS, "RI1") == [taken(7)]
    said = beats(ways, REPEATS + 1)
    assert [taken(7) in beat for beat in said[:REPEATS]] == [True] * REPEATS
    assert ways.closed(7) == [taken(7, over=True)]
    assert beats(ways, REPEATS + 1) == [[taken(7, over=True)]] * REPEATS + [[]]
    assert ways.closed(7) == []


def test_a_later_way_takes_the_place_of_an_earlier_one() -> None:
    ways = Ways()
    ways.routed(7, flow(7), EGRESS, "RI1")
    ways.routed(7, flow(7), EGRESS, "RI2")
    assert {row for beat in beats(ways, 2 * REFRESH) for row in beat} == {taken(7, "RI2")}


def test_every_session_is_said_again_within_a_round_and_a_beat_stays_small() -> None:
    ways = Ways()
    for number in range(1, 101):
        ways.routed(number, flow(number), EGRESS, "RI1")
    beats(ways, REPEATS)
    said = beats(ways, 2 * REFRESH)
    assert max(map(len, said)) <= 5
    assert {row for beat in said for row in beat} == {taken(number) for number in range(1, 101)}


def test_a_session_that_ended_unheard_of_is_over() -> None:
    ways = Ways()
    ways.routed(7, flow(7), EGRESS, "RI1")
    assert taken(7, over=True) in [row for beat in beats(ways, REFRESH, lives=False) for row in beat]


def test_a_first_packet_that_waits_asks_once_and_says_later_that_it_went() -> None:
    ways = Ways()
    (row,) = ways.routed(7, flow(7), EGRESS, "RI1", first=True)
    assert (row.moved.first, row.moved.asks) == (True, True)
    assert [(row.moved.first, row.moved.asks) for row in ways.beat(lambda _: True)] == [(True, False)]
    (row,) = ways.begun(7)
    assert (row.moved.first, row.moved.asks) == (False, False)
    assert ways.begun(8) == []
