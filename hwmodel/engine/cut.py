"""What ends before its time: a session's batches from then on are taken out of the play."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hwmodel.engine.play import Play


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
