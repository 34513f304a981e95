"""RSS++: a hash table whose indices move from the most loaded SPU to the least, by what lately came through each.

Ours, after Barbette et al. (RSS++, CoNEXT 2019): every 1,024 new sessions each SPU's load (where none is known, the number of
its new sessions) is shared among its indices by how many sessions each brought, and up to 16 times the index moves
that brings the two extremes closest. Sessions stay where they are; only new ones follow, where RSS++ hands state over too.

>>> from ipaddress import IPv4Address
>>> table = RssPlusPlus(WeightTable({0: 1, 1: 1}, frozenset({0, 1}), 64, lambda spu: 0))
>>> flows = [FiveTuple(IPv4Address("10.0.0.1"), 1024 + port, IPv4Address("198.18.0.1"), 443) for port in range(512)]
>>> hot = [flow for flow in flows if table.choose(flow) == 0]
>>> chosen = [table.choose(flow) for flow in hot * 40]
>>> 0.4 < sum(chosen[-len(hot):]) / len(hot) < 0.6
True
"""

from typing import Any, ClassVar

from hwmodel.distribution import WeightTable
from hwmodel.distribution._stepped import Stepped
from hwmodel.distribution._table import shares
from hwmodel.session import FiveTuple, SpuId  # noqa: F401  # the example above

_ENTRIES = 512
_PERIOD = 1024
_MOVES = 16
_TABLE, _COUNTS, _AMOUNTS = 1, 1 + _ENTRIES, 1 + 2 * _ENTRIES  # where they begin in the memory


class RssPlusPlus(Stepped):
    """The central point's table; `memory` is: sessions since the last balance, table, counts by index, amounts by SPU."""

    __slots__ = ()
    wants_load: ClassVar[bool] = True

    def remembered(self, facts: WeightTable) -> list[float]:
        """A table of weighted shares, and nothing counted."""
        table = [float(spu) for spu in shares(facts, _ENTRIES)]
        return [0.0, *table, *[0.0] * (_ENTRIES + max(facts.weights) + 1)]

    @staticmethod
    def rule(  # noqa: C901  # numba takes functions within the function, but none beside it
        upper: int, lower: int, spus: Any, weights: Any, held: Any, load: Any, memory: Any  # noqa: ARG004
    ) -> SpuId:
        """The SPU of the flow's index, after a new balance where one is due."""

        def weigh() -> None:
            known = 0.0
            for spu in spus:
                known += load[spu]
                memory[_AMOUNTS + spu] = 0.0
            for index in range(_ENTRIES):
                memory[_AMOUNTS + int(memory[_TABLE + index])] += memory[_COUNTS + index]
            for index in range(_ENTRIES):
                spu = int(memory[_TABLE + index])
                if known > 0 and memory[_COUNTS + index] > 0:
                    memory[_COUNTS + index] *= load[spu] * weights[spu] / memory[_AMOUNTS + spu]
            for spu in spus:
                if known > 0:
                    memory[_AMOUNTS + spu] = load[spu] * weights[spu]

        def move() -> None:
            most = least = spus[0]
            for spu in spus:
                if memory[_AMOUNTS + spu] * weights[most] > memory[_AMOUNTS + most] * weights[spu]:
                    most = spu
                if memory[_AMOUNTS + spu] * weights[least] < memory[_AMOUNTS + least] * weights[spu]:
                    least = spu
            surplus = memory[_AMOUNTS + most] * weights[least] - memory[_AMOUNTS + least] * weights[most]
            gap = surplus / (weights[most] + weights[least])
            best, largest = -1, 0.0
            for index in range(_ENTRIES):
                if int(memory[_TABLE + index]) == most and largest < memory[_COUNTS + index] <= gap:
                    best, largest = index, memory[_COUNTS + index]
            if best >= 0:
                memory[_TABLE + best] = least
                memory[_AMOUNTS + most] -= largest
                memory[_AMOUNTS + least] += largest

        memory[0] += 1
        if memory[0] >= _PERIOD:
            weigh()
            for _ in range(_MOVES):
                move()
            memory[0] = 0
            for index in range(_ENTRIES):
                memory[_COUNTS + index] = 0
        index = upper * _ENTRIES >> 32
        memory[_COUNTS + index] += 1
        return int(memory[_TABLE + index])


DISTRIBUTION = RssPlusPlus
