from collections import Counter
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.distribution import WeightTable
from hwmodel.distribution.hash_based import HashTable
from hwmodel.flow_hash import flow_hash
from hwmodel.session import FiveTuple

ports = st.integers(0, 65535)
protocols = st.integers(0, 255)
flows = st.builds(FiveTuple, st.ip_addresses(v=4), ports, st.ip_addresses(v=4), ports, protocols) | st.builds(
    FiveTuple, st.ip_addresses(v=6), ports, st.ip_addresses(v=6), ports, protocols
)
weight_tables = st.dictionaries(st.integers(0, 40), st.integers(1, 1 << 22), min_size=1, max_size=12)


@given(flows)
def test_both_directions_have_one_hash(flow: FiveTuple) -> None:
    assert flow_hash(flow) == flow_hash(flow.reversed())
    assert 0 <= flow_hash(flow) < 1 << 64


def test_every_part_of_the_tuple_counts() -> None:
    flow = FiveTuple(IPv4Address("10.0.0.1"), 1024, IPv4Address("10.0.0.2"), 443)
    others = [
        FiveTuple(IPv4Address("10.0.0.3"), 1024, IPv4Address("10.0.0.2"), 443),
        FiveTuple(IPv4Address("10.0.0.1"), 1025, IPv4Address("10.0.0.2"), 443),
        FiveTuple(IPv4Address("10.0.0.1"), 1024, IPv4Address("10.0.0.4"), 443),
        FiveTuple(IPv4Address("10.0.0.1"), 1024, IPv4Address("10.0.0.2"), 444),
        FiveTuple(IPv4Address("10.0.0.1"), 1024, IPv4Address("10.0.0.2"), 443, 17),
        FiveTuple(IPv4Address("10.0.0.1"), 443, IPv4Address("10.0.0.2"), 1024),
        FiveTuple(IPv6Address("::10.0.0.1"), 1024, IPv6Address("::10.0.0.2"), 443),
    ]
    assert len({flow_hash(entry) for entry in (flow, *others)}) == 8


def counting(step: str, number: int) -> FiveTuple:
    """The number's flow of a client that counts ports, a subnet that counts addresses, or both at once."""
    address, port = number if step != "ports" else 0, number if step != "addresses" else 0
    return FiveTuple(IPv4Address("10.0.0.0") + address, 1024 + port, IPv4Address("198.18.0.1"), 443)


@pytest.mark.parametrize("step", ["ports", "addresses", "both"])
@pytest.mark.parametrize("spus", [2, 7, 8])
def test_regular_traffic_spreads_as_chance_would(step: str, spus: int) -> None:
    table = HashTable(WeightTable(dict.fromkeys(range(spus), 1), frozenset(range(spus)), 4096, lambda spu: 0))
    counts = Counter(table.choose(counting(step, number)) for number in range(8000))
    deviation = (8000 * (1 / spus) * (1 - 1 / spus)) ** 0.5
    assert all(abs(counts[spu] - 8000 / spus) < 5 * deviation for spu in range(spus))


@given(weight_tables, st.integers(1, 300))
def test_indices_are_shared_by_weight_within_rounding(weights: dict[int, int], entries: int) -> None:
    table = HashTable(WeightTable(weights, frozenset(weights), entries, lambda spu: 0)).table
    assert len(table) == entries
    counts, total = Counter(table), sum(weights.values())
    for spu, weight in weights.items():
        assert abs(counts[spu] - entries * weight / total) <= len(weights)


@given(weight_tables, st.data())
def test_a_failure_moves_only_the_failed_spus_indices(weights: dict[int, int], data: st.DataObject) -> None:
    everyone = frozenset(weights)
    living = frozenset(data.draw(st.sets(st.sampled_from(sorted(weights)), min_size=1)))
    before = HashTable(WeightTable(weights, everyone, 128, lambda spu: 0)).table
    after = HashTable(WeightTable(weights, living, 128, lambda spu: 0)).table
    assert len(after) == 128
    for old, new in zip(before, after, strict=True):
        assert new == old if old in living else new in living
