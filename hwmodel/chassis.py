"""The chassis: network processors, central point and SPUs as one, under whatever clock is handed in."""

from collections import Counter

from hwmodel import distribution as distributions
from hwmodel.anchors import anchor_flow
from hwmodel.central_point import CentralPoint
from hwmodel.classic import CLASSIC_MESSAGES, classic_capacity
from hwmodel.distribution import WeightTable
from hwmodel.express_path import Exclusion, exclusion, left_to_the_spu
from hwmodel.flow_hash import flow_hash, thread_of
from hwmodel.flow_settings import FlowSettings
from hwmodel.lending import Lending
from hwmodel.network_processor import NetworkProcessor
from hwmodel.placement import FastPath, FirstPath, Placement, Refusal, Refused
from hwmodel.platform import Platform, Role
from hwmodel.session import FiveTuple, Packet, Session, SpuId
from hwmodel.session_limits import SessionLimits
from hwmodel.spu import Spu
from hwmodel.work import Work

__all__ = ["Chassis", "FastPath", "FirstPath", "Placement", "Refusal", "Refused"]


class Chassis(Lending):
    """A device's data plane: it places packets on sessions, sessions on SPUs, and counts what they cost.

    By default a failed SPU takes only its own sessions with it and its share of new ones goes to the living, which is
    ours; with `reset_on_spu_failure` every session is lost, as Junos documents it (all data-plane cards are reset).
    """

    def __init__(
        self,
        platform: Platform,
        distribution: str = "hash_based",
        *,
        reset_on_spu_failure: bool = False,
        settings: FlowSettings | None = None,
    ) -> None:
        self.platform = platform
        self.distribution = distribution
        self.reset_on_spu_failure = reset_on_spu_failure
        self.settings = settings or FlowSettings()
        self.offloaded_packets: Counter[SpuId] = Counter()  # by SPU: those that it did not see
        self.fabric_hops = 0  # packets that came to their session's SPU by way of another
        self._spus = tuple(Spu(index, spec, platform, self.settings) for index, spec in enumerate(platform.spus))
        self._nps = tuple(NetworkProcessor(platform.wings_per_np, at) for at in range(platform.network_processors))
        self._hosts = tuple(spu for spu in self._spus if spu.spec.role is not Role.FLOW)
        self._limits = SessionLimits(self.settings)
        self._offloaded: set[int] = set()
        self._wingless: set[int] = set()  # sessions that a network processor has forgotten for their silence
        self._now = 0.0
        capacity = classic_capacity(platform) if self.settings.classic_central_point else None
        self._central_point = CentralPoint(self._weights(), distributions.load(distribution), capacity)
        self._load_tables()

    def _weights(self) -> WeightTable:
        weights = {spu.id: spu.spec.max_sessions for spu in self._spus if spu.spec.max_sessions}
        return WeightTable(
            weights, frozenset(weights), self.platform.hash_entries,
            sessions_on=lambda spu: len(self._spus[spu]),
            load_on=lambda spu: self._spus[spu].recent_load(self._now),
            ingresses=self.platform.network_processors,
        )

    def receive(self, packet: Packet, now: float, ingress: int = 0, number: int | None = None) -> Placement:
        """Place a packet that came in through network processor `ingress`; charges only what anchors it.

        A session that it opens gets the `number`, which has been lent, on the SPU that has kept room for it.
        """
        self._now = now
        flow = packet.five_tuple
        processor = self._nps[ingress]
        session = processor.lookup(flow, now)
        if session is None:
            session = self._central_point.lookup(flow)
            if session is None:
                placement = self._first_packet(packet, now, processor, number)
                if isinstance(placement, FirstPath) and (packet.fragment or packet.outer is not None):
                    self._by_way_of_anchor(packet, placement.session, now, processor)
                return placement
            processor.install(session, now, flow)
        self._spus[session.spu].ageing.touch(session, now)
        if packet.fragment or packet.outer is not None:
            self._by_way_of_anchor(packet, session, now, processor)
        return FastPath(session)

    def _first_packet(self, packet: Packet, now: float, processor: NetworkProcessor, number: int | None) -> Placement:
        chosen = self._choose(packet, processor, number)
        if chosen is None:
            someone_lives = self._central_point.has_living_spus
            return Refused(Refusal.NO_CENTRAL_POINT if someone_lives else Refusal.NO_LIVE_SPU)
        refusal = self._refusal(packet, chosen, now)
        if refusal is not None:
            return Refused(refusal, chosen)
        session = self._spus[chosen].create(packet.five_tuple, now, packet.reply, number)
        if session is None:
            return Refused(Refusal.SESSION_TABLE_FULL, chosen)
        self._central_point.record(session)
        alarm = self._limits.opened(session, packet.zone) if self._limits.limited else None
        if self.settings.classic_central_point and self._hosts:
            next(spu for spu in self._hosts if spu.alive).charge(Work(packets=CLASSIC_MESSAGES), now)
        processor.install(session, now)
        return FirstPath(session, alarm)

    def _choose(self, packet: Packet, processor: NetworkProcessor, number: int | None) -> SpuId | None:
        if number is not None:
            for spu in self._spus:
                if number in spu.lent and spu.alive:
                    return spu.id
        bound = self.settings.session_affinity and packet.outer is not None
        chosen = processor.choose((anchor_flow(packet) if bound else None) or packet.five_tuple)
        if chosen is None and self._central_point_lives:
            chosen = self._central_point.choose(packet.five_tuple, processor.number)
        return chosen

    def _refusal(self, packet: Packet, chosen: SpuId, now: float) -> Refusal | None:
        if self._spus[chosen].drop_flows.drops(packet.five_tuple, now):
            return Refusal.DROP_FLOW
        if not packet.opens:
            return Refusal.NOT_AN_OPENER
        if not self._central_point_lives:
            return Refusal.NO_CENTRAL_POINT
        if self.settings.classic_central_point and self._central_point.full:
            return Refusal.CENTRAL_POINT_FULL
        return self._limits.refusal(packet.five_tuple, packet.zone) if self._limits.limited else None

    def _by_way_of_anchor(self, packet: Packet, session: Session, now: float, processor: NetworkProcessor) -> None:
        through = anchor_flow(packet)
        anchor = None if through is None else processor.choose(through)
        if through is not None and anchor is not None:
            spu = self._spus[anchor]
            spu.charge(Work(packets=1), now, thread_of(flow_hash(through), spu.spec.threads))
            self.fabric_hops += anchor != session.spu

    def deny(self, flow: FiveTuple, now: float, ingress: int = 0) -> bool:
        """A policy has denied this flow: its next packets are refused without being asked for again; False without room."""
        chosen = self._nps[ingress].choose(flow)
        return chosen is not None and self._spus[chosen].drop_flows.deny(flow, now)

    def offload(self, session_id: int, *, services: bool = False, fragments: bool = False) -> Exclusion | None:
        """Leave a session's packets to the network processors from now on; returns why that cannot be, or None."""
        session = self._central_point.session(session_id)
        if session is None or not any(processor.holds(session) for processor in self._nps):
            return Exclusion.CACHE_FULL
        flow = session.c2s.five_tuple
        reason = exclusion(self.platform, self.settings, flow, services=services, fragments=fragments)
        if reason is None:
            self._offloaded.add(session_id)
        return reason

    def age(self, now: float) -> tuple[Session, ...]:
        """Remove the sessions, and the wings of others, that have been idle for too long; returns those sessions."""
        self.age_wings(now)
        idle = [session for spu in self._spus for session in spu.idle(now)]
        return tuple(filter(None, [self.close(session, now) for session in idle]))

    def age_wings(self, now: float) -> None:
        """Remove the wings that have been idle for too long; their sessions stay."""
        for processor in self._nps:
            idle = processor.age(now, self.settings.wing_timeout, self._last_packet)
            self._wingless.update(session.id for session in idle)

    def _last_packet(self, session: Session) -> float:
        return self._spus[session.spu].ageing.last_packet(session)

    def early_ageouts(self, now: float) -> tuple[Session, ...]:
        """The sessions that are to go before their time, since an SPU's table is filling; the caller has them closed."""
        found = [session for spu in self._spus for session in spu.early(now)]
        return tuple(filter(None, map(self._central_point.session, found)))

    def configure(self, settings: FlowSettings) -> None:
        """Go on under other settings; what is there stays."""
        self.settings = settings
        self._limits.configure(settings)
        for spu in self._spus:
            spu.configure(settings)

    def charge(self, session_id: int, work: Work, now: float) -> float:
        """Count work done for a session on its SPU; returns CPU seconds, 0 when the session is gone."""
        session = self._central_point.session(session_id)
        if session is None:
            return 0.0
        if work.packets:
            self._spus[session.spu].ageing.touch(session, now)
            if session_id in self._wingless:
                self._wingless.discard(session_id)
                self._nps[0].install(session, now)
        if session_id in self._offloaded:
            self.offloaded_packets[session.spu] += work.packets
            work = left_to_the_spu(work)
        return self.charge_thread(session.spu, session.thread, work, now)

    def charge_thread(self, spu: SpuId, thread: int, work: Work, now: float) -> float:
        """Count work that a thread has done for sessions that may be over; returns CPU seconds."""
        return self._spus[spu].charge(work, now, thread)

    def spend(self, session_id: int, seconds: float, now: float) -> None:
        """Count CPU time that a session costs beside its work, such as what keeping its copy takes of a backup."""
        session = self._central_point.session(session_id)
        if session is not None:
            self._spus[session.spu].spend(seconds, now, session.thread)

    def close(self, session_id: int, now: float) -> Session | None:
        """Remove a session and its wings everywhere; returns it, or None when it was gone already."""
        session = self._central_point.forget(session_id)
        if session is not None:
            self._spus[session.spu].close(session, now)
            if session_id in self._limits.zones:
                self._limits.closed(session)
            self._offloaded.discard(session_id)
            self._wingless.discard(session_id)
            for processor in self._nps:
                processor.forget(session)
        return session

    def fail(self, spu: SpuId, now: float) -> tuple[Session, ...]:
        """An SPU stops; returns the sessions that are lost with it."""
        victims = self._spus if self.reset_on_spu_failure else (self._spus[spu],)
        lost = tuple(session for victim in victims for session in victim)
        for session in lost:
            self.close(session.id, now)
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
        return tuple(session for session in self.sessions() if self.close(session.id, now))

    def _load_tables(self) -> None:
        # a device whose inventory names no central point runs it within its only flow process
        self._central_point_lives = not self._hosts or any(spu.alive for spu in self._hosts)
        tables = self._central_point.tables()
        for processor in self._nps:
            processor.load(tables)
