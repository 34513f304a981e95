"""The vectorised engine: everything in columns, the loop over them compiled; tens of millions of sessions in seconds."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwmodel.distribution import Stateful
from hwmodel.engine.kernel import RULE, bin_floors, compiled, play
from hwmodel.engine.play import Outcome, Play
from hwmodel.sessions import OPENS

_RULES: dict[object, Any] = {}  # compiled ones; there are as many as distributions


def run(ready: Play) -> Outcome:
    """Play everything; the same play gives the same outcome."""
    sessions, made, asks = ready.sessions, ready.distribution, ready.demand
    seconds, spus, size = ready.seconds, len(ready.platform.spus), len(ready.sessions)
    threads = ready.threads
    stateful = made if isinstance(made, Stateful) else None
    counts = np.zeros(len(bin_floors()), np.int64)
    created, closed, refused = (np.zeros((seconds, spus), np.int64) for _ in range(3))
    fate, owner = np.zeros(size, np.int8), np.full(size, -1, np.int16)
    load, peaks, sums = np.zeros((seconds, int(threads.sum()))), np.zeros(spus + 1, np.int64), np.zeros(2)
    with ThreadPoolExecutor(1) as beside:  # sorting leaves the interpreter free
        sorting = beside.submit(np.argsort, ready.ends)
        previous = _previous(ready.keys)
        leavers = sorting.result().astype(np.int32)
    play(
        _compiled_rule(stateful.rule if stateful else _never), bool(stateful and stateful.wants_load),
        bool(size) and bool((sessions.priority != sessions.priority[0]).any()), sessions.duration,
        ready.chosen, ready.keys, sessions.at, ready.ends, ready.slots, sessions.flags & OPENS, sessions.priority,
        previous,
        asks.opening, asks.batch, asks.batches, asks.start, asks.session, asks.further,
        ready.ends[leavers], leavers,
        np.array(stateful.spus if stateful else [0], np.int64), np.array(stateful.weights if stateful else [0.0]),
        np.zeros(spus), np.zeros(spus), np.array(stateful.memory if stateful else [0.0]),
        ready.limits, threads, np.cumsum(threads) - threads,
        fate, owner, load, created, closed, refused, peaks, counts, sums,
    )  # fmt: skip
    waited = np.flatnonzero(counts)
    return Outcome(
        fate, owner, load.T, created.T, closed.T, refused.T, peaks[:-1], int(peaks[-1]),
        waits=np.minimum(bin_floors()[waited] * (1 + 1 / 128), sums[1]),  # the middle of each place
        wait_counts=counts[waited],
        mean_wait=sums[0] / max(1, counts.sum()), longest_wait=sums[1],
    )  # fmt: skip


def _never(upper: int, lower: int, spus: Any, weights: Any, held: Any, load: Any, memory: Any) -> int:  # noqa: ARG001
    """The rule of a distribution that has none."""
    return -1


def _compiled_rule(rule: Any) -> Any:
    if rule not in _RULES:
        _RULES[rule] = compiled(RULE)(rule)
    return _RULES[rule]


def _previous(keys: NDArray[np.uint64]) -> NDArray[np.int32]:
    """The row before each one that may have the same key, or -1: keys are sorted with the numbers of their rows below."""
    previous = np.full(len(keys), -1, np.int32)
    width = max(1, int(max(len(keys) - 1, 1)).bit_length())
    packed = keys >> np.uint64(width) << np.uint64(width) | np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    numbers = (packed & np.uint64((1 << width) - 1)).astype(np.int32)
    packed >>= np.uint64(width)
    same = np.flatnonzero(packed[1:] == packed[:-1])
    previous[numbers[same + 1]] = numbers[same]
    return previous
