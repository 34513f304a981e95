"""The sessions that take another way: what the NF says of them, the entries that they have, and their end."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from hwmodel.session import FiveTuple
from nf.controller.detours import Detour, Detours, NoWay
from nf.controller.intents import Intent
from nf.controller.topology import Leg
from nf.protocols.ways import Moved

LIFETIME = 60.0  # seconds without a word from the NF, which says everything three times in it
RENEWED = 15.0  # seconds after which a switch that may have forgotten idle entries is told them again
IDLE = 60  # seconds without a packet after which a switch forgets an entry by itself


@dataclass(slots=True)
class _Session:
    """A session that is to take a way: its entries while it does, when it was heard of last and when switches were told."""

    moved: Moved
    way: Detour | NoWay
    heard: float
    told: float
    entries: tuple[Intent, ...] = ()


@dataclass(slots=True)
class Change:
    """What switches are to be told: entries to have and entries to lose; and what is to be said to the operator."""

    added: list[Intent] = field(default_factory=list)
    removed: list[Intent] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    moved: int = 0  # sessions that were elsewhere before
    kept: int = 0  # sessions that stay where they are


class Rerouting:
    """Owned by the controller's one thread; `now` is monotonic, in seconds."""

    def __init__(self, detours: Detours) -> None:
        self._detours = detours
        self._sessions: dict[FiveTuple, _Session] = {}
        self._faults: set[str] = set()
        self._down: set[str] = set()  # functions

    def heard(self, rows: Iterable[Moved], leg: Leg, now: float) -> Change:
        """The NF says, for the first time or again, which way sessions take that leave it by a leg."""
        change = Change()
        for moved in rows:
            known = self._sessions.get(moved.flow)
            if moved.over:
                self._forget(known, change)
            elif known is not None and known.moved == moved:
                self._renew(known, change, now)
            elif known is not None and known.moved == replace(moved, first=True):
                self._begun(known, moved, change, now)
            else:
                self._take(moved, leg, known, change, now)
        return change

    def function_is(self, name: str, *, up: bool, now: float) -> Change:
        """Ways lead through a function that is down, or is back: its sessions take the usual way until then.

        Connections that ended in it are lost, and do not come back to it.
        """
        change = Change()
        (self._down.discard if up else self._down.add)(name)
        for session in self._sessions.values():
            if isinstance(session.way, Detour) and name in session.way.functions:
                if not up:
                    change.removed += session.entries
                    session.entries = ()
                elif not session.way.from_first and not session.way.functions & self._down:
                    self._lay(session, session.way, change, now)
        return change

    def entries(self, flow: FiveTuple) -> tuple[Intent, ...]:
        """What leads a session the way that it has, nothing where it keeps the usual one."""
        known = self._sessions.get(flow)
        return () if known is None else known.entries

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

    def _take(self, moved: Moved, leg: Leg, known: _Session | None, change: Change, now: float) -> None:
        self._forget(known, change)
        way = self._detours.way(moved.flow, leg, moved.instance)
        if isinstance(way, Detour) and way.from_first and not moved.first:
            ends = " and ".join(sorted(way.functions))
            way = NoWay(f"connections end in {ends}, so a session that has begun is not moved there")
        session = self._sessions[moved.flow] = _Session(moved, way, now, now)
        if isinstance(way, Detour) and not way.functions & self._down:
            self._lay(session, way, change, now)
            change.moved += 1
            return
        change.kept += 1
        if isinstance(way, NoWay) and way.reason not in self._faults:
            self._faults.add(way.reason)
            change.faults.append(way.reason)

    @staticmethod
    def _lay(session: _Session, way: Detour, change: Change, now: float) -> None:
        keys = {entry.key for entry in way.entries}
        change.removed = [entry for entry in change.removed if entry.key not in keys]
        change.added += way.entries
        session.entries, session.told = way.entries, now

    def _begun(self, session: _Session, moved: Moved, change: Change, now: float) -> None:
        """Its first packet took the usual way after all."""
        session.moved = moved
        self._renew(session, change, now)
        if isinstance(session.way, Detour) and session.way.from_first:
            change.removed += session.entries
            session.entries = ()

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
