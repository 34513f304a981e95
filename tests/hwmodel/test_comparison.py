import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.comparison import Comparison, compare, jain
from hwmodel.distribution import available
from hwmodel.document import ModelError
from hwmodel.workload import Workload

LOAD = Workload(arrival_rate=1500.0, duration=6.0)


@pytest.fixture(scope="module")
def by_name() -> dict[str, Comparison]:
    return {entry.distribution: entry for entry in compare("srx5400-2spc2", LOAD, seed=3)}


def test_every_distribution_has_played_the_same_sessions(by_name: dict[str, Comparison]) -> None:
    assert sorted(by_name) == list(available())
    assert len({entry.report.totals.offered for entry in by_name.values()}) == 1
    assert len({entry.open for entry in by_name.values()}) == 1


def test_counting_spreads_more_evenly_than_hashing(by_name: dict[str, Comparison]) -> None:
    for name in ("round_robin", "least_sessions", "least_loaded"):
        assert by_name[name].jain > by_name["hash_based"].jain
        assert by_name[name].max_over_mean < by_name["hash_based"].max_over_mean
    for entry in by_name.values():
        assert 1 / 7 <= entry.jain <= 1 <= entry.max_over_mean <= entry.thread_max_over_mean


def test_what_a_failure_loses_and_moves(by_name: dict[str, Comparison]) -> None:
    for entry in by_name.values():
        assert entry.open / 7 <= entry.lost < entry.open / 4
    for name in ("hash_based", "rendezvous", "toeplitz", "round_robin"):
        assert by_name[name].moved == 0
    assert 0 < by_name["maglev"].moved < by_name["maglev"].open / 10


def test_a_box_with_one_spu_loses_everything() -> None:
    [entry] = compare("srx1600", LOAD, ["hash_based"])
    assert (entry.lost, entry.moved, entry.jain) == (entry.open, 0, 1.0)


def test_unknown_names_are_told() -> None:
    with pytest.raises(ModelError, match="unknown distribution"):
        compare("srx1600", LOAD, ["by_moon"])


@given(st.lists(st.floats(0.001, 1000), min_size=1, max_size=20))
def test_jains_index_lies_between_one_for_all_and_all_for_one(shares: list[float]) -> None:
    assert 1 / len(shares) - 1e-9 <= jain(shares) <= 1 + 1e-9
