"""Adding or removing a card: the chassis reboots, weights and tables are computed anew, and no session survives."""

from collections.abc import Iterable
from dataclasses import dataclass

from hwmodel.chassis import Chassis
from hwmodel.platform import Platform
from hwmodel.session import FiveTuple, Packet, Session


@dataclass(frozen=True, slots=True)
class Reboot:
    """The chassis with its new cards, and the sessions that were lost."""

    chassis: Chassis
    lost: tuple[Session, ...]


def rebooted(chassis: Chassis, platform: Platform) -> Reboot:
    """The chassis with that platform's cards instead, distribution and settings as before."""
    after = Chassis(
        platform,
        chassis.distribution,
        reset_on_spu_failure=chassis.reset_on_spu_failure,
        settings=chassis.settings,
    )
    return Reboot(after, chassis.sessions())


def moved_share(before: Platform, after: Platform, flows: Iterable[FiveTuple], distribution: str = "hash_based") -> float:
    """Share of flows that another SPU, by its place, owns after the change of cards; 0 without flows."""
    chassis = (Chassis(before, distribution), Chassis(after, distribution))
    moved = [_owner(chassis[0], flow) != _owner(chassis[1], flow) for flow in flows]
    return sum(moved) / len(moved) if moved else 0.0


def _owner(chassis: Chassis, flow: FiveTuple) -> str | None:
    session = getattr(chassis.receive(Packet(flow), 0.0), "session", None)
    return None if session is None else chassis.platform.spus[session.spu].name
