"""All distributions on one load: how evenly they spread it, what packets wait, and what an SPU's failure moves."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hwmodel.distribution import available
from hwmodel.platform import Platform, load_platform
from hwmodel.report import Report
from hwmodel.workload import Workload, draw

if TYPE_CHECKING:
    from hwmodel.engine.play import Outcome, Play
    from hwmodel.sessions import Sessions


@dataclass(frozen=True, slots=True)
class Comparison:
    """One distribution's figures; evenness is of CPU time asked for, times are in seconds.

    The failure is one of the SPU with most sessions at the middle of the run. `moved` are sessions on other SPUs whose
    flow would be given to another SPU from then on: the session table keeps them where they are, and a network processor
    that has forgotten their wings needs a detour. A distribution of the central point's asks the table first and moves none.
    """

    distribution: str
    jain: float  # (sum x)^2 / (n sum x^2), 1 is perfectly even
    max_over_mean: float  # the busiest SPU
    thread_max_over_mean: float
    p99: float  # what 99 in 100 batches of packets wait at most
    refused: int
    open: int  # sessions at the failure
    lost: int
    moved: int
    report: Report


def compare(
    platform: Platform | str,
    load: "Workload | Sessions | None" = None,
    distributions: Iterable[str] = (),
    seed: int = 0,
) -> tuple[Comparison, ...]:
    """Play the same sessions under each distribution (all of them by default), by the vectorised engine.

    Raises ModelError for unknown names.
    """
    from hwmodel.sessions import Sessions  # noqa: PLC0415  # numpy, which the live NF does without

    device = load_platform(platform) if isinstance(platform, str) else platform
    facts = None if isinstance(load, Sessions) else load or Workload()
    sessions = load if isinstance(load, Sessions) else draw(facts or Workload(), seed)
    return tuple(_comparison(device, sessions, facts, name, seed) for name in tuple(distributions) or available())


def _comparison(
    platform: Platform, sessions: "Sessions", facts: Workload | None, distribution: str, seed: int
) -> Comparison:
    from hwmodel.accounting import report_of  # noqa: PLC0415
    from hwmodel.engine import vector  # noqa: PLC0415
    from hwmodel.engine.failures import played  # noqa: PLC0415
    from hwmodel.engine.play import prepare  # noqa: PLC0415

    course = played(prepare(platform, sessions, distribution), vector.run)
    report = report_of(course, distribution, facts, seed, "vector")
    spus = [spu.mean_load for spu in report.spus if spu.max_sessions]
    threads = [sum(thread) for spu, row in zip(report.spus, report.series.load, strict=True) if spu.max_sessions
               for thread in row]  # fmt: skip
    at_once, lost, moved = _failure(course.play, course.outcome, distribution)
    return Comparison(
        distribution, jain(spus), _max_over_mean(spus), _max_over_mean(threads), report.delays.p99,
        sum(report.totals.refused.values()), at_once, lost, moved, report,
    )  # fmt: skip


def jain(shares: list[float]) -> float:
    """Jain's fairness index: 1 when all are equal, 1/n when one has everything."""
    squares = sum(share * share for share in shares)
    return sum(shares) ** 2 / (len(shares) * squares) if squares else 1.0


def _max_over_mean(amounts: list[float]) -> float:
    total = sum(amounts)
    return max(amounts) * len(amounts) / total if total else 1.0


def _failure(play: "Play", outcome: "Outcome", distribution: str) -> tuple[int, int, int]:
    """Sessions open at the middle of the run; those of the fullest SPU; those elsewhere that a new table places anew."""
    import numpy as np  # noqa: PLC0415

    from hwmodel.distribution import Chooser, Stateless  # noqa: PLC0415
    from hwmodel.engine.epochs import build  # noqa: PLC0415
    from hwmodel.engine.fates import CREATED  # noqa: PLC0415

    sessions, middle = play.sessions, play.sessions.duration / 2
    there = (outcome.fate == CREATED) & (sessions.at <= middle) & (play.ends > middle)
    owners = outcome.owner[there]
    if not len(owners):
        return 0, 0, 0
    failed = int(np.bincount(owners).argmax())
    lost = int((owners == failed).sum())
    if lost == len(owners):  # perhaps the only SPU
        return lost, lost, 0
    after = build(play.platform, distribution, frozenset(range(len(play.platform.spus))) - {failed})
    if after.chooser is Chooser.CENTRAL_POINT or not isinstance(after, Stateless):
        return len(owners), lost, 0
    anew = after.choose_many(sessions, play.keys)[there]
    return len(owners), lost, int(((anew != owners) & (owners != failed)).sum())
