"""Power of two choices: the flow's hash names two SPUs, and the one that holds fewer sessions for its weight gets it.

Ours, after Azar, Broder, Karlin, Upfal (Balanced allocations, 1994) and Mitzenmacher (2001): two looks instead of one
shrink the fullest SPU's surplus from a logarithm to the logarithm of one. Candidates come from a table of weighted shares.

>>> from ipaddress import IPv4Address
>>> from hwmodel.session import FiveTuple
>>> held = {0: 0, 1: 0}
>>> pair = PowerOfTwo(WeightTable({0: 1, 1: 1}, frozenset({0, 1}), 64, held.__getitem__))
>>> flows = [FiveTuple(IPv4Address("10.0.0.1"), 1024 + port, IPv4Address("198.18.0.1"), 443) for port in range(64)]
>>> held[0] = 100
>>> sum(pair.choose(flow) for flow in flows) > 40
True
"""

from typing import Any

from hwmodel.distribution import WeightTable
from hwmodel.distribution._stepped import Stepped
from hwmodel.distribution._table import shares
from hwmodel.session import SpuId


class PowerOfTwo(Stepped):
    """The central point's look at two SPUs' session counts; of equals the first candidate is taken."""

    __slots__ = ()

    def remembered(self, facts: WeightTable) -> list[float]:
        """The table that candidates come from."""
        return [float(spu) for spu in shares(facts, facts.entries)]

    @staticmethod
    def rule(upper: int, lower: int, spus: Any, weights: Any, held: Any, load: Any, memory: Any) -> SpuId:  # noqa: ARG004
        """The candidate that is filled less."""
        first = int(memory[upper * len(memory) >> 32])
        second = int(memory[lower * len(memory) >> 32])
        return second if held[second] / weights[second] < held[first] / weights[first] else first


DISTRIBUTION = PowerOfTwo
