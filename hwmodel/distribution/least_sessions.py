"""Least sessions: the central point takes the living SPU that holds the fewest sessions for its weight.

Ours, after the session-load methods of other makers' firewalls; Junos has no such mode. It goes by what is held now,
so it also levels sessions of unequal life. An SPU that comes back empty gets every new session until it has caught
up: all their set-up work is its own for that while.

>>> from ipaddress import IPv4Address
>>> held = {0: 2, 1: 3, 2: 3}
>>> least = LeastSessions(WeightTable({0: 100, 1: 200, 2: 200}, frozenset({0, 1, 2}), 4096, held.__getitem__))
>>> flow = FiveTuple(IPv4Address("10.0.0.1"), 1024, IPv4Address("198.18.0.1"), 443)
>>> least.choose(flow)
1
>>> held[1] = 4
>>> least.choose(flow)
2
"""

from typing import ClassVar

from hwmodel.distribution import Chooser, WeightTable
from hwmodel.session import FiveTuple, SpuId


class LeastSessions:
    """The central point's look at every living SPU's session count; of equals the lowest SPU is taken."""

    __slots__ = ("_sessions_on", "_weights")
    chooser: ClassVar[Chooser] = Chooser.CENTRAL_POINT

    def __init__(self, facts: WeightTable) -> None:
        self._weights = {spu: facts.weights[spu] for spu in sorted(facts.living)}
        self._sessions_on = facts.sessions_on

    def choose(self, flow: FiveTuple) -> SpuId:  # noqa: ARG002  # the count does not depend on who comes
        """The SPU that is filled least."""
        return min(self._weights, key=self._filled)

    def _filled(self, spu: SpuId) -> float:
        return self._sessions_on(spu) / self._weights[spu]


DISTRIBUTION = LeastSessions
