"""First packets that wait for their way: answered, given up, and not asked for where nobody answers."""

from ipaddress import ip_address

from hwmodel.session import FiveTuple
from nf.dataplane.first_packets import DEAF, PATIENCE, FirstPackets


def flow(number: int) -> FiveTuple:
    return FiveTuple(ip_address("10.0.0.1"), number, ip_address("10.0.1.1"), 443)


def test_an_answer_lets_one_session_go_once() -> None:
    waiting = FirstPackets()
    assert [waiting.waits(number, flow(number), 0.0) for number in (1, 2)] == [True, True]
    assert [waiting.answered(flow(2)), waiting.answered(flow(2)), waiting.answered(flow(3))] == [2, None, None]
    assert waiting.patience(0.1) == PATIENCE - 0.1
    assert waiting.answered(flow(1)) == 1
    assert waiting.patience(0.1) is None


def test_a_controller_that_does_not_answer_is_left_in_peace_for_a_while() -> None:
    waiting = FirstPackets()
    waiting.waits(1, flow(1), 0.0)
    waiting.waits(2, flow(2), 0.2)
    assert waiting.overdue(PATIENCE - 0.01) == []
    assert waiting.overdue(PATIENCE) == [1]
    assert not waiting.waits(3, flow(3), PATIENCE + DEAF - 0.01)
    assert waiting.overdue(PATIENCE + 0.2) == [2]
    assert waiting.waits(4, flow(4), PATIENCE + 0.2 + DEAF)
