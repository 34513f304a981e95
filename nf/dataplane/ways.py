"""Sessions that take another way because of their application: what the controller is told of them, and how often."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from hwmodel.session import FiveTuple
from nf.protocols.ways import Moved

REPEATS: Final = 2  # beats on which news is said again: a frame may be lost
REFRESH: Final = 20  # beats within which every session is said again: a controller may have begun anew


@dataclass(frozen=True, slots=True)
class Row:
    """One session, and the interface that it leaves by."""

    egress: str
    moved: Moved


class Ways:
    """Book-keeping of the central point; whoever is told nothing for three refreshes may forget a session."""

    def __init__(self) -> None:
        self._rows: dict[int, Row] = {}
        self._news: list[tuple[Row, int]] = []
        self._round: Iterator[int] = iter(())  # whose turn it is to be said again

    def routed(self, session_id: int, flow: FiveTuple, egress: str, instance: str, *, first: bool = False) -> list[Row]:
        """A session takes a way from now on, `first` if its first packet waits for that: what is to be said at once."""
        row = self._rows[session_id] = Row(egress, Moved(flow, instance, first=first))
        return [replace(one, moved=replace(one.moved, asks=first)) for one in self._new(row)]

    def begun(self, session_id: int) -> list[Row]:
        """Its first packet took the usual way, since no answer came, or the controller has no other: likewise."""
        row = self._rows.get(session_id)
        if row is None:
            return []
        row = self._rows[session_id] = replace(row, moved=replace(row.moved, first=False))
        return self._new(row)

    def closed(self, session_id: int) -> list[Row]:
        """A session is over: likewise, nothing where it had no way of its own."""
        row = self._rows.pop(session_id, None)
        return [] if row is None else self._new(replace(row, moved=replace(row.moved, over=True)))

    def beat(self, lives: Callable[[int], bool]) -> list[Row]:
        """A second has passed: what is to be said again; a session that ended unheard of is over."""
        again = [row for row, _ in self._news]
        self._news = [(row, left - 1) for row, left in self._news if left > 1]
        share = -(-len(self._rows) // REFRESH)
        refreshed = list(islice(self._round, share))
        if len(refreshed) < share:
            self._round = iter(tuple(self._rows))
        gone = [row for one in refreshed if not lives(one) for row in self.closed(one)]
        return again + gone + [self._rows[one] for one in refreshed if one in self._rows]

    def _new(self, row: Row) -> list[Row]:
        self._news = [(other, left) for other, left in self._news if other.moved.flow != row.moved.flow]
        self._news.append((row, REPEATS))
        return [row]
