"""What distributions that remember have in common: a rule, stepped once for each new session."""

from collections.abc import Callable
from typing import ClassVar

from hwmodel.distribution import Chooser, Rule, WeightTable
from hwmodel.flow_hash import flow_hash
from hwmodel.session import FiveTuple, SpuId

_32_BITS = 0xFFFF_FFFF


class Looks:
    """A question for each SPU that reads like a list of the answers, and asks only for those that are looked at."""

    __slots__ = ("_ask",)

    def __init__(self, ask: Callable[[SpuId], float]) -> None:
        self._ask = ask

    def __getitem__(self, spu: SpuId) -> float:
        return self._ask(spu)


class Stepped:
    """The central point's choice by a rule; a subclass names the rule and what it remembers."""

    __slots__ = ("_held", "_load", "memory", "spus", "weights")
    chooser: ClassVar[Chooser] = Chooser.CENTRAL_POINT
    wants_load: ClassVar[bool] = False
    rule: Rule

    def __init__(self, facts: WeightTable) -> None:
        self.spus = sorted(facts.living)
        self.weights = [float(facts.weights.get(spu, 0)) for spu in range(max(facts.weights) + 1)]
        self.memory = self.remembered(facts)
        self._held = Looks(facts.sessions_on)
        self._load = Looks(facts.load_on)

    def remembered(self, facts: WeightTable) -> list[float]:  # noqa: ARG002  # what most remember: nothing
        """What the rule begins with."""
        return [0.0]

    def choose(self, flow: FiveTuple, ingress: int = 0) -> SpuId:  # noqa: ARG002  # there is one central point
        """The SPU that the rule gives a new session."""
        key = flow_hash(flow)
        return self.rule(key >> 32, key & _32_BITS, self.spus, self.weights, self._held, self._load, self.memory)
