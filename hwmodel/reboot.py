"""Adding or removing cards: the chassis reboots, weights and tables are computed anew, and no session survives."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hwmodel.chassis import Chassis
from hwmodel.platform import Platform
from hwmodel.report import Report
from hwmodel.session import FiveTuple, Packet
from hwmodel.simulate import simulate
from hwmodel.workload import Workload, draw

if TYPE_CHECKING:
    from hwmodel.sessions import Sessions

_MOST = 5000  # flows that are asked for; more would not change the share


@dataclass(frozen=True, slots=True)
class Reboot:
    """The same load with the cards before and after, what a reboot in the middle loses, and what is elsewhere then."""

    before: Report
    after: Report
    lost: int  # sessions: all that are open
    moved: float  # share of flows that another SPU, by its place, owns


def rebooted(
    before: Platform, after: Platform, load: "Workload | Sessions | None" = None,
    distribution: str = "hash_based", seed: int = 0,
) -> Reboot:  # fmt: skip
    """What other cards change for a load. Raises ModelError for unknown names."""
    first, second = (simulate(cards, load, distribution, seed) for cards in (before, after))
    middle = len(first.series.sessions[0]) // 2
    sessions = draw(load or Workload(), seed) if load is None or isinstance(load, Workload) else load
    flows = (sessions.flow(row) for row in range(0, len(sessions), max(1, len(sessions) // _MOST)))
    lost = sum(held[middle - 1] for held in first.series.sessions) if middle else 0
    return Reboot(first, second, lost, moved_share(before, after, flows, distribution))


def moved_share(before: Platform, after: Platform, flows: Iterable[FiveTuple], distribution: str = "hash_based") -> float:
    """Share of flows that another SPU, by its place, owns after the change of cards; 0 without flows."""
    chassis = (Chassis(before, distribution), Chassis(after, distribution))
    moved = [_owner(chassis[0], flow) != _owner(chassis[1], flow) for flow in flows]
    return sum(moved) / len(moved) if moved else 0.0


def _owner(chassis: Chassis, flow: FiveTuple) -> str | None:
    session = getattr(chassis.receive(Packet(flow), 0.0), "session", None)
    return None if session is None else chassis.platform.spus[session.spu].name
