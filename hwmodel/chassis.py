"""The chassis: network processors, central point and SPUs as one, under whatever clock is handed in."""

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from hwmodel import distribution as distributions
from hwmodel.central_point import CentralPoint
from hwmodel.distribution import WeightTable
from hwmodel.flow_hash import flow_hash, thread_of
from hwmodel.network_processor import NetworkProcessor
from hwmodel.platform import Platform, Role
from hwmodel.session import Packet, Session, SpuId
from hwmodel.spu import Spu, SpuHistory, SpuStatus
from hwmodel.work import Work


class Refusal(Enum):
    """Why a packet opened no session."""

    SESSION_TABLE_FULL = "session table full"  # on the SPU it was given to, whatever room the others have
    NOT_AN_OPENER = "not a session opener"  # the SYN check
    NO_LIVE_SPU = "no live SPU"
    NO_CENTRAL_POINT = "no live central point"


@dataclass(frozen=True, slots=True)
class FirstPath:
    """The packet opened this session."""

    session: Session


@dataclass(frozen=True, slots=True)
class FastPath:
    """The packet belongs to this session."""

    session: Session


@dataclass(frozen=True, slots=True)
class Refused:
    """The packet belongs to no session and opened none; `spu` is the one that refused it, if it got that far."""

    reason: Refusal
    spu: SpuId | None = None


Placement: TypeAlias = FirstPath | FastPath | Refused


class Chassis:
    """A device's data plane: it places packets on sessions, sessions on SPUs, and counts what they cost.

    By default a failed SPU takes only its own sessions with it and its share of new ones goes to the living, which is
    ours; with `reset_on_spu_failure` every session is lost, as Junos documents it (all data-plane cards are reset).
    """

    def __init__(
        self, platform: Platform, distribution: str = "hash_based", *, reset_on_spu_failure: bool = False
    ) -> None:
        self.platform = platform
        self.distribution = distribution
        self.reset_on_spu_failure = reset_on_spu_failure
        self._spus = tuple(Spu(index, spec, platform) for index, spec in enumerate(platform.spus))
        self._nps = tuple(NetworkProcessor(platform.wings_per_np, at) for at in range(platform.network_processors))
        self._now = 0.0
        self._central_point = CentralPoint(self._weights(), distributions.load(distribution))
        self._hosts = tuple(spu for spu in self._spus if spu.spec.role is not Role.FLOW)
        self._load_tables()

    def _weights(self) -> WeightTable:
        weights = {spu.id: spu.spec.max_sessions for spu in self._spus if spu.spec.max_sessions}
        return WeightTable(
            weights,
            frozenset(weights),
            self.platform.hash_entries,
            sessions_on=lambda spu: len(self._spus[spu]),
            load_on=lambda spu: self._spus[spu].recent_load(self._now),
            ingresses=self.platform.network_processors,
        )

    def receive(self, packet: Packet, now: float, ingress: int = 0) -> Placement:
        """Place a packet that came in through network processor `ingress`; charges nothing."""
        self._now = now
        flow = packet.five_tuple
        processor = self._nps[ingress]
        session = processor.lookup(flow)
        if session is None:
            session = self._central_point.lookup(flow)
            if session is None:
                return self._first_packet(packet, now, processor)
            processor.install(flow, session)
        return FastPath(session)

    def _first_packet(self, packet: Packet, now: float, processor: NetworkProcessor) -> Placement:
        flow = packet.five_tuple
        chosen = processor.choose(flow)
        if chosen is None and self._central_point_lives:
            chosen = self._central_point.choose(flow, processor.number)
        if chosen is None:
            someone_lives = self._central_point.has_living_spus
            return Refused(Refusal.NO_CENTRAL_POINT if someone_lives else Refusal.NO_LIVE_SPU)
        if not packet.opens:
            return Refused(Refusal.NOT_AN_OPENER, chosen)
        if not self._central_point_lives:
            return Refused(Refusal.NO_CENTRAL_POINT, chosen)
        session = self._spus[chosen].create(flow, now)
        if session is None:
            return Refused(Refusal.SESSION_TABLE_FULL, chosen)
        self._central_point.record(session)
        processor.install(flow, session)
        processor.install(session.s2c.five_tuple, session)
        return FirstPath(session)

    def charge(self, session_id: int, work: Work, now: float) -> float:
        """Count work done for a session on its SPU; returns CPU seconds, 0 when the session is gone."""
        session = self._central_point.session(session_id)
        if session is None:
            return 0.0
        return self._spus[session.spu].charge(work, now, self._thread(session))

    def spend(self, session_id: int, seconds: float, now: float) -> None:
        """Count CPU time that a session costs beside its work, such as what keeping its copy takes of a backup."""
        session = self._central_point.session(session_id)
        if session is not None:
            self._spus[session.spu].spend(seconds, now, self._thread(session))

    def _thread(self, session: Session) -> int:
        return thread_of(flow_hash(session.c2s.five_tuple), self._spus[session.spu].spec.threads)

    def close(self, session_id: int, now: float) -> Session | None:
        """Remove a session and its wings everywhere; returns it, or None when it was gone already."""
        session = self._central_point.session(session_id)
        if session is not None:
            self._spus[session.spu].close(session, now)
            self._forget(session)
        return session

    def fail(self, spu: SpuId, now: float) -> tuple[Session, ...]:
        """An SPU stops; returns the sessions that are lost with it."""
        victims = self._spus if self.reset_on_spu_failure else (self._spus[spu],)
        lost = tuple(session for victim in victims for session in victim)
        for session in lost:
            self._spus[session.spu].close(session, now)
            self._forget(session)
        self._spus[spu].fail(now)
        self._central_point.lose(spu)
        self._load_tables()
        return lost

    def restore(self, spu: SpuId, now: float) -> None:
        """A failed SPU comes back empty and gets its own share of new sessions again; those elsewhere stay there."""
        if not self._spus[spu].alive:
            self._spus[spu].restore(now)
            self._central_point.regain(spu)
            self._load_tables()

    def reset(self, now: float) -> tuple[Session, ...]:
        """All data-plane cards start anew; returns the sessions that are lost."""
        lost = self.sessions()
        for session in lost:
            self.close(session.id, now)
        return lost

    def session(self, session_id: int) -> Session | None:
        """The session of that identifier."""
        return self._central_point.session(session_id)

    def sessions(self) -> tuple[Session, ...]:
        """All sessions, oldest first."""
        return tuple(self._central_point)

    def wings(self) -> int:
        """Wings in the caches of all network processors together."""
        return sum(map(len, self._nps))

    def status(self, now: float) -> tuple[SpuStatus, ...]:
        """What every SPU holds and how busy it is, in the order of their places."""
        return tuple(
            spu.status(now, len(self._central_point), self._central_point.capacity)
            if spu in self._hosts
            else spu.status(now)
            for spu in self._spus
        )

    def history(self, spu: SpuId, now: float) -> SpuHistory:
        """The last 60 seconds of one SPU."""
        return self._spus[spu].history(now)

    def _forget(self, session: Session) -> None:
        self._central_point.forget(session)
        for processor in self._nps:
            processor.forget(session)

    def _load_tables(self) -> None:
        # a device whose inventory names no central point runs it within its only flow process
        self._central_point_lives = not self._hosts or any(spu.alive for spu in self._hosts)
        tables = self._central_point.tables()
        for processor in self._nps:
            processor.load(tables)
