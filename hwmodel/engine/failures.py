"""Failures in a play: what is there when an SPU fails is cut short, and the play begins again with that.

Until the failure both plays are the same, so an engine needs to know nothing but who lives.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hwmodel.distribution import Chooser, Stateless
from hwmodel.engine.epochs import Epoch
from hwmodel.engine.fates import CREATED
from hwmodel.engine.play import Outcome, Play
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


def played(ready: Play, run: Callable[[Play], Outcome]) -> tuple[Play, Outcome, tuple[Loss, ...]]:
    """A play with its failures, by one of the engines; the play as it was cut, what came of it, and the losses."""
    losses = []
    for failure in ready.failures:
        before = run(replace(ready, sessions=replace(ready.sessions, duration=failure.at)))
        owned = before.owner >= 0
        there = (before.fate == CREATED) & (ready.ends > failure.at)
        spu = failure.place(ready.platform)
        victims = owned & (before.owner == spu) if failure.graceful else owned
        moved = _moved(ready, before, failure.at, there & ~victims)
        losses.append(Loss(failure, int(there.sum()), int((there & victims).sum()), moved))
        ready = cut_short(ready, victims, failure.at)
    return ready, run(ready), tuple(losses)


def cut_short(ready: Play, victims: NDArray[np.bool_], at: float) -> Play:
    """The play with those sessions ended at that time, if they have not ended yet."""
    asks, ends = ready.demand, np.where(victims, np.minimum(ready.ends, at), ready.ends)
    come = np.ceil(at - ready.sessions.at).astype(np.int32)
    batches = np.where(victims, np.minimum(asks.batches, come), asks.batches)
    ended = victims[asks.session]
    kept = ~ended | (asks.start < at)
    further = np.where(ended, np.minimum(asks.further, np.ceil(at - asks.start).astype(np.int32)), asks.further)
    cut = replace(asks, batches=batches, start=asks.start[kept], session=asks.session[kept], further=further[kept])
    return replace(ready, ends=ends, demand=cut)


def _moved(ready: Play, before: Outcome, at: float, left: NDArray[np.bool_]) -> int:
    """Sessions whose flow the tables after the failure give to another SPU than theirs."""
    after: Epoch = next(epoch for epoch in ready.epochs if epoch.at == at)
    made = after.distribution
    if after.refusal or made.chooser is Chooser.CENTRAL_POINT or not isinstance(made, Stateless):
        return 0
    anew = made.choose_many(ready.sessions, ready.keys)
    return int((left & (anew != before.owner)).sum())
