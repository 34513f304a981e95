"""Least sessions: the central point takes the living SPU that holds the fewest sessions for its weight.

Ours, after the session-load methods of other makers' firewalls; Junos has no such mode. It goes by what is held now,
so it also levels sessions of unequal life. An SPU that comes back empty gets every new session until it has caught
up: all their set-up work is its own for that while.

>>> from ipaddress import IPv4Address
>>> from hwmodel.distribution import WeightTable
>>> from hwmodel.session import FiveTuple
>>> held = {0: 2, 1: 3, 2: 3}
>>> least = LeastSessions(WeightTable({0: 100, 1: 200, 2: 200}, frozenset({0, 1, 2}), 4096, held.__getitem__))
>>> flow = FiveTuple(IPv4Address("10.0.0.1"), 1024, IPv4Address("198.18.0.1"), 443)
>>> least.choose(flow)
1
>>> held[1] = 4
>>> least.choose(flow)
2
"""

from typing import Any

from hwmodel.distribution._stepped import Stepped
from hwmodel.session import SpuId


class LeastSessions(Stepped):
    """The central point's look at every living SPU's session count; of equals the lowest SPU is taken."""

    __slots__ = ()

    @staticmethod
    def rule(upper: int, lower: int, spus: Any, weights: Any, held: Any, load: Any, memory: Any) -> SpuId:  # noqa: ARG004
        """The SPU that is filled least."""
        chosen = spus[0]
        least = held[chosen] / weights[chosen]
        for spu in spus[1:]:
            filled = held[spu] / weights[spu]
            if filled < least:
                chosen, least = spu, filled
        return chosen  # type: ignore[no-any-return]  # a list's or an array's element


DISTRIBUTION = LeastSessions
