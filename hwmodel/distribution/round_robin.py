"""Round robin: the central point gives living SPUs their turns in proportion to their weights, whatever the flow.

Junos names this distribution mode `normal`: a network processor sends a packet that belongs to no session to the
central point, which balances the load. The exact rule is not published; smooth weighted turns are our choice.

>>> from ipaddress import IPv4Address
>>> rotation = RoundRobin(WeightTable({0: 1, 1: 2}, frozenset({0, 1}), 4096, lambda spu: 0))
>>> flow = FiveTuple(IPv4Address("10.0.0.1"), 1024, IPv4Address("198.18.0.1"), 443)
>>> [rotation.choose(flow) for packet in range(6)]
[1, 0, 1, 1, 0, 1]
"""

from typing import ClassVar

from hwmodel.distribution import Chooser, WeightTable
from hwmodel.distribution._turns import turns
from hwmodel.session import FiveTuple, SpuId


class RoundRobin:
    """The central point's rotation over the SPUs that live; it begins anew when one fails or comes back."""

    __slots__ = ("_turns",)
    chooser: ClassVar[Chooser] = Chooser.CENTRAL_POINT

    def __init__(self, facts: WeightTable) -> None:
        self._turns = turns({spu: facts.weights[spu] for spu in facts.living})

    def choose(self, flow: FiveTuple) -> SpuId:  # noqa: ARG002  # the turn does not depend on who comes
        """The SPU whose turn it is."""
        return next(self._turns)


DISTRIBUTION = RoundRobin
