"""Tables from hash index to SPU, which several distributions fill each in its way."""

from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar

from hwmodel.distribution import Chooser, WeightTable
from hwmodel.distribution._turns import turns
from hwmodel.flow_hash import flow_hash, index_of, indices_of
from hwmodel.session import FiveTuple, SpuId

if TYPE_CHECKING:
    from hwmodel.distribution import Keys, Spus
    from hwmodel.sessions import Sessions

_CHUNK = 1 << 14  # rows at a time: what they need stays in the processor's cache


def shares(facts: WeightTable, entries: int) -> tuple[SpuId, ...]:
    """Indices in turns by weight; those of a failed SPU go to living ones by weight, all others stay."""
    home = islice(turns(facts.weights), entries)
    heirs = turns({spu: facts.weights[spu] for spu in facts.living})
    return tuple(spu if spu in facts.living else next(heirs) for spu in home)


class TableOfSpus:
    """A choice by a table that the flow's hash is an index into."""

    __slots__ = ("table",)
    chooser: ClassVar[Chooser] = Chooser.NETWORK_PROCESSOR
    table: tuple[SpuId, ...]

    def choose(self, flow: FiveTuple, ingress: int = 0) -> SpuId:  # noqa: ARG002  # every card has the same table
        """The SPU that the flow's hash index belongs to."""
        return self.table[index_of(flow_hash(flow), len(self.table))]

    def choose_many(self, sessions: "Sessions", keys: "Keys") -> "Spus":  # noqa: ARG002  # the hash says it all
        """What `choose` says of every session."""
        import numpy as np

        table = np.array(self.table, np.int16)
        spus: Spus = np.empty(len(keys), np.int16)
        for start in range(0, len(keys), _CHUNK):
            rows = slice(start, start + _CHUNK)
            spus[rows] = table[indices_of(keys[rows], len(table))]
        return spus


def looked_up(table: tuple[SpuId, ...], indices: Any) -> "Spus":
    """The table's entry of every index."""
    import numpy as np

    spus: Spus = np.array(table, np.int16)[indices]
    return spus
