"""What services announce: kept for as long as it holds, the newest word under a key, a bounded number."""

from nf.dataplane import bulletins
from nf.dataplane.bulletins import Board
from nf.dataplane.messages import Told


def test_it_holds_as_long_as_was_said() -> None:
    board = Board()
    board.put([Told("idp", "a", "drop", 10.0), Told("idp", "b", "close", 5.0)], 100.0)
    assert board.entries(104.0) == [Told("idp", "a", "drop", 6.0), Told("idp", "b", "close", 1.0)]
    assert board.entries(105.0) == [Told("idp", "a", "drop", 5.0)]


def test_a_later_word_takes_the_place_of_an_earlier_and_none_of_it_takes_it_back() -> None:
    board = Board()
    board.put([Told("idp", "a", "drop", 10.0), Told("utm", "a", "x", 10.0), Told("idp", "a", "close", 20.0)], 0.0)
    assert board.entries(0.0) == [Told("utm", "a", "x", 10.0), Told("idp", "a", "close", 20.0)]
    board.put([Told("idp", "a", "", 0.0)], 1.0)
    assert [told.service for told in board.entries(1.0)] == ["utm"]


def test_the_oldest_is_forgotten_first() -> None:
    board = Board()
    board.put([Told("idp", str(number), "", 60.0) for number in range(bulletins.MOST + 3)], 0.0)
    kept = [told.key for told in board.entries(0.0)]
    assert (len(kept), kept[0]) == (bulletins.MOST, "3")


def test_what_is_said_of_a_session_holds_while_it_lives() -> None:
    board = Board()
    board.put([Told("utm", "session 7", "c", 1.0, 7), Told("utm", "session 8", "c", 1.0, 8)], 0.0)
    assert [told.session for told in board.entries(99.0)] == [7, 8]
    assert board.over(7) == [Told("utm", "session 7", "c", 0.0, 7)]
    assert board.over(7) == []
    assert [told.session for told in board.entries(99.0)] == [8]
