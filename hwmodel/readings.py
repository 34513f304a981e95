"""What a chassis shows of itself: its sessions, its SPUs and what its network processors hold."""

from collections import Counter

from hwmodel.central_point import CentralPoint
from hwmodel.network_processor import NetworkProcessor
from hwmodel.session import Session, SpuId
from hwmodel.spu import Spu, SpuHistory, SpuStatus


class Readings:
    """The part of a chassis that changes nothing."""

    _spus: tuple[Spu, ...]
    _nps: tuple[NetworkProcessor, ...]
    _hosts: tuple[Spu, ...]  # of the central point
    _central_point: CentralPoint
    _offloaded: set[int]

    def session(self, session_id: int) -> Session | None:
        """The session of that identifier."""
        return self._central_point.session(session_id)

    def early_ageout_in(self, session: Session, now: float) -> float:
        """Seconds until a session may have to make room in its SPU's table."""
        return self._spus[session.spu].ageing.early_in(session, now)

    def sessions(self) -> tuple[Session, ...]:
        """All sessions, oldest first."""
        return tuple(self._central_point)

    def distributed_central_points(self, session: Session) -> tuple[SpuId | None, SpuId | None]:
        """The SPUs that match each of a session's wings, one slice of all tuples each; translation may part them."""
        forward, back = (self._nps[0].choose(wing.five_tuple) for wing in (session.c2s, session.s2c))
        return forward, back

    def offloaded(self) -> Counter[SpuId]:
        """By SPU: its sessions whose packets it does not see."""
        return Counter(session.spu for session in map(self._central_point.session, self._offloaded) if session)

    def drop_flows(self) -> Counter[SpuId]:
        """By SPU: denied flows that it remembers."""
        return Counter({spu.id: len(spu.drop_flows) for spu in self._spus})

    def wings(self) -> int:
        """Wings in the caches of all network processors together."""
        return sum(map(len, self._nps))

    def status(self, now: float) -> tuple[SpuStatus, ...]:
        """What every SPU holds and how busy it is, in the order of their places."""
        cp = (len(self._central_point), self._central_point.capacity)
        return tuple(spu.status(now, *cp) if spu in self._hosts else spu.status(now) for spu in self._spus)

    def history(self, spu: SpuId, now: float) -> SpuHistory:
        """The last 60 seconds of one SPU."""
        return self._spus[spu].history(now)
