"""A card more: sessions are lost, and the new SPUs take their share by weight."""

from hwmodel.chassis import Chassis, FirstPath
from hwmodel.platform import load_platform
from hwmodel.reboot import moved_share, rebooted
from tests.hwmodel.hardware import flow, syn

SMALL, LARGE = "srx5800:spc3=2,ioc4=1", "srx5800:spc3=3,ioc4=1"


def test_a_reboot_loses_every_session_and_uses_the_new_card() -> None:
    chassis = Chassis(load_platform(SMALL), reset_on_spu_failure=True)
    before = [placement.session for placement in (chassis.receive(syn(n), 0.0) for n in range(50))
              if isinstance(placement, FirstPath)]
    found = rebooted(chassis, load_platform(LARGE))
    assert found.lost == tuple(before)
    assert (found.chassis.sessions(), found.chassis.reset_on_spu_failure) == ((), True)
    owners = {found.chassis.receive(syn(n), 0.0).session.spu for n in range(200)}
    assert owners == set(range(6))


def test_the_new_card_takes_at_least_its_share_of_flows_from_the_others() -> None:
    small, large = load_platform(SMALL), load_platform(LARGE)
    flows = [flow(n) for n in range(2000)]
    assert moved_share(small, small, flows) == 0.0
    assert moved_share(small, large, flows) >= 0.9 * (1 - small.max_sessions / large.max_sessions)
    assert moved_share(small, large, []) == 0.0
