"""This node of a chassis cluster: elects the primary with the other one; tells it of its sessions, or keeps copies of them."""

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hwmodel.cluster import SESSION_CLOSE, SESSION_CREATE, Copies
from hwmodel.session import FiveTuple, Session
from nf.dataplane.device import Device
from nf.dataplane.fabric import Fabric, carries
from nf.dataplane.heartbeat import Heart
from nf.dataplane.loop import Chore
from nf.dataplane.roster import tell
from nf.policy.chassis_cluster import DATA_PLANE, ROUTING_ENGINES, ChassisCluster
from nf.policy.redundancy import NO_NODE, Election, Role, Said
from nf.protocols.jsrp import Kind, Message, Rto

_KEPT: Final = 100  # changes
_PORTION, _PAUSE = 1024, 0.05  # RTOs that are sent at once, and seconds from one portion to the next


@dataclass(frozen=True, slots=True)
class Membership:
    """What the operator says of this node: its number, its cluster's, and the device of the fabric link."""

    node: int
    cluster: int
    device: str


@dataclass(frozen=True, slots=True)
class Change:
    """What this node became in a group, when (seconds since the epoch) and why."""

    at: float
    group: int
    before: Role
    after: Role
    reason: str


class Cluster:
    """Beats and decides once an interval, and at once when something is heard; `refuse` resets what the other node has lost.

    `legs` are network devices and the logical interfaces that they are.
    """

    def __init__(self, membership: Membership, settings: ChassisCluster, legs: Mapping[str, str],
                 refuse: Callable[[Sequence[FiveTuple]], None]) -> None:
        self.node, self.settings, self.legs = membership.node, settings, legs
        self.fabric = Fabric(membership.device, membership.cluster, membership.node)
        self.rtos_sent, self.rtos_received = Counter[str](), Counter[str]()
        self.counters: Counter[str] = Counter()
        self.elections: dict[int, Election] = {}
        self.changes: deque[Change] = deque(maxlen=_KEPT)
        self.slot: int | None = None
        self._refuse = refuse
        self._pending: list[Rto] = []
        self._rest = Chore(self._flush)
        self._heard_at = 0.0  # 0 is never, or before it was lost
        self._expected: int | None = None  # the sequence number of the next RTOs; None is any
        self._stale = False

    def start(self, device: Device, heart: Heart) -> None:
        """Speak and hear from now on, and have the controller hear who is primary; raises FabricError."""
        self._device, self._heart, self._loop = device, heart, device.loop
        groups = sorted({ROUTING_ENGINES, DATA_PLANE, *self.settings.groups})
        self.elections = {number: Election(self.node, self.settings.group(number), self.settings.patience, self._loop.now)
                          for number in groups}
        self._copies = Copies(device.chassis)
        self.fabric.open(self._loop, self._heard)
        device.ledger.follower = self
        self.expired()

    @property
    def primary(self) -> bool:
        """Whether the traffic comes to this node."""
        return self.elections[DATA_PLANE].primary

    @property
    def copies(self) -> int:
        """How many sessions of the other node are kept."""
        return len(self._copies)

    @property
    def rtos(self) -> Mapping[str, tuple[int, int]]:
        """RTOs by service, sent and received."""
        return {service: (self.rtos_sent[service], self.rtos_received[service]) for service in (SESSION_CREATE, SESSION_CLOSE)}

    @property
    def faults(self) -> tuple[str, ...]:
        """Why this node cannot carry traffic, as the device's codes."""
        legs = ("IF",) if not all(map(carries, self.legs)) else ()
        return (*legs, *(() if self._device.crew.is_there() else ("SP",)))

    def choose(self, group: int, node: int) -> None:
        """An operator wants a node to be primary in a group, or with NO_NODE takes that back."""
        self.elections[group].chosen(node)
        self._decide()

    def expired(self) -> None:
        """It is time to beat."""
        self._loop.arm(self, self.settings.interval)
        if self._heard_at and self._loop.now > self._heard_at + self.settings.patience:
            self._lose("no heartbeat")
        self._decide()
        if self._stale and not self.primary:
            self._resync()
        self.fabric.say(Kind.HELLO, [(number, election.own) for number, election in self.elections.items()])

    def stop(self) -> None:
        """Say good-bye, so that the other node need not wait."""
        self._loop.disarm(self)
        self._loop.disarm(self._rest)
        self.fabric.say(Kind.BYE)
        self.fabric.close()

    # what the ledger tells

    def began(self, session: Session) -> None:
        """A session has been placed here."""
        self._tell(Rto(session.id, session.c2s.five_tuple))

    def ended(self, session: Session) -> None:
        """A session is gone."""
        self._tell(Rto(session.id, session.c2s.five_tuple, closed=True))

    def _tell(self, rto: Rto) -> None:
        if self.primary and self.elections[DATA_PLANE].other is not None:
            self._pending.append(rto)
            if len(self._pending) == 1:
                self._loop.again(self._flush)  # with what else comes in this turn

    def _flush(self) -> None:
        """Tell what waits; much of it in portions, which the link and the other node have room for."""
        portion, self._pending = self._pending[:_PORTION], self._pending[_PORTION:]
        self.fabric.tell(portion)
        self.rtos_sent.update(map(_service, portion))
        if self._pending:
            self._loop.arm(self._rest, _PAUSE)

    # what the other node says

    def _heard(self, message: Message) -> None:
        if message.kind is Kind.BYE:
            self._lose("it has ended")
            self._decide()
        elif message.kind is Kind.HELLO:
            self._heard_at = self._loop.now
            for number, said in message.groups:
                if number in self.elections:
                    self.elections[number].heard(said, self._loop.now)
            self._decide()
        elif message.kind is Kind.RESYNC:
            self._pending = []
            for row in self._device.ledger.rows.values():
                self.began(row.session)
            self._flush()
        elif not self.primary:
            self._take(message)

    def _take(self, message: Message) -> None:
        """Keep copies by what the other node tells; where a frame is missing, all of them anew."""
        if self._expected not in {None, message.sequence}:
            self.counters["gaps in RTOs"] += 1
            self._stale = True
        self._expected = message.sequence + 1 & 0xFFFFFFFF
        self.rtos_received.update(map(_service, message.rtos))
        for rto in message.rtos:
            if rto.closed:
                self._copies.closed(rto.session, self._loop.now)
            else:
                self._copies.created(rto.session, rto.flow, self._loop.now)

    def _resync(self) -> None:
        self._stale, self._expected = False, None
        self._copies.clear(self._loop.now)
        self.fabric.say(Kind.RESYNC)

    def _lose(self, why: str) -> None:
        if self.elections[DATA_PLANE].other is not None:
            tell(f"srxnf: chassis cluster: node{1 - self.node} lost ({why})")
        for election in self.elections.values():
            election.lost()
        self._heard_at = 0.0

    # who is primary

    def _decide(self) -> None:
        before = {number: election.own for number, election in self.elections.items()}
        fit = not self.faults
        after = {number: election.decide(self._loop.now, fit=fit) for number, election in self.elections.items()}
        if after == before:
            return
        for number, said in after.items():
            if said.role is not before[number].role:
                why = self._why(self.elections[number], said)
                self.changes.append(Change(time.time(), number, before[number].role, said.role, why))
                tell(f"srxnf: chassis cluster: node{self.node} is {said.role.word} in redundancy group {number}: {why}")
        self.fabric.say(Kind.HELLO, list(after.items()))
        if after[DATA_PLANE].role is not before[DATA_PLANE].role:
            self._changed(before[DATA_PLANE].role, after[DATA_PLANE].role)

    @staticmethod
    def _why(election: Election, own: Said) -> str:
        """Of its role."""
        if election.other is None:
            return "the other node is not heard"
        if own.manual != NO_NODE:
            return f"manual failover to node{own.manual}"
        return f"priority {own.priority}, the other node {election.other.role.word} with {election.other.priority}"

    def _changed(self, before: Role, after: Role) -> None:
        if after is Role.PRIMARY:
            lost = [copy.c2s.five_tuple for copy in self._copies.clear(self._loop.now)]
            self.counters["sessions lost with the other node"] += len(lost)
            if lost:
                tell(f"srxnf: chassis cluster: {len(lost)} sessions of node{1 - self.node} are lost")
                self._refuse(lost)
        if Role.PRIMARY in (before, after):
            self._heart.primary = after is Role.PRIMARY
            self._heart.expired()
        if after is Role.SECONDARY:
            self._device.end_sessions(list(self._device.ledger.rows))  # no packet of theirs comes here any more
            self._resync()


def _service(rto: Rto) -> str:
    return SESSION_CLOSE if rto.closed else SESSION_CREATE
