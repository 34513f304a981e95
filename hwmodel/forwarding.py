"""The forwarding process of a device with one SPU, as `show chassis forwarding` sees it.

Its real-time threads poll: the process takes a whole CPU for each of them even when idle, so that process CPU is no
load. What the threads really did is their utilization.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hwmodel.spu import SpuStatus


@dataclass(frozen=True, slots=True)
class Forwarding:
    """Both per cent: what the threads really did of their time, and what the operating system would show."""

    real_time_threads: float
    process: float


def forwarding(spus: Sequence[SpuStatus]) -> Forwarding | None:
    """The forwarding process of a device's only SPU; None where there are several, which have none in common."""
    if len(spus) != 1:
        return None
    [spu] = spus
    return Forwarding(real_time_threads=spu.cpu_percent, process=100.0 * len(spu.threads))
