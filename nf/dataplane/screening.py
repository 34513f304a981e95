"""The screen `limit-session` at work: which zone a session comes in by, what was refused there, and the log of it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hwmodel import Refusal
from hwmodel.session import FiveTuple
from nf.dataplane.duties import Duties
from nf.log.records import LogRecord
from nf.log.screen_records import session_limit
from nf.policy.zones import Zone

LIMITS: Final = (Refusal.SOURCE_LIMIT, Refusal.DESTINATION_LIMIT)
QUIET: Final = 1.0  # seconds between two messages of one zone and limit: a flood must not become one of log lines


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a leg leads in: a zone whose screen limits sessions, under the chassis' name for it."""

    key: str
    zone: Zone
    interface: str
    logical_system: str


class Screening:
    """The limits of the zones that this box's legs are in, and how often each was met."""

    def __init__(self, duties: Duties, write: Callable[[list[LogRecord]], None]) -> None:
        self.met: Counter[tuple[str, Refusal]] = Counter()  # by the chassis' name of the zone
        self._write = write
        self._told: dict[tuple[str, Refusal], float] = {}
        self.renew(duties)

    def renew(self, duties: Duties) -> None:
        """Go by another configuration."""
        self._duties = duties
        self._places: dict[int, _Place | None] = {}

    def zone(self, leg: int) -> str:
        """The zone that sessions on a leg count in; none where nothing limits them."""
        if not self._duties.flow.zone_limits:
            return ""
        place = self._at(leg)
        return "" if place is None else place.key

    def exceeded(self, limit: Refusal, flow: FiveTuple, leg: int, now: float) -> None:
        """A flow has met a limit: count, and log, unless that was said a moment ago."""
        place = self._at(leg)
        if place is None:
            return
        met = place.key, limit
        self.met[met] += 1
        if now - self._told.get(met, -QUIET) >= QUIET:
            self._told[met] = now
            self._write([session_limit(
                flow, by_source=limit is Refusal.SOURCE_LIMIT, zone=place.zone.name, interface=place.interface,
                drops=self._duties.flow.zone_limits[place.key].drops, logical_system=place.logical_system)])

    def _at(self, leg: int) -> _Place | None:
        if leg not in self._places:
            self._places[leg] = self._find(leg)
        return self._places[leg]

    def _find(self, leg: int) -> _Place | None:
        interface = self._duties.wiring.ingress(leg).name
        system = self._duties.first_path.systems.of(interface)
        zone = system.zone_map.zone_of(interface)
        if zone is None:
            return None
        key = system.seen_from_outside(zone.name)
        return _Place(key, zone, interface, system.name) if key in self._duties.flow.zone_limits else None
