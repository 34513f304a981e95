"""The central point's books: live sessions, what became of others, hits of policies, each SPU's SSL proxy counters."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from msgspec import Struct

from hwmodel import Work
from hwmodel.session import Session, SpuId
from nf.dataplane.messages import NO_HANDSHAKE, NO_POLICY, Closed, Opened, Progress
from nf.dataplane.work_done import work_since
from nf.policy.systems import ROOT_LOGICAL_SYSTEM
from nf.sslproxy.reasons import Reason

_PASSED_BY: Final = {Reason.WHITELISTED.value: "whitelisted", Reason.NO_SERVICE.value: "ignored",
                     Reason.LOW_MEMORY.value: "bypassed-low-memory"}
_DEFAULT_PROFILE: Final = {"hit": "default-profile-hit", "none": "dropped-no-default-profile"}
_TIMED_OUT: Final = (Reason.IDLE_TIMEOUT.value, Reason.EARLY_AGEOUT.value)
_EXEMPT: Final = Reason.WHITELISTED.value
_NO_DEFAULT_PROFILE: Final = Reason.NO_DEFAULT_PROFILE.value
_HANDSHAKES: Final = ("", "full-handshakes", "resumed-handshakes", "failed-handshakes")  # by Closed.ssl_t and ssl_i
TRANSMITTED: Final = "transmitted"  # packets of sessions that pass as they are
COPIED: Final = "copied"  # of those that services or the SSL proxy take up and send anew
DROPPED: Final = "dropped"
_WAYS: Final = {"decrypted": COPIED, "dropped": DROPPED, "denied": DROPPED}  # by the outcome of a session
DROPS: Final = 200  # dropped sessions that an SPU remembers


class Row(Struct, gc=False):
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
            self._add(row, opened, "matched", _PASSED_BY.get(opened.bypass, "ignored") if opened.bypass else "created")
        elif opened.unnamed:
            self._add(row, opened, "policy-hit-no-profile")

    def _add(self, row: Row, opened: Opened, *counters: str) -> None:
        """One more session that the SSL proxy has dealt with so, of its SPU and, where it is in one, of its logical system."""
        for counter in counters:
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
        return work_since(before, progress)

    def closed(self, closed: Closed, now: float = 0.0) -> Row | None:
        """A session is over; its row is there until it is forgotten."""
        how = closed.outcome
        self.counters[how] += 1
        if closed.reason:
            how = f"{how}: {closed.reason}"
            self.counters[how] += 1
        row = self.rows.get(closed.session_id)
        if row is None:
            return None
        spu, opened = row.session.spu, row.opened
        self.packets[spu][_WAYS.get(closed.outcome, TRANSMITTED)] += closed.packets
        self.outcomes[spu][how] += 1
        if closed.outcome != "decrypted":
            self._count_passed(row, closed, now)
        if opened is not None and opened.profile and not opened.bypass:
            if closed.ssl_t != NO_HANDSHAKE:
                self.handshakes[spu, "ssl-t"][_HANDSHAKES[closed.ssl_t]] += 1
            if closed.ssl_i != NO_HANDSHAKE:
                self.handshakes[spu, "ssl-i"][_HANDSHAKES[closed.ssl_i]] += 1
        return row

    def _count_passed(self, row: Row, closed: Closed, now: float) -> None:
        """A session was not decrypted: passed on as it was, or dropped."""
        opened, drops = row.opened, self.drops[row.session.spu]
        if closed.reason == _NO_DEFAULT_PROFILE:
            drops.append(Drop(row.session, "no profile", closed.reason, now))
        if opened is None or not opened.profile or opened.bypass:
            return
        self._count_exempt(row, closed.reason)
        if closed.outcome == "ignored":
            self._add(row, opened, "ignored")
        elif closed.outcome == "dropped" and closed.reason not in _TIMED_OUT:
            self._add(row, opened, "dropped")
            drops.append(Drop(row.session, opened.profile, closed.reason, now))

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
