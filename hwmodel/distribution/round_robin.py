"""Round robin: the central point gives living SPUs their turns in proportion to their weights, whatever the flow.

Junos names this distribution mode `normal`: a network processor sends a packet that belongs to no session to the
central point, which balances the load. The exact rule is not published; smooth weighted turns are our choice.

>>> from ipaddress import IPv4Address
>>> from hwmodel.session import FiveTuple
>>> rotation = RoundRobin(WeightTable({0: 1, 1: 2}, frozenset({0, 1}), 4096, lambda spu: 0))
>>> flow = FiveTuple(IPv4Address("10.0.0.1"), 1024, IPv4Address("198.18.0.1"), 443)
>>> [rotation.choose(flow) for packet in range(6)]
[1, 0, 1, 1, 0, 1]
"""

from hwmodel.distribution import WeightTable
from hwmodel.distribution._stepped import Stepped
from hwmodel.distribution._turns import next_turn


class RoundRobin(Stepped):
    """The central point's rotation over the SPUs that live; it begins anew when one fails or comes back."""

    __slots__ = ()
    rule = staticmethod(next_turn)

    def remembered(self, facts: WeightTable) -> list[float]:
        """Every SPU's credit."""
        return [0.0] * (max(facts.weights) + 1)


DISTRIBUTION = RoundRobin
