"""Hash based: each SPU owns a share of hash indices by its weight, and a flow's hash picks the index.

The mechanism is documented (Junos, flow-based session distribution): a weight for each SPU by its session capacity, a
table from hash index to SPU in those shares. The hash itself is not published; CRC-32 of both ends in fixed order is
our choice, so that the two wings of a session give the same index. CRC is linear, which lets ports and addresses that
count up together spread too evenly, or cancel out; a multiplication after it ends that (Knuth, TAOCP 3, 6.4).

>>> from ipaddress import IPv4Address
>>> tables = HashTable(WeightTable({0: 1, 1: 3}, frozenset({0, 1}), 8, lambda spu: 0))
>>> tables.table
(1, 0, 1, 1, 1, 0, 1, 1)
>>> flow = FiveTuple(IPv4Address("10.0.0.1"), 1024, IPv4Address("198.18.0.1"), 443)
>>> tables.choose(flow) == tables.choose(flow.reversed())
True
"""

from itertools import islice
from typing import ClassVar
from zlib import crc32

from hwmodel.distribution import Chooser, WeightTable
from hwmodel.distribution._turns import turns
from hwmodel.session import FiveTuple, SpuId

_GOLDEN_RATIO = 2_654_435_761  # of 2**32, and prime
_32_BITS = 0xFFFF_FFFF


def flow_hash(flow: FiveTuple) -> int:
    """A 32-bit hash that is the same for both directions of a flow."""
    src = flow.src.packed + flow.sport.to_bytes(2, "big")
    dst = flow.dst.packed + flow.dport.to_bytes(2, "big")
    return crc32(src + dst if src < dst else dst + src, flow.proto) * _GOLDEN_RATIO & _32_BITS


class HashTable:
    """The session distribution hash table; indices of a failed SPU go to living ones by weight, all others stay."""

    __slots__ = ("_entries", "table")
    chooser: ClassVar[Chooser] = Chooser.NETWORK_PROCESSOR

    def __init__(self, facts: WeightTable) -> None:
        home = tuple(islice(turns(facts.weights), facts.entries))
        heirs = turns({spu: facts.weights[spu] for spu in facts.living})
        self.table = tuple(spu if spu in facts.living else next(heirs) for spu in home)
        self._entries = facts.entries

    def choose(self, flow: FiveTuple) -> SpuId:
        """The SPU that the flow's hash index belongs to; the index is made of the upper bits, which are mixed best."""
        return self.table[flow_hash(flow) * self._entries >> 32]


DISTRIBUTION = HashTable
