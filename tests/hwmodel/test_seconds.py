from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.seconds import Seconds

steps = st.lists(st.tuples(st.floats(0, 40), st.integers(0, 9)), max_size=30)


@given(steps, st.integers(1, 10))
def test_a_counter_remembers_exactly_the_last_seconds(events: list[tuple[float, int]], size: int) -> None:
    ring, now, seen = Seconds(size), 0.0, Counter[int]()
    for gap, amount in events:
        now += gap
        ring.add(amount, now)
        seen[int(now)] += amount
    assert ring.latest(now, size) == tuple(float(seen[int(now) - age]) for age in range(size))


@given(steps, st.integers(1, 10))
def test_a_level_stays_until_it_is_set_again(events: list[tuple[float, int]], size: int) -> None:
    ring, now, levels = Seconds(size, level=True), 0.0, {0: 0.0}
    for gap, value in events:
        now += gap
        ring.put(value, now)
        levels[int(now)] = float(value)
    expected = tuple(
        levels[max(second for second in levels if second <= int(now) - age)] if int(now) >= age else 0.0
        for age in range(size)
    )
    assert ring.latest(now, size) == expected


def test_rate_counts_the_running_second_and_those_before() -> None:
    ring = Seconds(97)
    for second in range(200):
        ring.add(5, float(second))
    assert ring.rate(200.0, 96) == pytest.approx(5)
    assert ring.rate(200.0 + 96, 96) == 0.0


def test_rate_of_a_young_ring_does_not_jump() -> None:
    ring = Seconds(97)
    ring.add(96, 1000.0)
    assert ring.rate(1000.0, 96) == pytest.approx(1)


def test_the_running_second_counts_for_as_long_as_it_runs() -> None:
    ring = Seconds(3)
    ring.add(10, 4.0)
    ring.add(5, 5.0)
    assert ring.rate(5.5, 1) == pytest.approx(10)
    assert ring.rate(6.0, 1) == pytest.approx(5)


def test_a_clock_that_goes_back_counts_into_the_newest_second() -> None:
    ring = Seconds(3)
    ring.add(1, 10.0)
    ring.add(1, 9.0)
    assert ring.latest(8.0, 3) == (2.0, 0.0, 0.0)
