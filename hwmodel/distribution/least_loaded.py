"""Least loaded: the central point takes the living SPU whose threads were asked for least CPU time in the last second.

Ours. Load lags behind what causes it: a session's data comes after its choice. Among equally loaded SPUs (idle ones
above all) the one that is filled least for its weight is taken, then the lowest.

>>> from ipaddress import IPv4Address
>>> from hwmodel.distribution import WeightTable
>>> from hwmodel.session import FiveTuple
>>> load = {0: 0.5, 1: 0.25, 2: 0.25}
>>> facts = WeightTable({0: 1, 1: 1, 2: 1}, frozenset({0, 1, 2}), 4096, {0: 0, 1: 3, 2: 2}.__getitem__, load.__getitem__)
>>> flow = FiveTuple(IPv4Address("10.0.0.1"), 1024, IPv4Address("198.18.0.1"), 443)
>>> LeastLoaded(facts).choose(flow)
2
>>> load[0] = 0.1
>>> LeastLoaded(facts).choose(flow)
0
"""

from typing import Any, ClassVar

from hwmodel.distribution._stepped import Stepped
from hwmodel.session import SpuId


class LeastLoaded(Stepped):
    """The central point's look at every living SPU's load."""

    __slots__ = ()
    wants_load: ClassVar[bool] = True

    @staticmethod
    def rule(upper: int, lower: int, spus: Any, weights: Any, held: Any, load: Any, memory: Any) -> SpuId:  # noqa: ARG004
        """The SPU whose threads are asked for least."""
        chosen = spus[0]
        least = (load[chosen], held[chosen] / weights[chosen])
        for spu in spus[1:]:
            asked = (load[spu], held[spu] / weights[spu])
            if asked < least:
                chosen, least = spu, asked
        return chosen  # type: ignore[no-any-return]  # a list's or an array's element


DISTRIBUTION = LeastLoaded
