"""What the threads of an SPU were busy with."""

import pytest

from hwmodel.threads import Threads


def test_each_thread_has_its_own_windows() -> None:
    threads = Threads(2)
    for second in range(7200):
        threads.charge(1, 0.5, second)
    idle, busy = threads.usage(7200.0)
    assert {idle.utilization, idle.last_minute, idle.last_hour, idle.last_day} == {0.0}
    assert (busy.weighted, busy.utilization) == (50.0, 50.0)
    assert busy.last_minute == busy.last_hour == pytest.approx(50, abs=0.5)
    assert busy.last_day == pytest.approx(100 * 3600 / 86_400, abs=0.1)


def test_what_is_over_is_forgotten_by_the_short_windows_first() -> None:
    threads = Threads(1)
    threads.charge(0, 30.0, 10.0)
    [usage] = threads.usage(150.0)
    assert (usage.utilization, usage.last_minute) == (0.0, 0.0)
    assert usage.last_hour == pytest.approx(0.8, abs=0.1)


def test_no_thread_is_busier_than_busy() -> None:
    threads = Threads(1)
    threads.charge(0, 5.0, 10.0)
    assert threads.usage(11.0)[0].utilization == 100.0
