"""Failures in a play: what is there when an SPU fails is cut short, and the play begins again with that.

Until the failure both plays are the same, so an engine needs to know nothing but who lives.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hwmodel.distribution import Chooser, Stateless
from hwmodel.engine.cut import cut_short
from hwmodel.engine.epochs import Epoch
from hwmodel.engine.fates import CREATED
from hwmodel.engine.play import Outcome, Play
from hwmodel.engine.watermarks import watermarks
from hwmodel.failure import Failure


@dataclass(frozen=True, slots=True)
class Loss:
    """What a failure met: sessions open, those of them that were lost, and those left whose flow has another SPU since.

    The session table keeps the last ones where they are; a network processor that has forgotten their wings needs a
    detour. A distribution of the central point's asks the table first and moves none.
    """

    failure: Failure
    open: int
    lost: int
    moved: int


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """A play as it was cut, what came of it, the losses, and how many sessions had to make room in their SPU's table."""

    play: Play
    outcome: Outcome
    losses: tuple[Loss, ...]
    aged: int


def played(ready: Play, run: Callable[[Play], Outcome]) -> Course:
    """A play with its failures and early ageouts, by one of the engines."""
    losses, marks = [], watermarks(ready)
    for failure in ready.failures:
        ready = marks.heeded(ready, run, failure.at)
        before = run(replace(ready, sessions=replace(ready.sessions, duration=failure.at)))
        owned = before.owner >= 0
        there = (before.fate == CREATED) & (ready.ends > failure.at)
        spu = failure.place(ready.platform)
        victims = owned & (before.owner == spu) if failure.graceful else owned
        moved = _moved(ready, before, failure.at, there & ~victims)
        losses.append(Loss(failure, int(there.sum()), int((there & victims).sum()), moved))
        ready = cut_short(ready, victims, failure.at)
    ready = marks.heeded(ready, run, ready.sessions.duration)
    return Course(ready, run(ready), tuple(losses), marks.aged)


def _moved(ready: Play, before: Outcome, at: float, left: NDArray[np.bool_]) -> int:
    """Sessions whose flow the tables after the failure give to another SPU than theirs."""
    after: Epoch = next(epoch for epoch in ready.epochs if epoch.at == at)
    made = after.distribution
    if after.refusal or made.chooser is Chooser.CENTRAL_POINT or not isinstance(made, Stateless):
        return 0
    anew = made.choose_many(ready.sessions, ready.keys)
    return int((left & (anew != before.owner)).sum())
