"""Threads that poll: the process is always busy, the threads are as busy as their work."""

import pytest

from hwmodel.chassis import Chassis, FirstPath
from hwmodel.forwarding import forwarding
from hwmodel.platform import load_platform
from hwmodel.work import Work
from tests.hwmodel.hardware import syn


def test_an_idle_device_polls_on_all_threads() -> None:
    found = forwarding(Chassis(load_platform("srx1600")).status(1.0))
    assert found is not None
    assert (found.real_time_threads, found.process) == (0.0, 400.0)


def test_work_shows_in_the_threads_alone() -> None:
    chassis = Chassis(load_platform("srx1600"))
    placement = chassis.receive(syn(), 0.0)
    assert isinstance(placement, FirstPath)
    chassis.charge(placement.session.id, Work(packets=1_000_000), 0.5)
    found = forwarding(chassis.status(1.0))
    assert found is not None
    assert found.real_time_threads == pytest.approx(100 * 1.17 / 4, abs=1)
    assert found.process == 400.0


def test_several_spus_have_no_process_in_common() -> None:
    assert forwarding(Chassis(load_platform("srx5400")).status(1.0)) is None
