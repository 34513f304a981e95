"""The vectorised engine: everything in columns, the loop over them compiled; tens of millions of sessions in seconds."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwmodel.distribution import Stateful
from hwmodel.engine.compiled import RULE, Box, Load, State, compiled, numbers
from hwmodel.engine.departures import departures
from hwmodel.engine.halves import census, falls_apart, joined
from hwmodel.engine.kernel import play
from hwmodel.engine.play import Outcome, Play
from hwmodel.engine.waits import bin_floors
from hwmodel.sessions import OPENS

_APART = 9  # places, or the first ones of all rows would share a few sets of the processor's cache
_CHUNK = 1 << 14  # rows at a time: what they need stays in the processor's cache
_MANY = 1 << 18  # sessions from which on two halves are faster
_RULES: dict[object, Any] = {}  # compiled ones; there are as many as distributions


def run(ready: Play) -> Outcome:
    """Play everything; the same play gives the same outcome."""
    box, load = _box(ready), _load(ready)
    state = _in_halves(ready, load, box) if len(ready.sessions) >= _MANY and falls_apart(ready, load) else None
    if state is None:
        state = _played(ready, _with_departures(ready, load, box), box)
    waited = np.flatnonzero(state.counts)
    longest = float(state.sums[1])
    return Outcome(
        fate=state.fate, owner=state.owner, crowded=state.full, load=state.asked.T, created=state.created.T,
        closed=state.closed.T, refused=state.refused.T, dropped=state.dropped.T, peaks=state.peaks[:-1],
        peak=int(state.peaks[-1]), wings=state.wing_peaks, turned_away=int(state.cached[-1]),
        waits=np.minimum(bin_floors()[waited] * (1 + 1 / 128), longest),  # the middle of each place
        wait_counts=state.counts[waited], mean_wait=float(state.sums[0]) / max(1, int(state.counts.sum())),
        longest_wait=longest,
    )  # fmt: skip


def _in_halves(ready: Play, load: Load, box: Box) -> State | None:
    """Both halves of the box at once, whatever processors there are; None if a network processor's cache fills."""
    middle = len(box.limits) // 2
    boxes = box._replace(last=middle - 1), box._replace(first=middle)
    with ThreadPoolExecutor() as both:
        loads = list(both.map(partial(_with_departures, ready, load), boxes))
        states = list(both.map(partial(_played, ready), loads, boxes))
    whole = joined(*states)
    one, other = loads
    whole.peaks[-1] = census(load.at, whole.fate, load.protocol, load.ingress, one.leaving, one.leavers,
                             other.leaving, other.leavers, whole.wing_peaks)  # fmt: skip
    return whole if whole.wing_peaks.max() <= box.wings else None


def _with_departures(ready: Play, load: Load, box: Box) -> Load:
    """The load with the departures of the box's SPUs."""
    leaving, leavers = departures(ready.ends, box.duration, load.chosen, (box.first, box.last))
    return load._replace(leaving=leaving, leavers=leavers)


def _played(ready: Play, load: Load, box: Box) -> State:
    """What comes of it when the loop has run."""
    made, state = ready.epochs[0].distribution, _state(ready, box)
    play(_compiled_rule(made.rule if isinstance(made, Stateful) else _never), load, box, state)
    return state


def _load(ready: Play) -> Load:
    """The columns, but for departures."""
    sessions, asks, ports = ready.sessions, ready.demand, ready.platform.network_processors
    return Load(
        chosen=ready.chosen, keys=ready.keys, at=sessions.at, ends=ready.ends, slots=ready.slots,
        opens=sessions.flags & OPENS, priority=np.array(sessions.priority), protocol=np.array(sessions.protocol),
        ingress=sessions.ingress % np.uint16(ports),
        clients=ready.clients, servers=ready.servers, previous=_previous(ready.keys), opening=asks.opening, batch=asks.batch,
        crowded=asks.crowded, batches=asks.batches, start=asks.start, session=asks.session, further=asks.further,
        leaving=None, leavers=None,
    )  # fmt: skip


def _box(ready: Play) -> Box:
    """What does not change."""
    platform, settings, threads = ready.platform, ready.settings, ready.threads
    room, told = ready.central_point
    rules = [epoch.distribution for epoch in ready.epochs]
    spus, first_spu = _joined([rule.spus if isinstance(rule, Stateful) else [0] for rule in rules])
    memory, first_memory = _joined([rule.memory if isinstance(rule, Stateful) else [0.0] for rule in rules])
    levels = ready.sessions.priority
    return Box(
        duration=ready.sessions.duration, first=0, last=len(threads) - 1,
        strict=bool(len(levels)) and bool((levels != levels[0]).any()),
        wants_load=isinstance(rules[0], Stateful) and rules[0].wants_load, queue=platform.queue, limits=ready.limits,
        threads=threads, first_thread=np.cumsum(threads) - threads, wings=platform.wings_per_np, central_point=room, told=told,
        source_limit=settings.source_limit or 0, destination_limit=settings.destination_limit or 0,
        epochs=np.array([epoch.at for epoch in ready.epochs]),
        refusals=numbers([epoch.refusal for epoch in ready.epochs]),
        hosts=numbers([-1 if epoch.host is None else epoch.host for epoch in ready.epochs]),
        spus=numbers(spus), first_spu=first_spu,
        weights=np.array(rules[0].weights if isinstance(rules[0], Stateful) else [0.0]),
        memory=np.array(memory), first_memory=first_memory,
    )  # fmt: skip


def _joined(parts: Sequence[Sequence[float]]) -> tuple[list[float], NDArray[np.int64]]:
    """All parts one after the other, where each begins, and where the last one ends."""
    return [value for part in parts for value in part], numbers([0, *np.cumsum([len(part) for part in parts])])


def _state(ready: Play, box: Box) -> State:
    """All that the loop changes, at its beginning."""
    size, seconds, spus, threads = len(ready.sessions), ready.seconds, len(box.limits), int(box.threads.sum())
    ports = ready.platform.network_processors
    created, closed, refused, dropped = (np.zeros((seconds, spus), np.int64) for _ in range(4))
    double = np.zeros(1)
    return State(
        held=np.zeros(spus), used=np.zeros(spus, np.int64), load=np.zeros(spus), since=np.zeros(spus),
        peaks=np.zeros(spus + 1, np.int64), free=np.zeros(threads), waited=np.zeros(threads, np.int64),
        begins=np.empty((threads, 1 if box.strict else (1 << (box.queue - 1).bit_length()) + _APART)),
        head=np.full((threads, 3, 2), -1, np.int64),
        lengths=np.zeros((threads, 3), np.int64), cached=np.zeros(ports + 1, np.int64), wing_peaks=np.zeros(ports, np.int64),
        by_client=_counters(ready.clients), by_server=_counters(ready.servers), takes=np.zeros(size, np.int32),
        fate=np.zeros(size, np.int8), owner=np.full(size, -1, np.int16), full=np.zeros(len(ready.demand.crowded), np.bool_),
        asked=np.zeros((seconds, threads)), created=created, closed=closed, refused=refused, dropped=dropped,
        counts=np.zeros(len(bin_floors()), np.int64), sums=np.zeros(2), double=double, bits=double.view(np.int64),
    )  # fmt: skip


def _counters(members: NDArray[np.int32]) -> NDArray[np.int64]:
    return np.zeros(int(members.max(initial=-1)) + 1, np.int64)


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
    rows = np.uint64((1 << width) - 1)
    packed = keys & ~rows
    for first in range(0, len(keys), _CHUNK):
        packed[first : first + _CHUNK] |= np.arange(first, min(first + _CHUNK, len(keys)), dtype=np.uint64)
    packed.sort()
    for first in range(0, len(keys), _CHUNK):
        some = packed[first : first + _CHUNK + 1]
        same = np.flatnonzero((some[1:] ^ some[:-1]) <= rows)
        previous[some[same + 1] & rows] = some[same] & rows
    return previous
