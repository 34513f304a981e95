"""What queueing theory says of the model: the engine must find it, on many seeds."""

from collections import Counter
from math import factorial

import numpy as np
import pytest

from hwmodel.engine.fates import CREATED, FULL
from tests.hwmodel.engine.loads import bounds_hold, flows, played, poisson, servers

SEEDS = range(12)
UNIT = 1e-3  # seconds that a batch takes in the mean


def mean_waits(load: float, packets: "np.ndarray | None" = None) -> list[float]:
    """The mean wait before service of every seed; packet counts are drawn from those given, service is proportional."""
    found = []
    for seed in SEEDS:
        chance = np.random.default_rng(seed)
        at = poisson(chance, load / UNIT, 400.0)
        counts = 1 if packets is None else chance.choice(packets, len(at))
        mean = 1.0 if packets is None else float(packets.mean())
        found.append(played(servers(packet_us=1e6 * UNIT / mean), flows(at, 400.0, counts)).mean_wait)
    return found


@pytest.mark.parametrize("load", [0.3, 0.6, 0.8])
def test_m_d_1(load: float) -> None:
    assert bounds_hold(mean_waits(load), UNIT * load / (2 * (1 - load)), 0.02)


@pytest.mark.parametrize("load", [0.3, 0.6])
@pytest.mark.parametrize("sizes", [[1, 1, 1, 61], [10, 20, 30, 40]])
def test_m_g_1_after_pollaczek_and_khinchine(load: float, sizes: list[int]) -> None:
    packets = np.array(sizes)
    second_moment = float((packets**2).mean() / packets.mean() ** 2)
    assert bounds_hold(mean_waits(load, packets), UNIT * load * second_moment / (2 * (1 - load)), 0.02)


def test_strict_priorities_obey_kleinrocks_conservation_law() -> None:
    """Non-preemptive: the mean over all is that of one line, since service times do not depend on the priority."""
    at = poisson(np.random.default_rng(1), 0.7 / UNIT, 400.0)
    priority = np.random.default_rng(2).integers(0, 3, len(at))
    plain, strict = (
        played(servers(packet_us=1e6 * UNIT), flows(at, 400.0, priority=levels)) for levels in (np.zeros(len(at)), priority)
    )
    assert strict.mean_wait == pytest.approx(plain.mean_wait, rel=1e-9)
    assert strict.longest_wait > plain.longest_wait


@pytest.mark.parametrize("life", ["exponential", "constant", "uniform"])
def test_littles_law_and_erlang_b_at_the_session_limit(life: str) -> None:
    """Refusals depend on the mean life alone (Sevastyanov); what is open is what was admitted, times its life."""
    room, offered, mean = 20, 18.0, 0.05
    losses, opens = [], []
    for seed in SEEDS:
        chance = np.random.default_rng(seed)
        at = poisson(chance, offered / mean, 600.0)
        lives = {
            "exponential": chance.exponential(mean, len(at)), "constant": np.full(len(at), mean),
            "uniform": chance.random(len(at)) * 2 * mean,
        }[life]  # fmt: skip
        outcome = played(servers(room=room), flows(at, 600.0, life=lives))
        losses.append(float(np.mean(outcome.fate == FULL)))
        opens.append(float(lives[outcome.fate == CREATED].sum() / 600.0))
        assert outcome.peak == room
    blocked = offered**room / factorial(room) / sum(offered**k / factorial(k) for k in range(room + 1))
    assert bounds_hold(losses, blocked, 0.02)
    assert bounds_hold(opens, offered * (1 - blocked), 0.02)


def test_waiting_batches_after_little() -> None:
    """Mean number in line = rate x mean wait: the line is measured by its own area, the wait by the engine."""
    at = poisson(np.random.default_rng(5), 0.5 / UNIT, 200.0)
    outcome = played(servers(packet_us=1e6 * UNIT), flows(at, 200.0))
    begins = np.maximum.accumulate(at - UNIT * np.arange(len(at))) + UNIT * np.arange(len(at))
    moments = np.linspace(1, 199, 200_000)
    in_line = np.searchsorted(at, moments) - np.searchsorted(begins, moments)
    assert in_line.mean() == pytest.approx(len(at) / 200.0 * outcome.mean_wait, rel=0.02)


def test_hash_skew_is_binomial() -> None:
    """Chi-square over SPUs, of many loads: its mean is the degrees of freedom, its largest a rare one's."""
    found = []
    for seed in range(40):
        at = poisson(np.random.default_rng(seed), 20_000.0, 1.0)
        spread = Counter(played(servers(count=8), flows(at, 1.0, server_port=seed + 1)).owner.tolist())
        expected = len(at) / 8
        found.append(sum((spread[spu] - expected) ** 2 / expected for spu in range(8)))
    assert 5.5 < np.mean(found) < 8.5
    assert max(found) < 30
