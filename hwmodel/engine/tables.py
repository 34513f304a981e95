"""The exact engine's tables: sessions on SPUs, wings in network processors' caches, sessions of an address."""

from collections import Counter

from hwmodel.engine.fates import (
    CENTRAL_POINT_FULL,
    CREATED,
    DESTINATION_LIMIT,
    FULL,
    NOT_AN_OPENER,
    SOURCE_LIMIT,
)
from hwmodel.engine.play import Play
from hwmodel.session import TCP
from hwmodel.sessions import OPENS


class Tables:
    """Who is in; sessions by their row in the play."""

    def __init__(self, ready: Play) -> None:
        sessions, spus = ready.sessions, len(ready.platform.spus)
        self.ports, self.room = ready.platform.network_processors, ready.platform.wings_per_np
        self.settings, self.central_point = ready.settings, ready.central_point[0]
        self.slots, self.limits = ready.slots.tolist(), ready.limits.tolist()
        self.opens, self.ingress = (sessions.flags & OPENS).tolist(), sessions.ingress.tolist()
        self.wanted = [2 if protocol == TCP else 1 for protocol in sessions.protocol.tolist()]
        self.clients, self.servers = ready.clients.tolist(), ready.servers.tolist()
        self.open: dict[int, int] = {}  # by key: the session of that flow
        self.held, self.used, self.peaks = [0] * spus, [0] * spus, [0] * spus
        self.peak = 0
        self.wings: dict[int, int] = {}  # by session: in the cache of its network processor
        self.cached, self.wing_peaks = [0] * self.ports, [0] * self.ports
        self.turned_away = 0
        self.crowded = [False] * len(ready.demand.crowded)
        self.by_client, self.by_server = Counter[int](), Counter[int]()

    def refusal(self, number: int, spu: int) -> int:
        """The fate of an arrival that opens no session, or CREATED."""
        if not self.opens[number]:
            return NOT_AN_OPENER
        if len(self.open) >= self.central_point:
            return CENTRAL_POINT_FULL
        if self.clients and self.by_client[self.clients[number]] >= (self.settings.source_limit or 0):
            return SOURCE_LIMIT
        if self.servers and self.by_server[self.servers[number]] >= (self.settings.destination_limit or 0):
            return DESTINATION_LIMIT
        return FULL if self.used[spu] + self.slots[number] > self.limits[spu] else CREATED

    def enter(self, number: int, key: int, spu: int) -> None:
        """A new session."""
        self.open[key] = number
        self.held[spu] += 1
        self.used[spu] += self.slots[number]
        self.peaks[spu] = max(self.peaks[spu], self.held[spu])
        self.peak = max(self.peak, len(self.open))
        self.wings[number] = self._cache(number, self.wanted[number])
        if self.crowded:
            self.crowded[number] = self.wings[number] < self.wanted[number]
        if self.clients:
            self.by_client[self.clients[number]] += 1
        if self.servers:
            self.by_server[self.servers[number]] += 1

    def join(self, number: int, other: int) -> None:
        """An arrival on a flow whose session is there; a wing that found no room before is tried again."""
        if self.crowded:
            self.crowded[number] = self.crowded[other]
        if not self.wings[other]:
            self.wings[other] = self._cache(other, 1)

    def leave(self, number: int, key: int, spu: int) -> None:
        """A session's end."""
        del self.open[key]
        self.held[spu] -= 1
        self.used[spu] -= self.slots[number]
        self.cached[self.ingress[number] % self.ports] -= self.wings.pop(number)
        if self.clients:
            self.by_client[self.clients[number]] -= 1
        if self.servers:
            self.by_server[self.servers[number]] -= 1

    def _cache(self, number: int, wanted: int) -> int:
        """Put wings into a network processor's cache; returns how many it took."""
        place = self.ingress[number] % self.ports
        took: int = max(0, min(wanted, self.room - self.cached[place]))
        self.cached[place] += took
        self.turned_away += wanted - took
        self.wing_peaks[place] = max(self.wing_peaks[place], self.cached[place])
        return took
