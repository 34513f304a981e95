"""Ageing: which sessions of an SPU have been idle for too long, and sooner than that when its table fills."""

from heapq import merge
from itertools import islice, takewhile
from math import inf
from operator import itemgetter

from hwmodel.flow_settings import FlowSettings
from hwmodel.session import TCP, Session


class Ageing:
    """The idle times of one SPU's sessions, longest idle first.

    From the high watermark on, a session's remaining time is cut to the early ageout, and the longest idle go first,
    until the table is down to the low watermark.
    """

    def __init__(self, settings: FlowSettings) -> None:
        self._settings = settings
        self._tcp: dict[int, float] = {}  # identifier to the time of its last packet, oldest first
        self._others: dict[int, float] = {}
        self._early_since: float | None = None

    def configure(self, settings: FlowSettings) -> None:
        """Go by other timeouts and watermarks."""
        self._settings = settings

    def touch(self, session: Session, now: float) -> None:
        """A packet of that session came."""
        seen = self._tcp if session.c2s.five_tuple.proto == TCP else self._others
        seen.pop(session.id, None)
        seen[session.id] = now

    def last_packet(self, session: Session) -> float:
        """When it came."""
        return self._tcp.get(session.id) or self._others.get(session.id, 0.0)

    def forget(self, session: Session) -> None:
        """The session is gone."""
        if self._tcp.pop(session.id, None) is None:
            self._others.pop(session.id, None)

    def expired(self, now: float, used: int, capacity: int) -> list[int]:
        """Identifiers of the sessions to remove; the table holds `used` of `capacity`."""
        self._watch(now, used, capacity)
        floor = self._settings.low_watermark * capacity / 100
        found: list[int] = []
        for seen, timeout in ((self._others, self._settings.other_timeout), (self._tcp, self._settings.tcp_timeout)):
            for session, last in seen.items():
                if now - last < timeout and not (used - len(found) > floor and self._is_early(last, now)):
                    break
                found.append(session)
        return found

    def early(self, now: float, used: int, capacity: int) -> list[int]:
        """Those to remove before their timeout alone, longest idle first; the table holds `used` of `capacity`."""
        self._watch(now, used, capacity)
        most = used - int(self._settings.low_watermark * capacity / 100)
        if self._early_since is None or most <= 0:
            return []
        idle = merge(self._others.items(), self._tcp.items(), key=itemgetter(1))
        early = takewhile(lambda pair: self._is_early(pair[1], now), idle)
        return [session for session, _ in islice(early, most)]

    def early_in(self, session: Session, now: float) -> float:
        """Seconds until that session may have to make room; none are counted while the table is not too full."""
        if self._early_since is None:
            return inf
        return max(0.0, self._settings.early_ageout - (now - max(self.last_packet(session), self._early_since)))

    def _watch(self, now: float, used: int, capacity: int) -> None:
        settings = self._settings
        if 100 * used <= settings.low_watermark * capacity:
            self._early_since = None
        elif self._early_since is None and settings.high_watermark < 100 and 100 * used >= settings.high_watermark * capacity:
            self._early_since = now

    def _is_early(self, last: float, now: float) -> bool:
        since = self._early_since
        return since is not None and now - max(last, since) >= self._settings.early_ageout
