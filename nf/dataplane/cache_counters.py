"""How a cache of an SSL engine has served, and what an operator may ask of it and do to it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(slots=True)
class CacheCounters:
    """Since the start or since they were cleared; `full` counts entries that went, or never came, for lack of room."""

    hits: int = 0
    misses: int = 0
    full: int = 0

    def clear(self) -> None:
        """Begin again."""
        self.hits = self.misses = self.full = 0


class Cache(Protocol):
    """One cache of one profile in one worker."""

    counters: CacheCounters

    @property
    def limit(self) -> int:
        """How many entries all of its kind may hold together; 0 for one that is switched off."""

    def __len__(self) -> int:
        """How many it holds."""

    def entries(self) -> Iterator[Mapping[str, Any]]:
        """Its entries as plain data, the oldest first; `expires-in` in seconds."""

    def clear(self) -> int:
        """Forget all; returns how many there were."""
