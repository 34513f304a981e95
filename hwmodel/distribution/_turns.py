"""Weighted turns, which both the hash table's shares and the central point's round robin are made of."""

from collections.abc import Iterator, Mapping

from hwmodel.session import SpuId


def turns(weights: Mapping[SpuId, int]) -> Iterator[SpuId]:
    """SPUs in endless smooth weighted rotation: none is ever a whole turn ahead of its exact share.

    Every turn each SPU earns its weight; the richest one (the lowest of equals) is next and pays the sum of all
    weights. After as many turns as that sum has units, everyone has had exactly its weight in turns.
    """
    total = sum(weights.values())
    credit = dict.fromkeys(sorted(weights), 0)
    while True:
        for spu in credit:
            credit[spu] += weights[spu]
        chosen = max(credit, key=credit.__getitem__)
        credit[chosen] -= total
        yield chosen
