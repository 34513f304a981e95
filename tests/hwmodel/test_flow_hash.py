from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.flow_hash import flow_hash, flow_hashes, index_of, indices_of, thread_of
from hwmodel.workload import Workload, draw

keys = st.integers(0, 2**64 - 1)


@given(st.integers(0, 100), st.floats(0, 1))
def test_one_flow_and_a_column_of_them_have_the_same_hashes(seed: int, ipv6: float) -> None:
    sessions = draw(Workload(arrival_rate=50.0, duration=1.0, ipv6_share=ipv6), seed)
    flows = [sessions.flow(i) for i in range(len(sessions))]
    assert flow_hashes(sessions).tolist() == [flow_hash(flow) for flow in flows]
    assert flow_hashes(sessions).tolist() == [flow_hash(flow.reversed()) for flow in flows]


@given(keys, st.integers(1, 1 << 20))
def test_an_index_is_within_its_table(key: int, entries: int) -> None:
    assert 0 <= thread_of(key, entries) < entries
    assert 0 <= index_of(key, entries) < entries
    assert indices_of(np.array([key], np.uint64), entries).tolist() == [index_of(key, entries)]


def test_threads_of_one_spu_spread_although_the_spu_is_chosen_by_the_same_hash() -> None:
    sessions = draw(Workload(arrival_rate=20_000.0, duration=1.0), seed=5)
    mine = [int(key) for key in flow_hashes(sessions) if index_of(int(key), 8) == 3]
    counts = Counter(thread_of(key, 4) for key in mine)
    expected = len(mine) / 4
    assert sum((counts[thread] - expected) ** 2 / expected for thread in range(4)) < 16.3  # chi-square, 3 degrees, 0.1 %
