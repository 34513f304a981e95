"""Weighted turns, which both the hash table's shares and the central point's round robin are made of."""

from collections.abc import Iterator, Mapping
from typing import Any

from hwmodel.session import SpuId


def next_turn(upper: int, lower: int, spus: Any, weights: Any, held: Any, load: Any, credit: Any) -> SpuId:  # noqa: ARG001
    """Whose turn it is of `spus`, as a distribution's rule; weights and credits are by SPU number, credits begin at 0.

    Every turn each SPU earns its weight; the richest one (the first of equals) is next and pays the sum of all weights.
    After as many turns as that sum has units, everyone has had exactly its weight in turns.
    """
    chosen, total = spus[0], 0
    for spu in spus:
        credit[spu] += weights[spu]
        total += weights[spu]
        if credit[spu] > credit[chosen]:
            chosen = spu
    credit[chosen] -= total
    return chosen  # type: ignore[no-any-return]  # a list's or an array's element


def turns(weights: Mapping[SpuId, int]) -> Iterator[SpuId]:
    """SPUs in endless smooth weighted rotation: none is ever a whole turn ahead of its exact share."""
    credit = dict.fromkeys(sorted(weights), 0)
    spus = list(credit)
    while True:
        yield next_turn(0, 0, spus, weights, (), (), credit)
