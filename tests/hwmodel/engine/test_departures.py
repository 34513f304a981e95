"""The ends of sessions, in order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.engine.departures import departures

ALL = np.empty(0, np.int16)
TIMES = st.floats(min_value=0.0, max_value=20.0)


@given(st.lists(TIMES, max_size=200), st.floats(min_value=0.001, max_value=10.0))
def test_ends_come_in_order_with_whose_they_are(ends: list[float], duration: float) -> None:
    leaving, leavers = departures(np.array(ends), duration, ALL, (0, 0))
    assert leaving.tolist() == sorted(end for end in ends if end < duration)
    assert [ends[row] for row in leavers] == leaving.tolist()
    assert len(set(leavers.tolist())) == len(leavers)


def test_ends_that_all_lie_together() -> None:
    ends = 1 + np.random.default_rng(1).random(100_000) * 1e-9
    leaving, leavers = departures(ends, 50.0, ALL, (0, 0))
    assert (leaving == np.sort(ends)).all()
    assert (ends[leavers] == leaving).all()
