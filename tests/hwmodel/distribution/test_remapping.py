"""What a distribution would choose differently once an SPU has failed."""

import numpy as np
import pytest

from hwmodel.distribution import Stateless, WeightTable, load
from hwmodel.flow_hash import flow_hashes
from hwmodel.workload import Workload, draw

SPUS = range(7)
LOAD = draw(Workload(arrival_rate=5000.0, duration=1.0), seed=3)
KEYS = flow_hashes(LOAD)


def chosen(name: str, living: frozenset[int]) -> np.ndarray:
    made = load(name)(WeightTable(dict.fromkeys(SPUS, 100), living, 4096, lambda spu: 0))
    assert isinstance(made, Stateless)
    return made.choose_many(LOAD, KEYS)


@pytest.mark.parametrize(("name", "most"), [("hash_based", 0.0), ("rendezvous", 0.0), ("toeplitz", 0.0), ("maglev", 0.1)])
def test_flows_of_the_living_stay(name: str, most: float) -> None:
    before, after = chosen(name, frozenset(SPUS)), chosen(name, frozenset(SPUS) - {3})
    assert 3 not in after
    assert np.mean(before[before != 3] != after[before != 3]) <= most
