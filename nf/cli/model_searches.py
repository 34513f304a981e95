"""What `srxnf model run` searches beside the run itself: where a box saturates, and which figures matter."""

from typing import TYPE_CHECKING

from nf.cli.model_progress import watched

if TYPE_CHECKING:
    from hwmodel import FlowSettings, Report, Workload
    from hwmodel.sensitivity import Effect
    from hwmodel.sessions import Sessions


def searched(
    report: "Report", load: "Workload | Sessions", flow: "FlowSettings", saturation: bool, sensitivity: bool, quiet: bool
) -> "tuple[str, tuple[Effect, ...]]":
    """Where the box saturates, in words, and what each figure does to that; nothing for what was not asked."""
    from hwmodel import ModelError, Workload
    from hwmodel.saturation import saturation as search
    from hwmodel.sensitivity import sensitivity as effects_of

    if not (saturation or sensitivity):
        return "", ()
    if not isinstance(load, Workload):
        raise ModelError("", "--saturation, --sensitivity", "recorded sessions have one rate; expected a workload")
    arguments = (report.platform, load, report.distribution, report.seed, flow)
    where = watched(lambda told: str(search(*arguments, told)), "searching the first limit", quiet) if saturation else ""
    effects = watched(lambda told: effects_of(*arguments, told), "changing figures", quiet) if sensitivity else ()
    return where, effects


def moved(effects: "tuple[Effect, ...]") -> str:
    """The figures that matter, strongest first."""
    listed = "; ".join(f"{effect.figure} ({effect.kind.value if effect.kind else 'unknown'}) {10 * effect.elasticity:+.1f} %"
                       for effect in effects if abs(effect.elasticity) >= 0.005)
    return f"10 % more of a figure changes the pressure on the first limit by: {listed}" if listed else ""


def plain(effects: "tuple[Effect, ...]") -> list[dict[str, object]]:
    """The same for machines."""
    return [{"figure": effect.figure, "kind": effect.kind.value if effect.kind else None, "elasticity": effect.elasticity}
            for effect in effects]
