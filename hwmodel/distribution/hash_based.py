"""Hash based: each SPU owns a share of hash indices by its weight, and a flow's hash picks the index.

The mechanism is documented (Junos, flow-based session distribution): a weight for each SPU by its session capacity, a
table from hash index to SPU in those shares. The hash itself is not published; the two wings of a session give the same
index (`hwmodel/flow_hash.py`).

>>> from ipaddress import IPv4Address
>>> tables = HashTable(WeightTable({0: 1, 1: 3}, frozenset({0, 1}), 8, lambda spu: 0))
>>> tables.table
(1, 0, 1, 1, 1, 0, 1, 1)
>>> flow = FiveTuple(IPv4Address("10.0.0.1"), 1024, IPv4Address("198.18.0.1"), 443)
>>> tables.choose(flow) == tables.choose(flow.reversed())
True
"""

from hwmodel.distribution import WeightTable
from hwmodel.distribution._table import TableOfSpus, shares
from hwmodel.session import FiveTuple  # noqa: F401  # the example above


class HashTable(TableOfSpus):
    """The session distribution hash table; indices of a failed SPU go to living ones by weight, all others stay."""

    __slots__ = ()

    def __init__(self, facts: WeightTable) -> None:
        self.table = shares(facts, facts.entries)


DISTRIBUTION = HashTable
