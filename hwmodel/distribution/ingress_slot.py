"""Ingress slot: a session stays with the SPUs that belong to the card it came in by; among them its hash decides.

Ours, after the session distribution policy of that name in Palo Alto Networks' chassis. SPUs belong to network processors
in turns. The first packet's card decides, and the session table brings the other direction there. Traffic that
all comes in by one card loads only that card's SPUs.

>>> from ipaddress import IPv4Address
>>> slots = IngressSlot(WeightTable({1: 1, 2: 1, 3: 1}, frozenset({1, 2, 3}), 64, lambda spu: 0, ingresses=2))
>>> flows = [FiveTuple(IPv4Address("10.0.0.1"), 1024 + port, IPv4Address("198.18.0.1"), 443) for port in range(64)]
>>> [{slots.choose(flow, ingress) for flow in flows} for ingress in (0, 1)]
[{1, 3}, {2}]
"""

from typing import TYPE_CHECKING, ClassVar

from hwmodel.distribution import Chooser, WeightTable
from hwmodel.distribution._table import shares
from hwmodel.flow_hash import flow_hash, index_of, indices_of
from hwmodel.session import FiveTuple, SpuId

if TYPE_CHECKING:
    from hwmodel.distribution import Keys, Spus
    from hwmodel.sessions import Sessions


class IngressSlot:
    """A table of weighted shares for each network processor; one whose SPUs have all failed uses all that live."""

    __slots__ = ("_tables",)
    chooser: ClassVar[Chooser] = Chooser.CENTRAL_POINT

    def __init__(self, facts: WeightTable) -> None:
        self._tables = tuple(_table(facts, ingress) for ingress in range(facts.ingresses))

    def choose(self, flow: FiveTuple, ingress: int = 0) -> SpuId:
        """The SPU of that card that the flow's hash index belongs to."""
        table = self._tables[ingress % len(self._tables)]
        return table[index_of(flow_hash(flow), len(table))]

    def choose_many(self, sessions: "Sessions", keys: "Keys") -> "Spus":
        """What `choose` says of every session."""
        import numpy as np

        tables = np.array(self._tables, np.int16)
        spus: Spus = tables[sessions.ingress % len(tables), indices_of(keys, tables.shape[1])]
        return spus


def _table(facts: WeightTable, ingress: int) -> tuple[SpuId, ...]:
    mine = set(sorted(facts.weights)[ingress :: facts.ingresses])
    living = facts.living & mine
    if not living:
        mine, living = set(facts.weights), facts.living
    weights = {spu: weight for spu, weight in facts.weights.items() if spu in mine}
    return shares(WeightTable(weights, living, facts.entries, facts.sessions_on), facts.entries)


DISTRIBUTION = IngressSlot
