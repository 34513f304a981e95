"""Rendezvous: every SPU draws a number from the flow's hash and its own, weighted, and the highest one wins.

Ours, after Thaler and Ravishankar (1998), with the logarithmic weights of Schindelhauer and Schomaker (2005). No table:
when an SPU fails, its flows spread over the living by weight and no other flow would be chosen differently.

>>> from ipaddress import IPv4Address
>>> draw = Rendezvous(WeightTable({0: 1, 1: 1, 2: 1}, frozenset({0, 1, 2}), 64, lambda spu: 0))
>>> without_2 = Rendezvous(WeightTable({0: 1, 1: 1, 2: 1}, frozenset({0, 1}), 64, lambda spu: 0))
>>> flows = [FiveTuple(IPv4Address("10.0.0.1"), 1024 + port, IPv4Address("198.18.0.1"), 443) for port in range(64)]
>>> all(draw.choose(flow) in (2, without_2.choose(flow)) for flow in flows)
True
"""

from math import log
from typing import TYPE_CHECKING, Any, ClassVar

from hwmodel.distribution import Chooser, WeightTable
from hwmodel.flow_hash import flow_hash, mix
from hwmodel.session import FiveTuple, SpuId

if TYPE_CHECKING:
    from hwmodel.distribution import Keys, Spus
    from hwmodel.sessions import Sessions

_64_BITS = 0xFFFF_FFFF_FFFF_FFFF
_SCALE = 2.0**-53
_CHUNK = 1 << 14


class Rendezvous:
    """Highest random weight: the least of -ln(u)/weight, where u is uniform for each flow and SPU."""

    __slots__ = ("_drawers",)
    chooser: ClassVar[Chooser] = Chooser.NETWORK_PROCESSOR

    def __init__(self, facts: WeightTable) -> None:
        self._drawers = [(spu, mix(spu + 1), float(facts.weights[spu])) for spu in sorted(facts.living)]

    def choose(self, flow: FiveTuple, ingress: int = 0) -> SpuId:  # noqa: ARG002  # every card draws the same
        """The SPU that draws highest."""
        key = flow_hash(flow)
        draws = ((-log(((mix(key ^ own) >> 11) + 0.5) * _SCALE) / weight, spu) for spu, own, weight in self._drawers)
        return min(draws)[1]

    def choose_many(self, sessions: "Sessions", keys: "Keys") -> "Spus":  # noqa: ARG002  # the hash says it all
        """What `choose` says of every session."""
        import numpy as np

        spus: Spus = np.empty(len(keys), np.int16)
        for start in range(0, len(keys), _CHUNK):
            spus[start : start + _CHUNK] = self._chosen(keys[start : start + _CHUNK])
        return spus

    def _chosen(self, keys: "Keys") -> Any:
        import numpy as np

        from hwmodel.flow_hash import mix_all

        draws = np.empty((len(self._drawers), len(keys)))
        for row, (_, own, weight) in zip(draws, self._drawers, strict=True):
            mixed = keys ^ np.uint64(own)
            mix_all(mixed)
            row[:] = -np.log(((mixed >> np.uint64(11)) + 0.5) * _SCALE) / weight
        return np.array([spu for spu, _, _ in self._drawers], np.int16)[draws.argmin(axis=0)]


DISTRIBUTION = Rendezvous
