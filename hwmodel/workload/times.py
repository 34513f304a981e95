"""Arrivals: gaps of any spread, stretched by a rate that stays, grows or jumps between states."""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from hwmodel.workload.facts import Spread, Workload

Floats = NDArray[np.float64]
_STEPS = 4096  # pieces of a rate that grows; each is linear in the mean number of sessions

_DRAWS: dict[str, Callable[[Generator, float, int], Floats]] = {
    "constant": lambda _, __, n: np.ones(n),
    "exponential": lambda chance, _, n: chance.standard_exponential(n),
    "uniform": lambda chance, _, n: 2 * chance.random(n),
    "lognormal": lambda chance, sigma, n: chance.lognormal(-sigma * sigma / 2, sigma, n),
    "pareto": lambda chance, alpha, n: (chance.pareto(alpha, n) + 1) * ((alpha - 1) / alpha),
}


def spread(chance: Generator, how: Spread, count: int) -> Floats:
    """So many values with mean 1."""
    return _DRAWS[how.distribution](chance, how.shape, count)


def arrival_times(workload: Workload, chance: Generator) -> Floats:
    """When sessions arrive, in order, within the duration."""
    if workload.sessions:
        return np.full(workload.sessions, workload.start)
    times, expected = _mean_numbers(workload, chance)
    passed = _passed(workload, chance, float(expected[-1]))
    if len(times) == 2:
        passed *= (times[1] - times[0]) / expected[1]
        passed += times[0]
        return passed
    return np.interp(passed, expected, times)


def _passed(workload: Workload, chance: Generator, most: float) -> Floats:
    """Arrivals on a clock by which one comes in a second of the mean, up to `most`."""
    pieces, reached = [], 0.0
    while reached < most:
        count = int((most - reached) * 1.01 + 6 * (most - reached) ** 0.5 + 16)
        piece = spread(chance, workload.gaps, count)
        np.cumsum(piece, out=piece)
        piece += reached
        reached = float(piece[-1])
        pieces.append(piece)
    whole = pieces[0] if len(pieces) == 1 else np.concatenate([*pieces, np.empty(0)])
    return whole[: np.searchsorted(whole, most)]


def _mean_numbers(workload: Workload, chance: Generator) -> tuple[Floats, Floats]:
    """Times, and the mean number of sessions up to each."""
    if workload.states:
        return _modulated(workload, chance)
    if not workload.final_rate:
        span = workload.duration - workload.start
        return np.array([workload.start, workload.duration]), np.array([0.0, span * workload.arrival_rate])
    times = np.linspace(workload.start, workload.duration, _STEPS + 1)
    since, span = times - workload.start, workload.duration - workload.start
    slope = (workload.final_rate - workload.arrival_rate) / span
    return times, workload.arrival_rate * since + slope * since * since / 2


def _modulated(workload: Workload, chance: Generator) -> tuple[Floats, Floats]:
    """A Markov-modulated rate: each state lasts an exponential time, then any other one follows."""
    times, expected = [workload.start], [0.0]
    state = int(chance.integers(len(workload.states)))
    while times[-1] < workload.duration:
        entry = workload.states[state]
        end = min(workload.duration, times[-1] + entry.mean_time * chance.standard_exponential())
        expected.append(expected[-1] + entry.rate * (end - times[-1]))
        times.append(end)
        if len(workload.states) > 1:
            state = (state + int(chance.integers(1, len(workload.states)))) % len(workload.states)
    return np.array(times), np.array(expected)
