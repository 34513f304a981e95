"""The screen `limit-session`: how many sessions one source and one destination address may have."""

from collections import Counter

from hwmodel.flow_settings import FlowSettings
from hwmodel.placement import Refusal
from hwmodel.session import FiveTuple, IpAddress


class SessionLimits:
    """Sessions of every address, where a limit is set."""

    def __init__(self, settings: FlowSettings) -> None:
        self._by_source = settings.source_limit
        self._by_destination = settings.destination_limit
        self._sources, self._destinations = Counter[IpAddress](), Counter[IpAddress]()

    def refusal(self, flow: FiveTuple) -> Refusal | None:
        """Why that flow may not open a session, if its client or its server has as many as it may have."""
        if self._by_source is not None and self._sources[flow.src] >= self._by_source:
            return Refusal.SOURCE_LIMIT
        if self._by_destination is not None and self._destinations[flow.dst] >= self._by_destination:
            return Refusal.DESTINATION_LIMIT
        return None

    def opened(self, flow: FiveTuple) -> None:
        """One more session."""
        if self._by_source is not None:
            self._sources[flow.src] += 1
        if self._by_destination is not None:
            self._destinations[flow.dst] += 1

    def closed(self, flow: FiveTuple) -> None:
        """One less; addresses without any are forgotten."""
        for counts, address in ((self._sources, flow.src), (self._destinations, flow.dst)):
            if counts[address] > 1:
                counts[address] -= 1
            else:
                del counts[address]
