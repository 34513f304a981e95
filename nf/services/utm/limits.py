"""`traffic-options sessions-per-client`: how many sessions each client has, in this worker."""

from collections import Counter
from typing import TypeAlias

Client: TypeAlias = tuple[str, str, str]  # logical system, UTM policy, address


class ClientSessions:
    """The sessions that live, by client; each SPU counts those that it has."""

    def __init__(self) -> None:
        self._counts: Counter[Client] = Counter()

    def begin(self, client: Client, limit: int | None) -> bool:
        """One more; whether it is within the limit."""
        self._counts[client] += 1
        return limit is None or self._counts[client] <= limit

    def end(self, client: Client) -> None:
        """One less."""
        self._counts[client] -= 1
        if not self._counts[client]:
            del self._counts[client]

    def __len__(self) -> int:
        return self._counts.total()
