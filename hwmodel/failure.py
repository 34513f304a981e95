"""An SPU's failure in a simulation: which, when, until when, and what goes with it."""

from dataclasses import dataclass
from math import inf

from hwmodel.document import ModelError
from hwmodel.platform import Platform
from hwmodel.session import SpuId


@dataclass(frozen=True, slots=True)
class Failure:
    """An SPU stops at a time in seconds and comes back, empty, at another (never: inf).

    All data-plane cards are reset with it, as Junos documents it, so that every session is lost; a graceful failure, which
    is ours, takes only the SPU's own sessions with it.
    """

    spu: str  # its place, such as FPC0.PIC1, or its number
    at: float
    back: float = inf
    graceful: bool = False

    def place(self, platform: Platform) -> SpuId:
        """The SPU's number on a platform. Raises ModelError where it has none of that name."""
        names = [spu.name for spu in platform.spus]
        if self.spu in names:
            return names.index(self.spu)
        if self.spu.isdecimal() and int(self.spu) < len(names):
            return int(self.spu)
        known = ", ".join(names) if len(names) <= 8 else f"{names[0]} to {names[-1]}"
        raise ModelError("", f"failure of {self.spu}", f"{platform.name} has no such SPU; expected {known}, or a number")
