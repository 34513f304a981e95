"""First packets that wait until every switch has done what it was told."""

from nf.controller.settling import FORGOTTEN, Settling
from nf.protocols.ways import Moved
from tests.controller.test_detours import OUTER, of

ROWS = (Moved(of(1), "x", first=True, asks=True),)


def test_they_go_when_the_last_switch_has_replied() -> None:
    settling = Settling()
    settling.begin(ROWS, OUTER, {(1, 7), (2, 7)}, 0.0)
    assert list(settling.replied((1, 8))) == list(settling.replied((1, 7))) == []
    assert list(settling.replied((2, 7))) == [(OUTER, ROWS)]
    assert list(settling.replied((2, 7))) == []


def test_a_switch_that_never_replies_is_forgotten() -> None:
    settling = Settling()
    settling.begin(ROWS, OUTER, {(1, 7)}, 0.0)
    settling.begin(ROWS, OUTER, {(2, 7)}, FORGOTTEN)
    assert list(settling.replied((1, 7))) == []
    assert list(settling.replied((2, 7))) == [(OUTER, ROWS)]
