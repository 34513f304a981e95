"""What every distribution must do, whichever file it is."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.chassis import Chassis, FirstPath
from hwmodel.distribution import DistributionError, WeightTable, available, load
from tests.hwmodel.hardware import flow, small_platform, syn

pytestmark = pytest.mark.parametrize("name", available())

weight_tables = st.dictionaries(st.integers(0, 40), st.integers(1, 1 << 22), min_size=1, max_size=12)


@given(weights=weight_tables, data=st.data())
def test_the_chosen_spu_lives(name: str, weights: dict[int, int], data: st.DataObject) -> None:
    living = data.draw(st.sets(st.sampled_from(sorted(weights)), min_size=1))
    distribution = load(name)(WeightTable(weights, frozenset(living), 256, lambda spu: 0))
    assert {distribution.choose(flow(client)) for client in range(20)} <= living


def test_shares_follow_weights(name: str) -> None:
    """Within five standard deviations of a binomial draw; a distribution that counts instead of hashing does better."""
    chassis = Chassis(small_platform((4000, 8000, 4000)), name)
    opened = 8000
    owners = Counter(
        placement.session.spu
        for placement in (chassis.receive(syn(client), 0.0) for client in range(opened))
        if isinstance(placement, FirstPath)
    )
    assert owners.total() == opened
    for spu, share in ((1, 0.25), (2, 0.5), (3, 0.25)):
        assert abs(owners[spu] - opened * share) < 5 * (opened * share * (1 - share)) ** 0.5


def test_it_has_a_name_and_a_summary(name: str) -> None:
    module = __import__(f"hwmodel.distribution.{name}", fromlist=["DISTRIBUTION"])
    assert name.isidentifier()
    assert len((module.__doc__ or "").splitlines()[0]) > 20


def test_an_unknown_name_lists_those_there_are(name: str) -> None:
    with pytest.raises(DistributionError, match=rf"^{name}_not: unknown distribution; available: .*{name}"):
        load(f"{name}_not")
    with pytest.raises(DistributionError):
        load("__init__")


def test_there_are_as_many_as_files_to_look_at(name: str) -> None:
    assert len(available()) >= 1
    assert "hash_based" in available()
