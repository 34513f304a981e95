"""The simulator: sessions played to a platform in virtual time."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hwmodel.document import ModelError
from hwmodel.failure import Failure
from hwmodel.flow_settings import FlowSettings
from hwmodel.platform import Platform, load_platform
from hwmodel.report import Report
from hwmodel.workload import Workload, draw

if TYPE_CHECKING:
    from hwmodel.sessions import Sessions

ENGINES = ("auto", "event", "vector")
_FEW = 200_000  # batches that the exact engine has played before the other one is loaded


def simulate(
    platform: Platform | str,
    workload: "Workload | Sessions | None" = None,
    distribution: str = "hash_based",
    seed: int = 0,
    engine: str = "auto",
    settings: FlowSettings | None = None,
    failures: Sequence[Failure] = (),
) -> Report:
    """Play a workload, or sessions, to a platform and report what every SPU got; the same arguments give the same report.

    `engine` is "event", "vector" or "auto": both say the same, the first is exact in its percentiles, the second
    fast with many sessions. Of the settings it plays session limits, services offload and the classic central point;
    failures are played beside the workload's own. Raises ModelError for unknown names.
    """
    # the live NF imports this room and simulates nothing: numpy and numba must not cost it anything
    from hwmodel.accounting import report_of  # noqa: PLC0415
    from hwmodel.engine.failures import played  # noqa: PLC0415
    from hwmodel.engine.play import prepare  # noqa: PLC0415
    from hwmodel.sessions import Sessions  # noqa: PLC0415

    if engine not in ENGINES:
        raise ModelError("", engine, f"unknown engine; expected one of {', '.join(ENGINES)}")
    device = load_platform(platform) if isinstance(platform, str) else platform
    facts = None if isinstance(workload, Sessions) else workload or Workload()
    sessions = workload if isinstance(workload, Sessions) else draw(facts or Workload(), seed)
    troubles = (*failures, *(facts.failure if facts else ()))
    play = prepare(device, sessions, distribution, settings, troubles)
    batches = int(play.demand.batches.sum()) + int(play.demand.further.sum())
    if engine == "event" or (engine == "auto" and batches < _FEW):
        from hwmodel.engine import event as chosen  # noqa: PLC0415

        engine = "event"
    else:
        from hwmodel.engine import vector as chosen  # type: ignore[no-redef]  # noqa: PLC0415

        engine = "vector"
    cut, outcome, losses = played(play, chosen.run)
    return report_of(cut, outcome, distribution, facts, seed, engine, losses)
