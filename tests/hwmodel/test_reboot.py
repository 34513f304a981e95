"""A card more: sessions are lost, and the new SPUs take their share by weight."""

import pytest

from hwmodel.platform import load_platform
from hwmodel.reboot import moved_share, rebooted
from hwmodel.workload import Workload
from tests.hwmodel.hardware import flow

SMALL, LARGE = "srx5800:spc3=2,ioc4=1", "srx5800:spc3=3,ioc4=1"


def test_a_reboot_loses_every_session_and_uses_the_new_card() -> None:
    load = Workload(arrival_rate=300.0, mean_life=100.0)
    found = rebooted(load_platform(SMALL), load_platform(LARGE), load)
    assert found.lost == pytest.approx(300 * 5, rel=0.15)  # who came in the first half of ten seconds
    assert [len(report.spus) for report in (found.before, found.after)] == [4, 6]
    assert all(spu.created for spu in found.after.spus)
    assert 0.3 < found.moved < 1


def test_the_same_cards_change_nothing_but_lose_the_sessions() -> None:
    found = rebooted(load_platform(SMALL), load_platform(SMALL))
    assert (found.moved, found.before) == (0.0, found.after)
    assert found.lost > 0


def test_the_new_card_takes_at_least_its_share_of_flows_from_the_others() -> None:
    small, large = load_platform(SMALL), load_platform(LARGE)
    flows = [flow(n) for n in range(2000)]
    assert moved_share(small, small, flows) == 0.0
    assert moved_share(small, large, flows) >= 0.9 * (1 - small.max_sessions / large.max_sessions)
    assert moved_share(small, large, []) == 0.0
