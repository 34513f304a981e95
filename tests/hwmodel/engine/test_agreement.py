"""Both engines, SimPy and the live chassis, on the same sessions: they say the same."""

from dataclasses import replace
from heapq import heappop, heappush

import numpy as np
import pytest

from hwmodel.chassis import Chassis, FirstPath, Refused
from hwmodel.distribution import available
from hwmodel.engine import event, vector
from hwmodel.engine.play import CREATED, FULL, Outcome, prepare
from hwmodel.platform import Platform, load_platform
from hwmodel.session import Packet
from hwmodel.sessions import Sessions
from hwmodel.workload import Workload, draw
from tests.hwmodel.engine.simpy_model import Oracle

WIDE = replace(load_platform("srx5400-2spc2"), network_processors=2)
NARROW = replace(WIDE, spus=tuple(replace(spu, max_sessions=min(spu.max_sessions, 60)) for spu in WIDE.spus))
SLOW = replace(WIDE, spus=WIDE.spus[:3], costs=replace(WIDE.costs, packet_us=200.0))


def load(seed: int, rate: float = 300.0) -> Sessions:
    """Both IP versions, few ports, elephants among mice, three priorities."""
    sessions = draw(Workload(arrival_rate=rate, duration=5.0, ipv6_share=0.2, clients=4, servers=2), seed)
    chance = np.random.default_rng(seed)
    sessions.packets[chance.random(len(sessions)) < 0.02] *= 100
    sessions.priority[:] = chance.integers(0, 3, len(sessions))
    sessions.client_port[:] = sessions.client_port % 200 + 1024  # so few that some come back
    return sessions


def same(one: Outcome, other: Outcome) -> None:
    """Every fate and count is equal, every second's load exactly, percentiles within a part in 64."""
    for name in ("fate", "owner", "load", "created", "closed", "refused", "peaks"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert one.peak == other.peak
    assert one.mean_wait == pytest.approx(other.mean_wait, rel=1e-9)
    assert one.longest_wait == other.longest_wait
    for share in (0.5, 0.9, 0.99):
        assert percentile(one, share) == pytest.approx(percentile(other, share), rel=1 / 64, abs=1e-15)


def percentile(outcome: Outcome, share: float) -> float:
    below = outcome.wait_counts.cumsum()
    return float(outcome.waits[np.searchsorted(below, share * below[-1])])


@pytest.mark.parametrize("platform", [WIDE, NARROW, SLOW], ids=["wide", "narrow", "slow"])
@pytest.mark.parametrize("distribution", available())
def test_engines_agree_under_every_distribution(platform: Platform, distribution: str) -> None:
    ready = prepare(platform, load(1), distribution)
    same(event.run(ready), vector.run(ready))


@pytest.mark.parametrize("seed", range(20))
def test_engines_agree_on_every_seed(seed: int) -> None:
    ready = prepare([WIDE, NARROW, SLOW][seed % 3], load(seed, rate=100.0), available()[seed % len(available())])
    same(event.run(ready), vector.run(ready))


@pytest.mark.parametrize("platform", [WIDE, NARROW, SLOW], ids=["wide", "narrow", "slow"])
@pytest.mark.parametrize("seed", range(3))
def test_simpy_agrees(platform: Platform, seed: int) -> None:
    """Waits to a nanosecond: SimPy adds up its clock in other steps."""
    ready = prepare(platform, load(seed, rate=150.0), "hash_based")
    oracle, outcome = Oracle(ready), event.run(ready)
    oracle.run()
    assert outcome.fate.tolist() == oracle.fate
    assert outcome.owner.tolist() == oracle.owner
    assert np.sort(oracle.waits) == pytest.approx(outcome.waits, abs=1e-9)
    assert len(set(oracle.fate)) == (3 if platform is NARROW else 2)


@pytest.mark.parametrize("platform", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("distribution", sorted(set(available()) - {"least_loaded", "rss_plus_plus"}))
def test_the_live_chassis_places_and_refuses_the_same(platform: Platform, distribution: str) -> None:
    """Without the two that go by load: a live chassis is charged by whom it serves, here nothing is charged."""
    sessions = load(2)
    outcome = vector.run(prepare(platform, sessions, distribution))
    chassis, leaving = Chassis(platform, distribution), list[tuple[float, int]]()
    for number, at in enumerate(sessions.at.tolist()):
        while leaving and leaving[0][0] <= at:
            chassis.close(heappop(leaving)[1], at)
        placed = chassis.receive(Packet(sessions.flow(number)), at, int(sessions.ingress[number]) % platform.network_processors)
        if isinstance(placed, Refused):
            assert outcome.fate[number] == FULL
            continue
        assert outcome.owner[number] == placed.session.spu
        assert (outcome.fate[number] == CREATED) == isinstance(placed, FirstPath)
        if isinstance(placed, FirstPath):
            heappush(leaving, (at + float(sessions.life[number]), placed.session.id))
