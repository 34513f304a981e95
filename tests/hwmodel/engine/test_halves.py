"""Two halves of a box, played at once: they say what the exact engine says."""

from dataclasses import replace

import pytest

from hwmodel.engine import event, vector
from hwmodel.engine.halves import falls_apart
from hwmodel.engine.play import prepare
from hwmodel.platform import load_platform
from hwmodel.workload import Workload, draw
from tests.hwmodel.engine.test_agreement import CASES, load, one_priority, same

BOX = load_platform("srx5400-2spc2")


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector, "_MANY", 0)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("distribution", ["hash_based", "ingress_slot", "toeplitz", "round_robin"])
def test_engines_agree_whether_the_load_falls_apart_or_not(case: str, distribution: str) -> None:
    platform, flow = CASES[case]
    for sessions in (load(5), one_priority(load(5))):
        ready = prepare(platform, sessions, distribution, flow)
        same(event.run(ready), vector.run(ready))


def test_what_falls_apart() -> None:
    plays = {name: prepare(platform, load(5), "hash_based", flow) for name, (platform, flow) in CASES.items()}
    plays["counted"] = prepare(BOX, load(5), "least_sessions")
    apart = {name for name, ready in plays.items() if falls_apart(ready, vector._load(ready))}
    assert apart == {"wide", "narrow", "slow", "short"}


@pytest.mark.parametrize("room", [0, 100, 1 << 20])
def test_a_network_processors_cache_that_fills(room: int) -> None:
    ready = prepare(replace(BOX, network_processors=2, wings_per_np=room), one_priority(load(6)), "hash_based")
    outcome = vector.run(ready)
    same(event.run(ready), outcome)
    assert bool(outcome.turned_away) == (room < 1 << 20)


def test_the_smallest_boxes_and_loads() -> None:
    for platform in ("srx300", "srx5400-2spc2"):
        for rate in (0.001, 30.0):
            ready = prepare(load_platform(platform), draw(Workload(arrival_rate=rate, duration=2.0), 1), "hash_based")
            same(event.run(ready), vector.run(ready))
