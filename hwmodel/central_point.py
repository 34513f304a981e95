"""The central point: which SPU owns which session, device-wide, and how new ones spread.

In current releases the matching is itself spread over the SPUs (each answers for a slice of all tuples); the
answers are those of one global table, which is what stands here.
"""

from collections.abc import Iterator
from dataclasses import replace

from hwmodel.distribution import Build, Chooser, Distribution, WeightTable
from hwmodel.session import FiveTuple, Session, SpuId


class CentralPoint:
    """The global session table, and the SPU session weight table with the SPUs that live.

    Since Junos 15.1X49-D30 it holds the sessions of all SPUs together; a classic one has a `capacity` of its own.
    """

    def __init__(self, facts: WeightTable, build: Build, capacity: int | None = None) -> None:
        self.capacity = sum(facts.weights.values()) if capacity is None else capacity
        self._facts = facts
        self._build = build
        self._living = set(facts.living)
        self._by_id: dict[int, Session] = {}
        self._by_tuple: dict[FiveTuple, Session] = {}
        self._distribution = self._build_for_the_living()

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Session]:
        return iter(tuple(self._by_id.values()))

    @property
    def full(self) -> bool:
        """Whether the table has no room for another session."""
        return len(self._by_id) >= self.capacity

    def lookup(self, flow: FiveTuple) -> Session | None:
        """The session that a five-tuple is a wing of, whatever SPU it lives on."""
        return self._by_tuple.get(flow)

    def session(self, session_id: int) -> Session | None:
        """The session of that identifier."""
        return self._by_id.get(session_id)

    def record(self, session: Session) -> None:
        """An SPU has created a session."""
        self._by_id[session.id] = session
        self._by_tuple[session.c2s.five_tuple] = session
        self._by_tuple[session.s2c.five_tuple] = session

    def forget(self, session_id: int) -> Session | None:
        """A session is gone; returns it, unless it was gone already."""
        session = self._by_id.pop(session_id, None)
        if session is not None:
            self._by_tuple.pop(session.c2s.five_tuple, None)
            self._by_tuple.pop(session.s2c.five_tuple, None)
        return session

    @property
    def has_living_spus(self) -> bool:
        """Whether any SPU takes sessions."""
        return bool(self._living)

    def lose(self, spu: SpuId) -> None:
        """An SPU takes no more sessions."""
        self._living.discard(spu)
        self._distribution = self._build_for_the_living()

    def regain(self, spu: SpuId) -> None:
        """An SPU takes sessions again, if it is one that does."""
        if spu in self._facts.weights:
            self._living.add(spu)
            self._distribution = self._build_for_the_living()

    def tables(self) -> Distribution | None:
        """What network processors choose living SPUs by; None when there are none, or the choice is made here."""
        return self._distribution_of(Chooser.NETWORK_PROCESSOR)

    def choose(self, flow: FiveTuple, ingress: int = 0) -> SpuId | None:
        """A living SPU for a flow that was sent here; None when there is none, or network processors choose."""
        own = self._distribution_of(Chooser.CENTRAL_POINT)
        return None if own is None else own.choose(flow, ingress)

    def _distribution_of(self, chooser: Chooser) -> Distribution | None:
        made = self._distribution
        return made if made is not None and made.chooser is chooser else None

    def _build_for_the_living(self) -> Distribution | None:
        if not self._living:
            return None
        return self._build(replace(self._facts, living=frozenset(self._living)))
