"""`traffic-options sessions-per-client`: how many sessions each client has, whichever worker has them."""

from typing import Final, TypeAlias

from nf.services import Bulletin

COUNTED: Final = "session "  # begins the keys of bulletins
Client: TypeAlias = tuple[str, str, str]  # logical system, UTM policy, address


class ClientSessions:
    """The sessions that live, by client: this worker's, and others' as they have been heard of."""

    def __init__(self) -> None:
        self._sessions: dict[Client, set[int]] = {}
        self._own: set[int] = set()

    def begin(self, client: Client, session: int, limit: int | None) -> bool:
        """One more in this worker; whether it is within the limit."""
        self._own.add(session)
        held = self._sessions.setdefault(client, set())
        held.add(session)
        return limit is None or len(held) <= limit

    def end(self, client: Client, session: int) -> None:
        """One less in this worker."""
        self._own.discard(session)
        self._lose(client, session)

    def hear(self, bulletin: Bulletin) -> None:
        """A session of some worker lives, or is over; what is heard twice counts once."""
        system, policy, address = bulletin.value.split("\t")
        client = system, policy, address
        if bulletin.seconds > 0:
            self._sessions.setdefault(client, set()).add(bulletin.session)
        else:
            self._lose(client, bulletin.session)

    def __len__(self) -> int:
        return len(self._own)

    def _lose(self, client: Client, session: int) -> None:
        held = self._sessions.get(client, set())
        held.discard(session)
        if not held:
            self._sessions.pop(client, None)


def lives(client: Client, session: int) -> Bulletin:
    """What other workers hear of a session, for as long as it lives."""
    return Bulletin("utm", f"{COUNTED}{session}", "\t".join(client), 1.0, session)
