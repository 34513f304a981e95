"""The application system cache: what servers were found to speak, by address and port; one in each worker, told to all."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

MOST: Final = 16384  # entries


@dataclass(frozen=True, slots=True)
class Entry:
    """What a server was found to speak, until when (monotonic, seconds); `nested` is "" where nothing is."""

    value: str  # the next three as one text
    carrier: str
    nested: str
    encrypted: bool
    until: float


class SystemCache:
    """By system, address and port, as one text; TCP alone is looked into. Bounded; the oldest goes first."""

    def __init__(self) -> None:
        self.entries: OrderedDict[str, Entry] = OrderedDict()
        self.hits = self.misses = 0
        self._now = 0.0  # when it was last asked or told

    def __len__(self) -> int:
        return len(self.entries)

    def find(self, server: str, now: float) -> Entry | None:
        """What is known of a server; counts."""
        self._now, found = now, self.entries.get(server)
        if found is None or found.until <= now:
            self.misses += 1
            return None
        self.hits += 1
        return found

    def learn(self, key: str, value: str, until: float) -> None:
        """A server was found to speak this."""
        carrier, nested, encrypted = value.split(" ")
        self.entries[key] = Entry(value, carrier, "" if nested == "-" else nested, encrypted == "Yes", until)
        self.entries.move_to_end(key)
        while len(self.entries) > MOST:
            self.entries.popitem(last=False)

    def clear(self) -> int:
        """Forget all; how many there were."""
        count = len(self.entries)
        self.entries.clear()
        return count

    def rows(self) -> Iterator[dict[str, Any]]:
        """What is known, for operators."""
        for key, entry in self.entries.items():
            if entry.until > self._now:
                system, address, port = key.split(" ")
                yield {"logical-system": system, "address": address, "port": int(port), "application": entry.carrier,
                       "nested-application": entry.nested, "encrypted": entry.encrypted}
