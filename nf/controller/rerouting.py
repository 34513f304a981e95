"""The sessions that take another way: what the NF says of them, the entries that they have, and their end."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from hwmodel.session import FiveTuple
from nf.controller.detours import Detours, NoWay
from nf.controller.intents import Intent
from nf.protocols.ways import Moved

LIFETIME = 60.0  # seconds without a word from the NF, which says everything three times in it
RENEWED = 15.0  # seconds after which a switch that may have forgotten idle entries is told them again
IDLE = 60  # seconds without a packet after which a switch forgets an entry by itself


@dataclass(slots=True)
class _Session:
    """A moved session: its way, its entries, when it was heard of last and when switches were told."""

    moved: Moved
    entries: list[Intent]
    heard: float
    told: float


@dataclass(slots=True)
class Change:
    """What switches are to be told: entries to have and entries to lose; and what is to be said to the operator."""

    added: list[Intent] = field(default_factory=list)
    removed: list[Intent] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    moved: int = 0  # sessions that were elsewhere before


class Rerouting:
    """Owned by the controller's one thread; `now` is monotonic, in seconds."""

    def __init__(self, detours: Detours) -> None:
        self._detours = detours
        self._sessions: dict[FiveTuple, _Session] = {}
        self._faults: set[str] = set()

    def heard(self, rows: Iterable[Moved], egress: str, now: float) -> Change:
        """The NF says, for the first time or again, which way sessions take that leave it by an interface."""
        change = Change()
        for moved in rows:
            known = self._sessions.get(moved.flow)
            if moved.over:
                self._forget(known, change)
            elif known is not None and known.moved == moved:
                self._renew(known, change, now)
            else:
                self._take(moved, egress, known, change, now)
        return change

    def tick(self, now: float) -> Change:
        """Sessions that were not heard of for too long are over."""
        change = Change()
        for session in [one for one in self._sessions.values() if now >= one.heard + LIFETIME]:
            self._forget(session, change)
        return change

    def clear(self) -> Change:
        """The NF is down, and its sessions with it."""
        change = Change()
        for session in list(self._sessions.values()):
            self._forget(session, change)
        return change

    def of(self, dpid: int) -> list[Intent]:
        """What a switch that joins is to have."""
        return [entry for session in self._sessions.values() for entry in session.entries if entry.dpid == dpid]

    def __len__(self) -> int:
        return len(self._sessions)

    def _take(self, moved: Moved, egress: str, known: _Session | None, change: Change, now: float) -> None:
        self._forget(known, change)
        found = self._detours.entries(moved.flow, egress, moved.instance)
        if isinstance(found, NoWay):
            change.faults += [found.reason] if found.reason not in self._faults else []
            self._faults.add(found.reason)
            return
        change.removed = [entry for entry in change.removed if entry.key not in {new.key for new in found}]
        change.added += found
        change.moved += 1
        self._sessions[moved.flow] = _Session(moved, found, now, now)

    @staticmethod
    def _renew(session: _Session, change: Change, now: float) -> None:
        session.heard = now
        if now >= session.told + RENEWED:
            session.told = now
            change.added += session.entries

    def _forget(self, session: _Session | None, change: Change) -> None:
        if session is not None:
            del self._sessions[session.moved.flow]
            change.removed += session.entries
