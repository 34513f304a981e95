"""A chassis cluster: two nodes, the sessions of the active one kept on the backup by messages (RTOs), and failover.

A session that is opened, and one that is closed, is one message each over the fabric link. The backup holds the same
session in its own tables, at a part of the CPU. When the active node is lost, what was kept goes on; a decrypted session
does not (its TLS and TCP state is not kept; unconfirmed for SRX, and so with other makers), nor one that was not kept.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from hwmodel.chassis import Chassis, FirstPath, Placement
from hwmodel.platform import Figure, Kind, Platform
from hwmodel.session import ICMP, ICMPV6, FiveTuple, Packet, Session
from hwmodel.work import CostTable, Work

SESSION_CREATE: Final = "Session create"  # as `show chassis cluster data-plane statistics` names them
SESSION_CLOSE: Final = "Session close"
RTOS_A_SESSION: Final = 2
BACKUP_SHARE: Final = Figure(0.32, "public lab report on an SRX1600 pair: 5 to 7 % for 25,000 sessions/s, that is 8 to 11 us "
                             "a session, where the active node takes 30", Kind.DERIVED)
RTO_BYTES: Final = Figure(1270, "same report: 49,141 messages and 499.4 Mb a second, encrypted link", Kind.DERIVED)


def backup_seconds(costs: CostTable) -> float:
    """CPU seconds that one message costs the backup."""
    return float(BACKUP_SHARE.value) * costs.seconds(Work(sessions=1)) / RTOS_A_SESSION


@dataclass(frozen=True, slots=True)
class RtoStatistics:
    """Messages of one node by service."""

    sent: dict[str, int]
    received: dict[str, int]

    @property
    def bytes_sent(self) -> int:
        """What the messages took of the fabric link."""
        return sum(self.sent.values()) * int(RTO_BYTES.value)


class Copies:
    """What the backup keeps: sessions of the active node, by their identifiers there, in tables of its own chassis.

    A session that finds no room has no copy.
    """

    def __init__(self, chassis: Chassis, *, sync_icmp: bool = False) -> None:
        self.chassis = chassis
        self.sync_icmp = sync_icmp  # `set security flow sync-icmp-session`
        self._own: dict[int, int] = {}  # identifier on the active node: that on the backup

    def __len__(self) -> int:
        return len(self._own)

    def wants(self, flow: FiveTuple) -> bool:
        """Whether sessions of this kind are told of."""
        return self.sync_icmp or flow.proto not in (ICMP, ICMPV6)

    def created(self, session_id: int, flow: FiveTuple, now: float) -> None:
        """The active node has a session."""
        if session_id in self._own:
            return
        placement = self.chassis.receive(Packet(flow), now)
        if isinstance(placement, FirstPath):
            self._own[session_id] = placement.session.id
            self.chassis.spend(placement.session.id, backup_seconds(self.chassis.platform.costs), now)

    def closed(self, session_id: int, now: float) -> None:
        """The active node has it no longer."""
        own = self._own.pop(session_id, None)
        if own is not None:
            self.chassis.spend(own, backup_seconds(self.chassis.platform.costs), now)
            self.chassis.close(own, now)

    def of(self, session_id: int) -> Session | None:
        """The copy of a session."""
        return self.chassis.session(self._own.get(session_id, 0))

    def forget(self, session_id: int, now: float) -> None:
        """Remove a copy that cannot go on here."""
        own = self._own.pop(session_id, None)
        if own is not None:
            self.chassis.close(own, now)

    def clear(self, now: float) -> tuple[Session, ...]:
        """Remove every copy; those that were there."""
        found = tuple(copy for copy in map(self.of, tuple(self._own)) if copy is not None)
        for session_id in tuple(self._own):
            self.forget(session_id, now)
        return found


@dataclass(frozen=True, slots=True)
class Failover:
    """What became of the sessions: those that go on, by their identifier on the lost node, and those that are lost."""

    kept: dict[int, Session]
    lost: tuple[Session, ...]


class Cluster:
    """Two nodes of one platform; packets go to the active one."""

    def __init__(self, platform: Platform, distribution: str = "hash_based", *, sync_icmp: bool = False) -> None:
        self.nodes = (Chassis(platform, distribution), Chassis(platform, distribution))
        self.active = 0
        self.sync_icmp = sync_icmp
        self._copies = Copies(self.nodes[1], sync_icmp=sync_icmp)
        self._decrypted: set[int] = set()
        self._up = [True, True]
        self._sent = (Counter[str](), Counter[str]())
        self._received = (Counter[str](), Counter[str]())

    @property
    def primary(self) -> Chassis:
        """The node that carries traffic."""
        return self.nodes[self.active]

    @property
    def secondary(self) -> Chassis:
        """The node that keeps copies."""
        return self.nodes[1 - self.active]

    def receive(self, packet: Packet, now: float, ingress: int = 0) -> Placement:
        """Place a packet on the active node; a new session is copied to the backup, if that is up and has room."""
        placement = self.primary.receive(packet, now, ingress)
        if isinstance(placement, FirstPath):
            self._copy(placement.session, now)
        return placement

    def _copy(self, session: Session, now: float) -> None:
        flow = session.c2s.five_tuple
        if self._up[1 - self.active] and self._copies.wants(flow):
            self._tell(SESSION_CREATE)
            self._copies.created(session.id, flow, now)

    def decrypts(self, session_id: int) -> None:
        """The active node has begun to decrypt a session."""
        if self.primary.session(session_id) is not None:
            self._decrypted.add(session_id)

    def close(self, session_id: int, now: float) -> Session | None:
        """Remove a session on both nodes."""
        closed = self.primary.close(session_id, now)
        self._decrypted.discard(session_id)
        if self._copies.of(session_id) is not None:
            self._tell(SESSION_CLOSE)
            self._copies.closed(session_id, now)
        return closed

    def fail(self, now: float) -> Failover:
        """The active node is lost: the backup takes over with its copies."""
        kept, lost = {}, []
        for session in self.primary.sessions():
            if session.id in self._decrypted:
                self._copies.forget(session.id, now)
            copy = self._copies.of(session.id)
            if copy is None:
                lost.append(session)
            else:
                kept[session.id] = copy
        self.primary.reset(now)
        self._decrypted = set()
        self._up[self.active] = False
        self.active = 1 - self.active
        self._copies = Copies(self.secondary, sync_icmp=self.sync_icmp)
        return Failover(kept, tuple(lost))

    def rejoin(self, now: float) -> None:
        """The lost node comes back as backup: every session there is gets its copy anew (cold synchronisation)."""
        if not self._up[1 - self.active]:
            self._up[1 - self.active] = True
            for session in self.primary.sessions():
                self._copy(session, now)

    def statistics(self, node: int) -> RtoStatistics:
        """Messages that a node has sent and received."""
        return RtoStatistics(dict(self._sent[node]), dict(self._received[node]))

    def _tell(self, service: str) -> None:
        self._sent[self.active][service] += 1
        self._received[1 - self.active][service] += 1
