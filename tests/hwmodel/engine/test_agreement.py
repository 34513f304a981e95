"""Both engines, SimPy and the live chassis, on the same sessions: they say the same."""

from dataclasses import replace
from heapq import heappop, heappush

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwmodel.chassis import Chassis, FirstPath, Refused
from hwmodel.distribution import available
from hwmodel.engine import event, vector
from hwmodel.engine.fates import CENTRAL_POINT_FULL, CREATED, REFUSALS
from hwmodel.engine.play import Outcome, prepare
from hwmodel.flow_settings import FlowSettings
from hwmodel.platform import Figure, Kind, Platform, Role, load_platform
from hwmodel.session import TCP, UDP, Packet
from hwmodel.sessions import OFFLOADABLE, OPENS, Sessions
from hwmodel.workload import Workload, draw
from tests.hwmodel.engine.simpy_model import Oracle

WIDE = replace(load_platform("srx5400-2spc2"), network_processors=2)
NARROW = replace(WIDE, spus=tuple(replace(spu, max_sessions=min(spu.max_sessions, 60)) for spu in WIDE.spus))
SLOW = replace(WIDE, spus=WIDE.spus[:3], costs=replace(WIDE.costs, packet_us=200.0))
SHORT = replace(SLOW, queue=3)  # lines that fill
CRAMPED = replace(WIDE, wings_per_np=500, express_path=True)  # caches that fill
SHARED = replace(  # a classic central point that shares its SPU and is asked for more than it has
    SHORT, spus=(replace(WIDE.spus[0], role=Role.COMBO, max_sessions=600), *WIDE.spus[1:3]),
    costs=replace(WIDE.costs, packet_us=2000.0))  # fmt: skip
LIMITED = FlowSettings(source_limit=150, destination_limit=280)
CLASSIC = FlowSettings(classic_central_point=True)
CASES = {
    "wide": (WIDE, FlowSettings()), "narrow": (NARROW, FlowSettings()), "slow": (SLOW, FlowSettings()),
    "short": (SHORT, FlowSettings()), "cramped": (CRAMPED, FlowSettings()), "shared": (SHARED, CLASSIC),
    "limited": (WIDE, LIMITED),
}  # fmt: skip


def load(seed: int, rate: float = 300.0) -> Sessions:
    """Both IP versions, few ports, elephants among mice, three priorities."""
    sessions = draw(Workload(arrival_rate=rate, duration=5.0, ipv6_share=0.2, clients=4, servers=2), seed)
    sessions = replace(sessions, **{name: getattr(sessions, name).copy() for name in ("packets", "priority", "protocol")})
    chance = np.random.default_rng(seed)
    sessions.packets[chance.random(len(sessions)) < 0.02] *= 100
    sessions.priority[:] = chance.integers(0, 3, len(sessions))
    sessions.client_port[:] = sessions.client_port % 200 + 1024  # so few that some come back
    plain = chance.random(len(sessions)) < 0.5
    sessions.flags[plain] = OPENS | OFFLOADABLE
    sessions.protocol[plain] = chance.choice([TCP, UDP], plain.sum())
    return sessions


def same(one: Outcome, other: Outcome) -> None:
    """Every fate and count is equal, every second's load exactly, percentiles within a part in 64."""
    for name in ("fate", "owner", "crowded", "load", "created", "closed", "refused", "dropped", "peaks", "wings"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert (one.peak, one.turned_away) == (other.peak, other.turned_away)
    assert one.mean_wait == pytest.approx(other.mean_wait, rel=1e-9)
    assert one.longest_wait == other.longest_wait
    for share in (0.5, 0.9, 0.99):
        assert percentile(one, share) == pytest.approx(percentile(other, share), rel=1 / 64, abs=1e-15)


def percentile(outcome: Outcome, share: float) -> float:
    below = outcome.wait_counts.cumsum()
    return float(outcome.waits[np.searchsorted(below, share * below[-1])]) if len(below) else 0.0


def one_priority(sessions: Sessions) -> Sessions:
    """The same without strict priorities, which the compiled loop plays in another way."""
    return replace(sessions, priority=np.zeros_like(sessions.priority))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("distribution", available())
def test_engines_agree_under_every_distribution(case: str, distribution: str) -> None:
    platform, flow = CASES[case]
    for sessions in (load(1), one_priority(load(1))):
        ready = prepare(platform, sessions, distribution, flow)
        same(event.run(ready), vector.run(ready))


@given(st.integers(0, 1 << 20), st.sampled_from(sorted(CASES)), st.sampled_from(available()), st.floats(20, 400), st.booleans())
@settings(max_examples=40, deadline=None)
def test_engines_agree_on_every_seed(seed: int, case: str, distribution: str, rate: float, strict: bool) -> None:
    platform, flow = CASES[case]
    sessions = load(seed, rate)
    ready = prepare(platform, sessions if strict else one_priority(sessions), distribution, flow)
    same(event.run(ready), vector.run(ready))


def test_the_cases_meet_the_limits_that_they_are_for() -> None:
    met = {name: event.run(prepare(platform, load(1), "hash_based", flow)) for name, (platform, flow) in CASES.items()}
    reasons = {name: {REFUSALS.get(fate) for fate in set(outcome.fate.tolist())} for name, outcome in met.items()}
    assert "queue full" in reasons["short"]
    assert met["short"].dropped.sum() > 0
    assert met["cramped"].turned_away > 0
    assert met["cramped"].crowded.any()
    assert met["cramped"].wings.max() == 500
    assert "queue full" in reasons["shared"]
    assert {"session limit of its source", "session limit of its destination"} <= reasons["limited"]


@pytest.mark.parametrize("platform", [WIDE, NARROW, SLOW, SHORT], ids=["wide", "narrow", "slow", "short"])
@pytest.mark.parametrize("seed", range(3))
def test_simpy_agrees(platform: Platform, seed: int) -> None:
    """Waits to a nanosecond: SimPy adds up its clock in other steps."""
    ready = prepare(platform, load(seed, rate=150.0), "hash_based")
    oracle, outcome = Oracle(ready), event.run(ready)
    oracle.run()
    assert outcome.fate.tolist() == oracle.fate
    assert outcome.owner.tolist() == oracle.owner
    assert np.sort(oracle.waits) == pytest.approx(outcome.waits, abs=1e-9)
    assert outcome.dropped.sum() == oracle.dropped
    assert len(set(oracle.fate)) == (3 if platform in (NARROW, SHORT) else 2)


def test_a_classic_central_point_knows_so_many_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hwmodel.classic.COMBO", Figure(300, "this test", Kind.ASSUMED))
    ready = prepare(replace(SHARED, costs=WIDE.costs), load(3), "round_robin", CLASSIC)
    outcome = event.run(ready)
    same(outcome, vector.run(ready))
    assert outcome.peak == 300
    assert REFUSALS[CENTRAL_POINT_FULL] == "central point session table full"
    assert np.count_nonzero(outcome.fate == CENTRAL_POINT_FULL) > 100


@pytest.mark.parametrize("case", ["wide", "narrow", "cramped", "shared", "limited"])
@pytest.mark.parametrize("distribution", sorted(set(available()) - {"least_loaded", "rss_plus_plus"}))
def test_the_live_chassis_places_and_refuses_the_same(case: str, distribution: str) -> None:
    """Without the two that go by load: a live chassis is charged by whom it serves, here nothing is charged."""
    platform, flow = replace(CASES[case][0], queue=1 << 16), CASES[case][1]  # a live thread's line is the kernel's
    sessions = load(2)
    outcome = vector.run(prepare(platform, sessions, distribution, flow))
    chassis, leaving = Chassis(platform, distribution, settings=flow), list[tuple[float, int]]()
    for number, at in enumerate(sessions.at.tolist()):
        while leaving and leaving[0][0] <= at:
            chassis.close(heappop(leaving)[1], at)
        placed = chassis.receive(Packet(sessions.flow(number)), at, int(sessions.ingress[number]) % platform.network_processors)
        if isinstance(placed, Refused):
            assert REFUSALS.get(int(outcome.fate[number])) == placed.reason.value
            continue
        assert outcome.owner[number] == placed.session.spu
        assert (outcome.fate[number] == CREATED) == isinstance(placed, FirstPath)
        if isinstance(placed, FirstPath):
            heappush(leaving, (at + float(sessions.life[number]), placed.session.id))
    assert chassis.wings() <= outcome.wings.sum()
    assert sum(chassis.status(sessions.duration)[spu].created for spu in range(len(platform.spus))) == outcome.created.sum()
