"""Session numbers that a chassis lends: whoever has one lets a session in at once, and has it entered afterwards."""

from collections.abc import Callable, Collection, Iterable

from hwmodel.readings import Readings
from hwmodel.session import FiveTuple, SpuId


class Lending(Readings):
    """The part of a chassis that keeps room for sessions it has not heard of yet."""

    def chooser(self) -> Callable[[FiveTuple], SpuId] | None:
        """Tells the SPU of a flow as long as the same ones live; None where the central point chooses."""
        spus = [spu.id for spu in self._spus if spu.spec.max_sessions]
        if len(spus) == 1:
            return lambda _: spus[0]
        tables = self._central_point.tables()
        return None if tables is None else tables.choose

    def lend(self, count: int, spus: Collection[SpuId]) -> dict[SpuId, list[int]]:
        """As many numbers of each of these SPUs, and room for a session under each; none where one SPU has not."""
        lenders = [self._spus[spu] for spu in spus]
        return {spu.id: spu.lend(count) for spu in lenders} if all(spu.has_room(count) for spu in lenders) else {}

    def take_back(self, numbers: Iterable[int]) -> None:
        """Numbers that no session has come under."""
        for spu in self._spus:
            spu.lent.difference_update(numbers)

    def remembers_denied(self, now: float) -> bool:
        """Whether a flow might be refused because a policy has just denied it."""
        return any(spu.drop_flows.remembers(now) for spu in self._spus)
