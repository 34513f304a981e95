"""The network processor of an I/O card: it knows wings, and which SPU a packet goes to that belongs to none of them."""

from collections.abc import Callable
from itertools import takewhile

from hwmodel.distribution import Distribution
from hwmodel.session import TCP, FiveTuple, Session, SpuId


class NetworkProcessor:
    """A bounded cache of wings, and this card's copy of the session distribution tables.

    A full cache takes no more wings; their packets still reach their SPU, by way of the central point's table.
    """

    def __init__(self, capacity: int, number: int = 0) -> None:
        self.capacity = capacity
        self.number = number
        self.turned_away = 0  # wings that found the cache full
        self.aged = 0  # wings removed because no packet hit them
        self._wings: dict[FiveTuple, tuple[Session, float]] = {}  # with the last hit, longest ago first
        self._distribution: Distribution | None = None

    def __len__(self) -> int:
        return len(self._wings)

    def lookup(self, flow: FiveTuple, now: float = 0.0) -> Session | None:
        """The session that a packet's five-tuple is a wing of."""
        known = self._wings.pop(flow, None)
        if known is None:
            return None
        self._wings[flow] = (known[0], now)
        return known[0]

    def holds(self, session: Session) -> bool:
        """Whether the wings that a session needs are here: both of TCP, the client's of others."""
        flow = session.c2s.five_tuple
        return flow in self._wings and (flow.proto != TCP or session.s2c.five_tuple in self._wings)

    def install(self, session: Session, now: float = 0.0, flow: FiveTuple | None = None) -> None:
        """Remember the wings that a session needs here, or that one: of others than TCP the way back may never be used."""
        ahead, back = session.c2s.five_tuple, session.s2c.five_tuple
        for wing in (flow,) if flow is not None else (ahead, back) if ahead.proto == TCP else (ahead,):
            if len(self._wings) < self.capacity:
                self._wings[wing] = (session, now)
            else:
                self.turned_away += 1

    def age(self, now: float, timeout: float, last_packet: Callable[[Session], float]) -> list[Session]:
        """Remove the wings that no packet has hit for that long; returns their sessions, which stay.

        `last_packet` tells when a session had its last one, which need not have been looked up here.
        """
        due = list(takewhile(lambda wing: now - wing[1][1] >= timeout, self._wings.items()))
        idle = []
        for flow, (session, _) in due:
            del self._wings[flow]
            seen = last_packet(session)
            if now - seen < timeout:
                self._wings[flow] = session, seen
            else:
                idle.append(session)
        self.aged += len(idle)
        return idle

    def forget(self, session: Session) -> None:
        """Remove both wings of a session."""
        self._wings.pop(session.c2s.five_tuple, None)
        self._wings.pop(session.s2c.five_tuple, None)

    def load(self, distribution: Distribution | None) -> None:
        """Take new tables; None when what belongs to no wing is for the central point."""
        self._distribution = distribution

    def choose(self, flow: FiveTuple) -> SpuId | None:
        """The SPU for a flow that has no wing here; None when the central point has to say."""
        return None if self._distribution is None else self._distribution.choose(flow, self.number)
