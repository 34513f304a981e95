"""A chassis cluster simulated: what keeping copies asks of the backup, and what a failover leaves.

Both nodes are one platform's, so the report on the active node is the same whichever of them it is; sessions that do not
outlive the failover end with it. `hwmodel.cluster` is the same for one session at a time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hwmodel.accounting import report_of
from hwmodel.cluster import RTO_BYTES, backup_seconds
from hwmodel.engine.cut import cut_short
from hwmodel.engine.failures import played
from hwmodel.engine.fates import CREATED
from hwmodel.engine.play import Outcome, Play
from hwmodel.failure import Failure
from hwmodel.flow_settings import FlowSettings
from hwmodel.platform import Platform
from hwmodel.report import Report
from hwmodel.session import ICMP, ICMPV6
from hwmodel.sessions import DECRYPTED, Sessions
from hwmodel.simulate import engine_for, prepared
from hwmodel.workload import Workload


@dataclass(frozen=True, slots=True)
class Failover:
    """The active node is lost at a time in seconds: sessions open, those that go on, and those lost since decrypted."""

    at: float
    open: int
    kept: int
    decrypted: int

    @property
    def lost(self) -> int:
        """All that do not go on."""
        return self.open - self.kept


@dataclass(frozen=True, slots=True)
class Standby:
    """What the backup has to do as long as there is one: CPU time asked for over what there is, messages a second."""

    until: float
    mean_load: float
    peak_load: float  # of the busiest SPU's busiest second
    messages: int
    message_rate: float
    megabits: float  # a second on the fabric link
    failover: Failover | None = None

    def __str__(self) -> str:
        words = (f"backup: {100 * self.mean_load:.2f} % CPU ({100 * self.peak_load:.2f} % at most), "
                 f"{self.message_rate:,.0f} messages/s (RTOs), {self.megabits:,.1f} Mbps on the fabric link")  # fmt: skip
        if self.failover is None:
            return words
        over = self.failover
        return (f"{words}\nfailover in second {over.at:g}: of {over.open:,} sessions {over.kept:,} go on, {over.lost:,} are "
                f"lost ({over.decrypted:,} decrypted)")  # fmt: skip


def simulate_cluster(
    platform: Platform | str,
    load: Workload | Sessions | None = None,
    distribution: str = "hash_based",
    seed: int = 0,
    engine: str = "auto",
    settings: FlowSettings | None = None,
    failures: Sequence[Failure] = (),
    *,
    fail_at: float | None = None,
    sync_icmp: bool = False,
) -> tuple[Report, Standby]:
    """Play a load to two nodes; the first is lost at `fail_at`, if ever. The report is on the active one, whichever it is.

    Raises ModelError for unknown names.
    """
    play, facts = prepared(platform, load, distribution, seed, settings, failures)
    name, run = engine_for(play, engine)
    until, failover = play.sessions.duration, None
    if fail_at is not None and fail_at < until:
        until = fail_at
        play, failover = _failed_over(play, run, fail_at, sync_icmp=sync_icmp)
    course = played(play, run)
    report = report_of(course, distribution, facts, seed, name)
    return report, replace(_standby(course.play, course.outcome, until, sync_icmp=sync_icmp), failover=failover)


def _copied(play: Play, *, sync_icmp: bool) -> NDArray[np.bool_]:
    """Sessions of a kind that the backup is told of."""
    return np.full(len(play.sessions), True) if sync_icmp else ~np.isin(play.sessions.protocol, (ICMP, ICMPV6))


def _failed_over(play: Play, run: Callable[[Play], Outcome], at: float, *, sync_icmp: bool) -> tuple[Play, Failover]:
    """The play with what is lost ended at that time."""
    until = replace(play, sessions=replace(play.sessions, duration=at),
                    failures=tuple(failure for failure in play.failures if failure.at < at))  # fmt: skip
    course = played(until, run)
    before = course.outcome
    there = (before.fate == CREATED) & (course.play.ends > at)
    decrypted = (play.sessions.flags & DECRYPTED) > 0
    stays = _copied(play, sync_icmp=sync_icmp) & ~decrypted
    failover = Failover(at, int(there.sum()), int((there & stays).sum()), int((there & decrypted).sum()))
    return cut_short(play, (before.owner >= 0) & ~stays, at), failover


def _standby(play: Play, outcome: Outcome, until: float, *, sync_icmp: bool) -> Standby:
    """One message for every session that opened, and one for every one that closed, while there was a backup."""
    told = (outcome.fate == CREATED) & _copied(play, sync_icmp=sync_icmp)
    opened, closed = told & (play.sessions.at < until), told & (play.ends < until)
    spus, seconds = len(play.platform.spus), max(1, int(np.ceil(until)))
    messages = np.zeros(spus * seconds)
    for chosen, times in ((opened, play.sessions.at), (closed, play.ends)):
        place = outcome.owner[chosen].astype(np.int64) * seconds + times[chosen].astype(np.int64)
        messages += np.bincount(place, minlength=len(messages))
    asked = messages.reshape(spus, seconds) * backup_seconds(play.platform.costs)
    total, time = int(messages.sum()), max(until, 1e-9)
    return Standby(
        until,
        mean_load=float(asked.sum()) / (time * play.platform.threads),
        peak_load=float((asked / play.threads[:, None]).max()),
        messages=total,
        message_rate=total / time,
        megabits=total / time * float(RTO_BYTES.value) * 8e-6,
    )
