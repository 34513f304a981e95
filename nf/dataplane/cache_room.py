"""The room that the caches of all profiles share in one worker, and what logical systems may take of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Final, Protocol

SITES: Final = 1024  # of the certificate cache; each holds an OpenSSL context of about 26 KB
SERVERS: Final = 1024  # of the session cache


class Sharer(Protocol):
    """One profile's cache."""

    def held(self) -> int:
        """How many places it has taken."""

    def drop_oldest(self) -> None:
        """Give the place back that has been longest unused."""


class CacheRoom:
    """So many places. Where none is left, the cache that has most gives one up.

    From `threshold` percent on (`cache-usage-enforcement-threshold`) a logical system that has its equal share gives up an own
    one, and one that has less takes from the system that has most. The box itself counts as one.
    """

    def __init__(self, limit: int, threshold: int | None = None) -> None:
        self.limit = limit
        self._threshold = threshold
        self._caches: dict[str, list[Sharer]] = {}

    def join(self, system: str, cache: Sharer) -> None:
        """A cache of a profile of this system is to share the room."""
        self._caches.setdefault(system, []).append(cache)

    def make_way(self, system: str) -> None:
        """See to it that a cache of this system can take a place."""
        taken = {name: sum(one.held() for one in caches) for name, caches in self._caches.items()}
        total = sum(taken.values())
        crowded = self._threshold is not None and 100 * total >= self._threshold * self.limit
        if crowded and taken[system] >= max(1, self.limit // len(taken)):
            _largest(self._caches[system]).drop_oldest()
        elif total >= self.limit:
            greediest = max(taken, key=lambda name: taken[name])
            _largest(self._caches[greediest] if crowded else chain(*self._caches.values())).drop_oldest()


def _largest(caches: Iterable[Sharer]) -> Sharer:
    return max(caches, key=lambda one: one.held())


@dataclass(frozen=True, slots=True)
class Rooms:
    """One for each kind of cache."""

    certificates: CacheRoom
    sessions: CacheRoom

    @classmethod
    def of(cls, sites: int = SITES, servers: int = SERVERS, threshold: int | None = None) -> "Rooms":
        """So many forged certificates, and servers with sessions to be resumed."""
        return cls(CacheRoom(sites, threshold), CacheRoom(servers, threshold))
