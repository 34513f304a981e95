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
from hwmodel.session import ICMP, ICMPV6, Packet, Session
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
        self.sync_icmp = sync_icmp  # `set security flow sync-icmp-session`
        self._copies: dict[int, int] = {}  # identifier on the active node: that on the backup
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
        if not self._up[1 - self.active] or (flow.proto in (ICMP, ICMPV6) and not self.sync_icmp):
            return
        copy = self.secondary.receive(Packet(flow), now)
        self._tell(SESSION_CREATE)
        if isinstance(copy, FirstPath):
            self._copies[session.id] = copy.session.id
            self.secondary.spend(copy.session.id, backup_seconds(self.secondary.platform.costs), now)

    def decrypts(self, session_id: int) -> None:
        """The active node has begun to decrypt a session."""
        if self.primary.session(session_id) is not None:
            self._decrypted.add(session_id)

    def close(self, session_id: int, now: float) -> Session | None:
        """Remove a session on both nodes."""
        closed = self.primary.close(session_id, now)
        self._decrypted.discard(session_id)
        copy = self._copies.pop(session_id, None)
        if copy is not None:
            self._tell(SESSION_CLOSE)
            self.secondary.spend(copy, backup_seconds(self.secondary.platform.costs), now)
            self.secondary.close(copy, now)
        return closed

    def fail(self, now: float) -> Failover:
        """The active node is lost: the backup takes over with its copies."""
        kept, lost = {}, []
        for session in self.primary.sessions():
            copy = self.secondary.session(self._copies.get(session.id, 0))
            if copy is not None and session.id in self._decrypted:
                self.secondary.close(copy.id, now)
                copy = None
            if copy is None:
                lost.append(session)
            else:
                kept[session.id] = copy
        self.primary.reset(now)
        self._copies, self._decrypted = {}, set()
        self._up[self.active] = False
        self.active = 1 - self.active
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
