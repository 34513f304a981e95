"""The SRX1600 lab, played to the simulated box: CPU and sessions as the report shows them."""

import pytest

from hwmodel import simulate
from hwmodel.workload import load_workload

RAMP = 4  # seconds until as many sessions close as open


def test_the_simulated_lab_is_as_busy_as_the_real_one() -> None:
    report = simulate("srx1600", load_workload("srx1600_lab"))
    [threads] = report.series.load
    seconds = [sum(loads) / len(threads) for loads in zip(*threads, strict=True)][RAMP:]
    assert all(0.48 <= load <= 0.55 for load in seconds)
    assert report.totals.peak_sessions == pytest.approx(101_140, rel=0.01)
    assert report.totals.refused == {}
