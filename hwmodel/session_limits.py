"""The screen `limit-session`: how many sessions one source and one destination address may have."""

from collections import Counter
from typing import TypeAlias

from hwmodel.flow_settings import FlowSettings, SessionLimit
from hwmodel.placement import Refusal
from hwmodel.session import FiveTuple, IpAddress, Session

_Place: TypeAlias = tuple[str, IpAddress]  # zone and address

_NONE = SessionLimit()


class SessionLimits:
    """Sessions of every address, zone by zone, where a limit is set."""

    def __init__(self, settings: FlowSettings) -> None:
        self._sources, self._destinations = Counter[_Place](), Counter[_Place]()
        self.zones: dict[int, str] = {}  # of the sessions that are counted
        self.configure(settings)

    def configure(self, settings: FlowSettings) -> None:
        """Take other limits; sessions that were not counted until now stay so."""
        self._by_zone = settings.zone_limits
        self._elsewhere = SessionLimit(settings.source_limit, settings.destination_limit)
        self.limited = bool(self._by_zone) or self._elsewhere != _NONE

    def refusal(self, flow: FiveTuple, zone: str = "") -> Refusal | None:
        """Why a flow may not open a session, if its client or its server has as many as it may have."""
        limit = self._by_zone.get(zone, self._elsewhere)
        return self._excess(limit, flow, zone) if limit.drops else None

    def _excess(self, limit: SessionLimit, flow: FiveTuple, zone: str) -> Refusal | None:
        if limit.source is not None and self._sources[zone, flow.src] >= limit.source:
            return Refusal.SOURCE_LIMIT
        if limit.destination is not None and self._destinations[zone, flow.dst] >= limit.destination:
            return Refusal.DESTINATION_LIMIT
        return None

    def opened(self, session: Session, zone: str = "") -> Refusal | None:
        """One more session; the limit that it exceeds, where that refuses nothing."""
        limit = self._by_zone.get(zone, self._elsewhere)
        if limit == _NONE:
            return None
        flow = session.c2s.five_tuple
        alarm = self._excess(limit, flow, zone)
        self.zones[session.id] = zone
        self._sources[zone, flow.src] += 1
        self._destinations[zone, flow.dst] += 1
        return alarm

    def closed(self, session: Session) -> None:
        """One less of those that are counted; addresses without any are forgotten."""
        zone = self.zones.pop(session.id)
        _less(self._sources, (zone, session.c2s.five_tuple.src))
        _less(self._destinations, (zone, session.c2s.five_tuple.dst))


def _less(counts: Counter[_Place], place: _Place) -> None:
    if counts[place] > 1:
        counts[place] -= 1
    else:
        del counts[place]
