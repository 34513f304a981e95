"""From what came of a play to the report on it."""

from dataclasses import asdict
from math import ceil

import numpy as np
from numpy.typing import NDArray

from hwmodel.engine.failures import Course
from hwmodel.engine.fates import CREATED, JOINED, REFUSALS
from hwmodel.engine.offload import offloaded, spu_packets
from hwmodel.engine.play import Outcome, Play
from hwmodel.report import Delays, Interruption, Limit, Report, Series, SpuReport, Totals
from hwmodel.sessions import DECRYPTED, INSPECTED, RESUMED
from hwmodel.work import Work
from hwmodel.workload import Workload

_CHUNK = 1 << 14


def report_of(course: Course, distribution: str, workload: Workload | None, seed: int, engine: str) -> Report:
    """The report on a play that an engine has played."""
    play, outcome, losses = course.play, course.outcome, course.losses
    duration = play.sessions.duration
    load = _by_spu(play, outcome)
    spus = _spus(play, outcome, load)
    series = Series(
        load=tuple(tuple(map(tuple, threads.tolist())) for threads in load),
        sessions=_rows((outcome.created - outcome.closed).cumsum(axis=1)),
        created=_rows(outcome.created),
        refused=_rows(outcome.refused),
        dropped=_rows(outcome.dropped),
    )
    return Report(
        play.platform, distribution, workload, seed, engine, duration, spus,
        _totals(play, outcome, spus, sum(loss.lost for loss in losses), course.aged),
        _delays(outcome), series, _first_limit(outcome, load),
        tuple(Interruption(**asdict(loss.failure), open=loss.open, lost=loss.lost, moved=loss.moved) for loss in losses),
    )  # fmt: skip


def _rows(table: NDArray[np.int64]) -> tuple[tuple[int, ...], ...]:
    return tuple(map(tuple, table.tolist()))


def _by_spu(play: Play, outcome: Outcome) -> list[NDArray[np.float64]]:
    """Each SPU's threads: the share of every second that they are asked for."""
    lengths = np.ones(play.seconds)
    lengths[-1] = play.sessions.duration - (play.seconds - 1)
    return np.split(outcome.load / lengths, np.cumsum(play.threads)[:-1])


def _spus(play: Play, outcome: Outcome, load: list[NDArray[np.float64]]) -> tuple[SpuReport, ...]:
    platform, created = play.platform, outcome.created.sum(axis=1).tolist()
    seconds = np.split(outcome.load, np.cumsum(play.threads)[:-1])
    return tuple(
        SpuReport(
            spu=number,
            name=spec.name,
            role=spec.role.value,
            weight_share=spec.max_sessions / platform.max_sessions,
            share=created[number] / max(1, sum(created)),
            created=created[number],
            failed=int(outcome.refused[number].sum()),
            peak_sessions=int(outcome.peaks[number]),
            max_sessions=spec.max_sessions,
            mean_load=float(seconds[number].sum()) / (spec.threads * play.sessions.duration),
            peak_load=float(load[number].mean(axis=0).max()),
            work=work,
        )
        for number, (spec, work) in enumerate(zip(platform.spus, _work(play, outcome), strict=True))
    )


def _totals(play: Play, outcome: Outcome, spus: tuple[SpuReport, ...], lost: int, aged: int) -> Totals:
    fates = np.bincount(outcome.fate, minlength=max(REFUSALS) + 1).tolist()
    gone = int(outcome.closed.sum())
    return Totals(
        offered=sum(fates[CREATED:]),
        created=fates[CREATED],
        joined=fates[JOINED],
        closed=gone - lost - aged,
        lost=lost,
        aged=aged,
        open_at_end=fates[CREATED] - gone,
        peak_sessions=outcome.peak,
        peak_wings=int(outcome.wings.max()),
        turned_away=outcome.turned_away,
        refused={reason: fates[fate] for fate, reason in REFUSALS.items() if fates[fate]},
        dropped=int(outcome.dropped.sum()),
        cpu_seconds=float(outcome.load.sum()),
        gbps=_gbps(play, outcome),
        work=sum((spu.work for spu in spus), Work()),
    )


def _work(play: Play, outcome: Outcome) -> list[Work]:
    """What every SPU has done: of a session's data as much as has come by the end of the last second."""
    sums = np.zeros((7, len(play.platform.spus)))
    for first in range(0, len(play.sessions), _CHUNK):
        sums += _work_of(play, outcome, slice(first, first + _CHUNK), sums.shape[1])
    return [
        Work(packets, carried, sessions, full, resumed, decrypted, inspected)
        for packets, carried, sessions, full, resumed, decrypted, inspected in sums.round().astype(np.int64).T.tolist()
    ]


def _work_of(play: Play, outcome: Outcome, rows: slice, spus: int) -> NDArray[np.float64]:
    """Amounts in the order of Work's totals, by SPU, of some sessions."""
    sessions, flags = play.sessions, play.sessions.flags[rows]
    opened = outcome.fate[rows] == CREATED
    come = _come(play, outcome, rows, sessions.duration)
    away = offloaded(sessions, rows) & ~outcome.crowded[rows] if len(outcome.crowded) else None
    packets = spu_packets(sessions, rows, away)
    carried = sessions.bytes[rows] * come
    if away is not None:
        carried *= ~away
    decrypted, resumed = (flags & DECRYPTED) > 0, (flags & RESUMED) > 0
    amounts = (
        packets * come, carried, opened, opened & decrypted & ~resumed, opened & decrypted & resumed,
        carried * decrypted, carried * ((flags & INSPECTED) > 0),
    )  # fmt: skip
    owner = np.maximum(outcome.owner[rows], 0)
    return np.array([np.bincount(owner, amount, spus) for amount in amounts])


def _come(play: Play, outcome: Outcome, rows: slice, until: float) -> NDArray[np.float64]:
    """The share of some sessions' data that has come by then: a batch when they open, and one each second of their life."""
    watched = np.minimum(until, play.ends[rows]) - play.sessions.at[rows]
    shares = np.ceil(watched) / np.maximum(np.ceil(play.sessions.life[rows]), 1)
    return np.clip(shares, 0.0, 1.0) * (outcome.owner[rows] >= 0)


def _gbps(play: Play, outcome: Outcome) -> float:
    """What sessions brought in the second half, offloaded ones too."""
    sessions, brought = play.sessions, 0.0
    for first in range(0, len(sessions), _CHUNK):
        rows = slice(first, first + _CHUNK)
        late = _come(play, outcome, rows, sessions.duration) - _come(play, outcome, rows, sessions.duration / 2)
        brought += float((sessions.bytes[rows] * late).sum())
    return brought * 8 / 1e9 / (sessions.duration / 2)


def _delays(outcome: Outcome) -> Delays:
    """Percentiles by counting; a vectorised engine's waits are exact to a part in 128."""
    below = outcome.wait_counts.cumsum()
    if not len(below):
        return Delays(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    ranks = [ceil(share * int(below[-1])) for share in (0.5, 0.9, 0.99, 0.999)]
    p50, p90, p99, p999 = outcome.waits[np.searchsorted(below, ranks)].tolist()
    return Delays(float(outcome.mean_wait), p50, p90, p99, p999, float(outcome.longest_wait))


def _first_limit(outcome: Outcome, load: list[NDArray[np.float64]]) -> Limit | None:
    """The earliest second in which a thread is asked for more than it has, or a table has no room."""
    found = []
    for spu, (threads, refused) in enumerate(zip(load, outcome.refused, strict=True)):
        busy, full = np.flatnonzero(threads.max(axis=0) > 1), np.flatnonzero(refused)
        found += [Limit(int(busy[0]), spu, "SPU CPU")] if len(busy) else []
        found += [Limit(int(full[0]), spu, "session table")] if len(full) else []
    return min(found, key=lambda limit: limit.at, default=None)
