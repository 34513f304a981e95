"""From a workload and a seed to sessions: the one place where chance comes in."""

from typing import TYPE_CHECKING

from hwmodel.workload.facts import Workload

if TYPE_CHECKING:
    from hwmodel.sessions import Sessions


def draw(workload: Workload, seed: int) -> "Sessions":
    """The sessions of a workload; the same seed gives the same ones."""
    # numpy costs a tenth of a second, for which no live NF should wait
    from numpy.random import PCG64, Generator  # noqa: PLC0415

    from hwmodel.sessions import merged  # noqa: PLC0415
    from hwmodel.workload.columns import sessions_of  # noqa: PLC0415

    chance = Generator(PCG64(seed))
    return merged([sessions_of(part, chance) for part in workload.parts or (workload,)])
