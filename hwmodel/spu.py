"""A services processing unit: its session table, its counters, and how busy its threads are."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv6Address
from math import exp

from hwmodel.ageing import Ageing
from hwmodel.drop_flow import DropFlows
from hwmodel.flow_hash import flow_hash, thread_of
from hwmodel.flow_settings import FlowSettings
from hwmodel.platform import DECIMAL_BLOCK, Platform, Role, SessionIds, SpuSpec
from hwmodel.seconds import Seconds
from hwmodel.session import Direction, FiveTuple, Session, SpuId, Wing
from hwmodel.threads import Threads, ThreadUsage
from hwmodel.work import Work

HISTORY = 60  # seconds that `show security monitoring performance` looks back
CREATION_WINDOW = 96  # seconds that `Session Creation Per Second` is averaged over


@dataclass(frozen=True, slots=True)
class SpuStatus:
    """One line of `show security monitoring`, and what stands behind it.

    `load` is the CPU time asked for over the CPU time there is, about the last second; above 1 the SPU is overloaded.
    `cpu_percent` is the same as a device would print it, never above 100.
    """

    spu: SpuId
    fpc: int
    pic: int
    role: Role
    alive: bool
    since: float  # when it last failed or came back; the start is 0
    sessions: int
    max_sessions: int
    peak_sessions: int
    cp_sessions: int
    cp_max_sessions: int
    created: int
    failed: int
    creation_rate: float  # sessions a second, average of the last 96 s
    ipv6_sessions: int
    ipv6_creation_rate: float
    cpu_percent: float
    load: float
    cpu_seconds: float
    work: Work
    threads: tuple[ThreadUsage, ...]


@dataclass(frozen=True, slots=True)
class SpuHistory:
    """The last 60 seconds, newest first: CPU percent and sessions."""

    cpu_percent: tuple[float, ...]
    sessions: tuple[int, ...]


class Spu:
    """One SPU of a chassis; it creates sessions and keeps them until they close or it fails."""

    def __init__(self, spu: SpuId, spec: SpuSpec, platform: Platform, settings: FlowSettings | None = None) -> None:
        self.id = spu
        self._settings = settings or FlowSettings()
        self.spec = spec
        self.alive = True
        self.created = 0
        self.failed = 0
        self.cpu_seconds = 0.0
        self.work = Work()
        self._costs = platform.costs
        self._ipv6_slots = platform.ipv6_slots
        self._first_id, self._id_block = _numbering(platform.session_ids, spec)
        self._since = 0.0
        self._peak = 0
        self.lent: set[int] = set()  # numbers that keep their room, whatever becomes of the SPU
        self._empty()

    def _empty(self) -> None:
        self._table: dict[int, Session] = {}
        self.ageing = Ageing(self._settings)
        self.drop_flows = DropFlows(self._settings, self.spec.max_sessions)
        self._slots_used = 0
        self._index = 0
        self._ipv6 = 0
        self._second, self._entered = 0, self.created  # the one that runs, and how many had been created before it
        self._creations, self._ipv6_creations = Seconds(CREATION_WINDOW + 1), Seconds(CREATION_WINDOW + 1)
        self._busy = Seconds(HISTORY)
        self._threads = Threads(self.spec.threads)
        self._level = Seconds(HISTORY, level=True)
        self._recent = self._recently = 0.0

    def __len__(self) -> int:
        return len(self._table)

    def __iter__(self) -> Iterator[Session]:
        return iter(tuple(self._table.values()))

    def has_room(self, count: int) -> bool:
        """Whether it takes as many sessions more, of whatever kind."""
        return self.alive and self._slots_left >= count * self._ipv6_slots

    def lend(self, count: int) -> list[int]:
        """Numbers for sessions to come; a caller has asked for room."""
        numbers = self._free_numbers(count)
        self.lent.update(numbers)
        return numbers

    def create(self, flow: FiveTuple, now: float, reply: FiveTuple | None = None, number: int | None = None) -> Session | None:
        """A new session with both its wings, or None (and one more failed session) when the table is full.

        Under a `number` that was lent there is room.
        """
        is_ipv6 = isinstance(flow.src, IPv6Address)
        slots = self._ipv6_slots if is_ipv6 else 1
        if number in self.lent:
            self.lent.remove(number)
        elif slots > self._slots_left:
            self.failed += 1
            return None
        if now >= self._second + 1:
            self._turn_to(int(now))
        wings = Wing(flow, Direction.C2S), Wing(reply or flow.reversed(), Direction.S2C)
        thread = thread_of(flow_hash(flow), self.spec.threads)
        session = Session(self._free_numbers(1)[0] if number is None else number, *wings, self.id, thread)
        self.ageing.touch(session, now)
        self._table[session.id] = session
        self._slots_used += slots
        self.created += 1
        self._peak = max(self._peak, len(self._table))
        if is_ipv6:
            self._ipv6 += 1
            self._ipv6_creations.add(1, now)
        return session

    def close(self, session: Session, now: float) -> None:
        """Take a session out of the table."""
        if now >= self._second + 1:
            self._turn_to(int(now))
        del self._table[session.id]
        self.ageing.forget(session)
        is_ipv6 = isinstance(session.c2s.five_tuple.src, IPv6Address)
        self._slots_used -= self._ipv6_slots if is_ipv6 else 1
        self._ipv6 -= is_ipv6

    def idle(self, now: float) -> list[int]:
        """Identifiers of the sessions that have aged out; the caller closes them."""
        return self.ageing.expired(now, self._slots_used, self.spec.max_sessions)

    def early(self, now: float) -> list[int]:
        """Identifiers of the sessions that have to make room."""
        return self.ageing.early(now, self._slots_used, self.spec.max_sessions)

    def configure(self, settings: FlowSettings) -> None:
        """Go on under other settings."""
        self._settings = settings
        self.ageing.configure(settings)
        self.drop_flows.configure(settings)

    def charge(self, work: Work, now: float, thread: int = 0) -> float:
        """Count work that one of the threads here has done; returns its CPU seconds."""
        seconds = self._costs.seconds(work)
        self.work += work
        self.spend(seconds, now, thread)
        return seconds

    def spend(self, seconds: float, now: float, thread: int = 0) -> None:
        """Count CPU time of a thread that is no session's work."""
        self.cpu_seconds += seconds
        self._busy.add(seconds, now)
        self._threads.charge(thread, seconds, now)
        self._recent, self._recently = self._recent * exp(min(0.0, self._recently - now)) + seconds, now

    def recent_load(self, now: float) -> float:
        """CPU seconds that a thread here was asked for lately; what was asked a second ago counts 1/e."""
        return self._recent * exp(min(0.0, self._recently - now)) / self.spec.threads

    def fail(self, now: float) -> None:
        """Stop, and lose every session and the history."""
        self.alive = False
        self._since = now
        self._empty()

    def restore(self, now: float) -> None:
        """Come back with an empty table."""
        self.alive = True
        self._since = now

    def status(self, now: float, cp_sessions: int = 0, cp_max_sessions: int = 0) -> SpuStatus:
        """Counters and load at that time; the central point's own numbers are handed in by the chassis."""
        self._turn_to(max(self._second, int(now)))
        load = self._busy.rate(now, 1) / self.spec.threads
        return SpuStatus(
            spu=self.id,
            fpc=self.spec.fpc,
            pic=self.spec.pic,
            role=self.spec.role,
            alive=self.alive,
            since=self._since,
            sessions=len(self._table),
            max_sessions=self.spec.max_sessions,
            peak_sessions=self._peak,
            cp_sessions=cp_sessions,
            cp_max_sessions=cp_max_sessions,
            created=self.created,
            failed=self.failed,
            creation_rate=self._creations.rate(now, CREATION_WINDOW),
            ipv6_sessions=self._ipv6,
            ipv6_creation_rate=self._ipv6_creations.rate(now, CREATION_WINDOW),
            cpu_percent=_percent(load),
            load=load,
            cpu_seconds=self.cpu_seconds,
            work=self.work,
            threads=self._threads.usage(now),
        )

    def history(self, now: float) -> SpuHistory:
        """CPU percent and sessions of the last 60 seconds; the newest second is still running."""
        self._turn_to(max(self._second, int(now)))
        busy = self._busy.latest(now, HISTORY)
        levels = self._level.latest(now, HISTORY)
        return SpuHistory(tuple(_percent(used / self.spec.threads) for used in busy), tuple(map(int, levels)))

    @property
    def _slots_left(self) -> int:
        return self.spec.max_sessions - self._slots_used - len(self.lent) * self._ipv6_slots

    def _turn_to(self, second: int) -> None:
        """What the running second has brought is entered when it is over, or when somebody looks."""
        self._creations.add(self.created - self._entered, self._second)
        self._level.put(len(self._table), self._second)
        self._second, self._entered = second, self.created

    def _free_numbers(self, count: int) -> list[int]:
        found: list[int] = []
        while len(found) < count:
            self._index = self._index % (self._id_block - 1) + 1
            number = self._first_id + self._index
            if number not in self._table and number not in self.lent:
                found.append(number)
        return found


def _percent(load: float) -> float:
    return round(min(100.0, 100.0 * load), 1)


def _numbering(scheme: SessionIds, spec: SpuSpec) -> tuple[int, int]:
    """The number below an SPU's first session identifier, and how many numbers are its own."""
    if scheme is SessionIds.DECIMAL:
        return spec.number * DECIMAL_BLOCK, DECIMAL_BLOCK
    return (spec.number + 1) << 32, 1 << 32  # the first owner counts as 1
