"""The central point's books: live sessions, what became of others, hits of policies, each SPU's SSL proxy counters."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from hwmodel import Work
from hwmodel.session import Session, SpuId
from hwmodel.work import CIPHERS, DECRYPTED, HANDSHAKE, HANDSHAKES, RECORD, SERVICE
from nf.dataplane.messages import FULL, NO_HANDSHAKE, NO_POLICY, RESUMED, Closed, Opened, Progress
from nf.dataplane.work_kinds import UNKNOWN, cipher_kind
from nf.policy.systems import ROOT_LOGICAL_SYSTEM
from nf.sslproxy.reasons import Reason

_PASSED_BY: Final = {Reason.WHITELISTED.value: "whitelisted", Reason.NO_SERVICE.value: "ignored",
                     Reason.LOW_MEMORY.value: "bypassed-low-memory"}
_DEFAULT_PROFILE: Final = {"hit": "default-profile-hit", "none": "dropped-no-default-profile"}
_TIMED_OUT: Final = (Reason.IDLE_TIMEOUT.value, Reason.EARLY_AGEOUT.value)
_EXEMPT: Final = Reason.WHITELISTED.value
_HANDSHAKES: Final = ("", "full-handshakes", "resumed-handshakes", "failed-handshakes")  # by Closed.ssl_t and ssl_i
TRANSMITTED: Final = "transmitted"  # packets of sessions that pass as they are
COPIED: Final = "copied"  # of those that services or the SSL proxy take up and send anew
DROPPED: Final = "dropped"
_WAYS: Final = {"decrypted": COPIED, "dropped": DROPPED, "denied": DROPPED}  # by the outcome of a session
_NOTHING: Final = (0, 0, 0, 0)
DROPS: Final = 200  # dropped sessions that an SPU remembers


@dataclass(slots=True)
class Row:
    """A live session; what the first path found, and how it goes, comes with the worker's reports."""

    session: Session
    since: float
    number: int  # in the order of arrival
    opened: Opened | None = None
    progress: Progress | None = None
    told: float = 0.0  # when `progress` came
    cleared: bool = False  # it is there until its worker has ended it
    exempt: bool = False  # its URL category has been counted
    worker: int = 0  # the process that has it


@dataclass(frozen=True, slots=True)
class Drop:
    """A session that the SSL proxy has dropped, and when, by the loop's clock."""

    session: Session
    profile: str
    reason: str
    at: float


class Follower(Protocol):
    """Who is told of every session that is placed, and of its end."""

    def began(self, session: Session) -> None:
        """A session has been placed."""

    def ended(self, session: Session) -> None:
        """A session is gone."""


class Ledger:
    """Kept by the central point alone; pure book-keeping."""

    def __init__(self) -> None:
        self.rows: dict[int, Row] = {}  # oldest first
        self.counters: Counter[str] = Counter()  # of the whole device
        self.outcomes: defaultdict[SpuId, Counter[str]] = defaultdict(Counter)  # the same of each SPU, until cleared
        self.handshakes: defaultdict[tuple[SpuId, str], Counter[str]] = defaultdict(Counter)  # by SPU and leg: ssl-t, ssl-i
        self.drops: defaultdict[SpuId, deque[Drop]] = defaultdict(lambda: deque(maxlen=DROPS))
        self.hits: Counter[int] = Counter()  # by policy index
        self.ssl_proxy: defaultdict[SpuId, Counter[str]] = defaultdict(Counter)
        self.ssl_proxy_within: defaultdict[tuple[SpuId, str], Counter[str]] = defaultdict(Counter)  # by logical system
        self.packets: defaultdict[SpuId, Counter[str]] = defaultdict(Counter)  # of sessions that are over, by their way
        self.number = 0  # of sessions so far
        self.follower: Follower | None = None
        self.forgotten: Callable[[int], None] = lambda _: None  # hears of each session that is gone

    def begin(self, session: Session, now: float, worker: int = 0) -> None:
        """A session has been placed, and a worker process has it."""
        self.number += 1
        self.rows[session.id] = Row(session, now, self.number, worker=worker)
        if self.follower is not None:
            self.follower.began(session)

    def opened(self, opened: Opened) -> None:
        """The first path has looked at a session."""
        row = self.rows.get(opened.session_id)
        if row is None:
            return
        row.opened = opened
        if opened.pending:
            return
        if opened.policy_index != NO_POLICY:
            self.hits[opened.policy_index] += 1
        if opened.default_profile:
            self._add(row, opened, _DEFAULT_PROFILE[opened.default_profile])
        if opened.profile:
            self._add(row, opened, "matched")
            self._add(row, opened, _PASSED_BY.get(opened.bypass, "ignored") if opened.bypass else "created")
        elif opened.unnamed:
            self._add(row, opened, "policy-hit-no-profile")

    def _add(self, row: Row, opened: Opened, counter: str) -> None:
        """One more session that the SSL proxy has dealt with so, of its SPU and, where it is in one, of its logical system."""
        self.ssl_proxy[row.session.spu][counter] += 1
        if opened.logical_system != ROOT_LOGICAL_SYSTEM:
            self.ssl_proxy_within[row.session.spu, opened.logical_system][counter] += 1

    def progressed(self, progress: Progress, now: float) -> Work | None:
        """How a live session goes; the work since it was last told of."""
        row = self.rows.get(progress.session_id)
        if row is None:
            return None
        before, row.progress, row.told = row.progress, progress, now
        row.cleared = False  # it was to make room for its silence, and has broken that
        self._count_exempt(row, progress.reason)
        return _work(progress, before)

    def closed(self, closed: Closed, now: float = 0.0) -> Work:
        """A session is over: the work that had not been told of yet."""
        self.counters[closed.outcome] += 1
        if closed.reason:
            self.counters[f"{closed.outcome}: {closed.reason}"] += 1
        row = self.rows.get(closed.session_id)
        told = None if row is None else row.progress
        if row is not None:
            self._count(row, closed, now)
        packets, carried, decrypted, messages = _left(closed, told)
        inspected = _inspected(closed.inspected, told)
        return Work(packets=packets, bytes=carried, sessions=1,
                    full_handshakes=int(closed.ssl_t == FULL), resumed_handshakes=int(closed.ssl_t == RESUMED),
                    decrypted_bytes=decrypted, inspected_bytes=sum(inspected.values()), messages=messages,
                    kinds=_kinds(closed.handshake, closed.cipher, decrypted, messages) | inspected)

    def _count(self, row: Row, closed: Closed, now: float) -> None:
        """What the books of the session's own SPU say of it."""
        spu, opened = row.session.spu, row.opened
        self.packets[spu][_WAYS.get(closed.outcome, TRANSMITTED)] += closed.packets
        self.outcomes[spu][f"{closed.outcome}: {closed.reason}" if closed.reason else closed.outcome] += 1
        if closed.reason == Reason.NO_DEFAULT_PROFILE.value:
            self.drops[spu].append(Drop(row.session, "no profile", closed.reason, now))
        if opened is None or not opened.profile or opened.bypass:
            return
        self._count_exempt(row, closed.reason)
        if closed.outcome == "ignored":
            self._add(row, opened, "ignored")
        elif closed.outcome == "dropped" and closed.reason not in _TIMED_OUT:
            self._add(row, opened, "dropped")
            self.drops[spu].append(Drop(row.session, opened.profile, closed.reason, now))
        if closed.ssl_t != NO_HANDSHAKE:
            self.handshakes[spu, "ssl-t"][_HANDSHAKES[closed.ssl_t]] += 1
        if closed.ssl_i != NO_HANDSHAKE:
            self.handshakes[spu, "ssl-i"][_HANDSHAKES[closed.ssl_i]] += 1

    def _count_exempt(self, row: Row, reason: str) -> None:
        """By its URL category, which the client's hello has told: the first path knew nothing of it."""
        if reason == _EXEMPT and not row.exempt and row.opened is not None and not row.opened.bypass:
            row.exempt = True
            self._add(row, row.opened, "whitelisted-url-category")

    def move(self, session_ids: Iterable[int], worker: int) -> None:
        """Another process gets these sessions than was to have them."""
        for row in filter(None, map(self.rows.get, session_ids)):
            row.worker = worker

    def of_worker(self, worker: int) -> list[int]:
        """Live sessions that a process has."""
        return [session_id for session_id, row in self.rows.items() if row.worker == worker]

    def forget(self, session_id: int) -> None:
        """A session is gone."""
        row = self.rows.pop(session_id, None)
        if row is not None and self.follower is not None:
            self.follower.ended(row.session)
        self.forgotten(session_id)


def _totals(progress: Progress) -> tuple[int, int, int, int]:
    return (progress.packets_c2s + progress.packets_s2c, progress.bytes_c2s + progress.bytes_s2c,
            progress.decrypted_bytes, progress.messages)


def _left(closed: Closed, told: Progress | None) -> tuple[int, int, int, int]:
    """Packets, bytes, decrypted bytes and messages that have not been told of: all of them of a session that was short."""
    packets, carried, decrypted, messages = closed.packets, closed.bytes, closed.decrypted_bytes, closed.messages
    if told is not None:
        then = _totals(told)
        return max(0, packets - then[0]), max(0, carried - then[1]), max(0, decrypted - then[2]), max(0, messages - then[3])
    return packets, carried, decrypted, messages


def _work(progress: Progress, before: Progress | None) -> Work:
    then = _NOTHING if before is None else _totals(before)
    packets, carried, decrypted, messages = (max(0, new - old) for new, old in zip(_totals(progress), then, strict=True))
    cipher = UNKNOWN if progress.termination is None else cipher_kind(progress.termination.cipher)
    inspected = _inspected(progress.inspected, before)
    return Work(packets=packets, bytes=carried, decrypted_bytes=decrypted, inspected_bytes=sum(inspected.values()),
                messages=messages, kinds=_kinds(UNKNOWN, cipher, decrypted, messages) | inspected)


def _inspected(seen: dict[str, int], before: Progress | None) -> dict[str, int]:
    """Bytes that services were shown since then, as kinds of work."""
    told = {} if before is None else before.inspected
    return {SERVICE + name: more for name, amount in seen.items() if (more := amount - told.get(name, 0)) > 0}


def _kinds(handshake: int, cipher: int, decrypted: int, messages: int) -> dict[str, int]:
    found = {HANDSHAKE + HANDSHAKES[handshake]: 1} if handshake else {}
    if decrypted and messages:
        found[DECRYPTED] = messages
    if cipher and decrypted:
        found[RECORD + CIPHERS[cipher - 1]] = decrypted
    return found
