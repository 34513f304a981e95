"""The simulator: sessions played to a platform in virtual time."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from hwmodel.document import ModelError
from hwmodel.failure import Failure
from hwmodel.flow_settings import FlowSettings
from hwmodel.platform import Platform, load_platform
from hwmodel.report import Report
from hwmodel.workload import Workload, draw

if TYPE_CHECKING:
    from hwmodel.engine.play import Outcome, Play
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
    fast with many sessions. Of the settings it plays session limits, watermarks, services offload and the classic central
    point; failures are played beside the workload's own. Raises ModelError for unknown names.
    """
    # the live NF imports this room and simulates nothing: numpy and numba must not cost it anything
    from hwmodel.accounting import report_of  # noqa: PLC0415
    from hwmodel.engine.failures import played  # noqa: PLC0415

    play, facts = prepared(platform, workload, distribution, seed, settings, failures)
    name, run = engine_for(play, engine)
    return report_of(played(play, run), distribution, facts, seed, name)


def prepared(
    platform: Platform | str,
    workload: "Workload | Sessions | None",
    distribution: str,
    seed: int,
    settings: FlowSettings | None,
    failures: Sequence[Failure],
) -> "tuple[Play, Workload | None]":
    """The play of a load, and the workload that it was drawn from. Raises ModelError."""
    from hwmodel.engine.play import prepare  # noqa: PLC0415
    from hwmodel.sessions import Sessions  # noqa: PLC0415

    device = load_platform(platform) if isinstance(platform, str) else platform
    if isinstance(workload, Sessions):
        return prepare(device, workload, distribution, settings, failures), None
    facts = workload or Workload()
    return prepare(device, draw(facts, seed), distribution, settings, (*failures, *facts.failure)), facts


def engine_for(play: "Play", engine: str) -> "tuple[str, Callable[[Play], Outcome]]":
    """The engine of that name, or the one that suits the play. Raises ModelError."""
    if engine not in ENGINES:
        raise ModelError("", engine, f"unknown engine; expected one of {', '.join(ENGINES)}")
    batches = int(play.demand.batches.sum()) + int(play.demand.further.sum())
    if engine == "event" or (engine == "auto" and batches < _FEW):
        from hwmodel.engine import event  # noqa: PLC0415

        return "event", event.run
    from hwmodel.engine import vector  # noqa: PLC0415

    return "vector", vector.run
