"""Maglev: SPUs fill a table in turns by weight, each along a permutation of its own; the flow's hash is the index.

Ours, after Eisenbud et al. (Maglev, NSDI 2016). Shares are as even as those of the hash table; when an SPU fails, its
indices go to the living and few others move.

>>> from ipaddress import IPv4Address
>>> maglev = Maglev(WeightTable({0: 1, 1: 3}, frozenset({0, 1}), 64, lambda spu: 0))
>>> len(maglev.table), maglev.table.count(0)
(67, 17)
>>> flow = FiveTuple(IPv4Address("10.0.0.1"), 1024, IPv4Address("198.18.0.1"), 443)
>>> maglev.choose(flow) == maglev.choose(flow.reversed())
True
"""

from collections.abc import Iterator
from itertools import count

from hwmodel.distribution import WeightTable
from hwmodel.distribution._table import TableOfSpus
from hwmodel.distribution._turns import turns
from hwmodel.flow_hash import mix
from hwmodel.session import FiveTuple, SpuId  # noqa: F401  # the example above


class Maglev(TableOfSpus):
    """The look-up table, of a prime number of entries, filled anew for the SPUs that live."""

    __slots__ = ()

    def __init__(self, facts: WeightTable) -> None:
        size = next(number for number in count(facts.entries) if _is_prime(number))
        wishes = {spu: _permutation(spu, size) for spu in facts.living}
        order = turns({spu: facts.weights[spu] for spu in facts.living})
        table: dict[int, SpuId] = {}
        while len(table) < size:
            spu = next(order)
            table[next(wish for wish in wishes[spu] if wish not in table)] = spu
        self.table = tuple(table[index] for index in range(size))


def _permutation(spu: SpuId, size: int) -> Iterator[int]:
    """All indices in an order that is the SPU's own."""
    key = mix(spu + 1)
    offset, skip = key % size, (key >> 32) % (size - 1) + 1
    return ((offset + turn * skip) % size for turn in range(size))


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))


DISTRIBUTION = Maglev
