"""`srxnf model run`: one load, one box."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nf.cli.model_inputs import (
    DistributionOption,
    JsonOption,
    LoadOption,
    PlatformOption,
    SeedOption,
    WorkloadOption,
    failed,
    read_load,
    show,
    simulated,
    told,
)

if TYPE_CHECKING:
    from hwmodel import Report, Workload
    from hwmodel.sensitivity import Effect
    from hwmodel.sessions import Sessions

EXAMPLES = """Example: srxnf model run --platform srx5400-2spc2 --seed 7 --json

Example: srxnf model run --platform srx1600 --workload srx1600_lab --saturation --html lab.html

Example: srxnf model run --platform srx5400-2spc2 --workload elephant --replay elephant.html

Example: srxnf model run --platform vsrx-2cpu --workload /var/log/srxnf.log --csv load.csv"""


def run(
    platform: PlatformOption,
    workload: WorkloadOption = "",
    distribution: DistributionOption = "hash_based",
    seed: SeedOption = 0,
    load: LoadOption = 1.0,
    engine: Annotated[str, typer.Option("--engine", help="event (exact), vector (fast), or auto.")] = "auto",
    saturation: Annotated[bool, typer.Option("--saturation", help="Search the load that meets the first limit.")] = False,
    sensitivity: Annotated[bool, typer.Option("--sensitivity", help="Which figures move the answer most.")] = False,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write a row for each thread and second.")] = None,
    parquet: Annotated[Path | None, typer.Option("--parquet", help="The same as Parquet.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write one page with plots.")] = None,
    replay: Annotated[Path | None, typer.Option("--replay", help="Write a page that shows how sessions spread.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Play a workload, a capture or a session log to a platform and show what every SPU got."""
    if engine not in ("auto", "event", "vector"):
        failed(f"--engine {engine}: expected auto, event or vector")
    with told():
        played = read_load(workload).faster(load)
        report = simulated(platform, played, distribution, seed, engine)
        where, effects = _searched(report, played, saturation, sensitivity)
        remarks = [part for part in (where, _moved(effects)) if part]
        _write(report, played, remarks, csv, parquet, html, replay)
        if as_json:
            extra = ({"saturation": where} if where else {}) | ({"sensitivity": _plain(effects)} if effects else {})
            typer.echo(json.dumps(report.as_dict() | extra, indent=2))
            return
        from hwmodel.rendering.terminal import report_table

        show(report_table(report), *remarks)


def _searched(
    report: "Report", load: "Workload | Sessions", saturation: bool, sensitivity: bool
) -> "tuple[str, tuple[Effect, ...]]":
    """Where the box saturates, in words, and what each figure does to that; nothing for what was not asked."""
    from hwmodel import ModelError, Workload
    from hwmodel.saturation import saturation as search
    from hwmodel.sensitivity import sensitivity as effects_of

    if not (saturation or sensitivity):
        return "", ()
    if not isinstance(load, Workload):
        raise ModelError("", "--saturation, --sensitivity", "recorded sessions have one rate; expected a workload")
    arguments = (report.platform, load, report.distribution, report.seed)
    return str(search(*arguments)) if saturation else "", effects_of(*arguments) if sensitivity else ()


def _moved(effects: "tuple[Effect, ...]") -> str:
    """The figures that matter, strongest first."""
    listed = "; ".join(f"{effect.figure} ({effect.kind.value if effect.kind else 'unknown'}) {10 * effect.elasticity:+.1f} %"
                       for effect in effects if abs(effect.elasticity) >= 0.005)
    return f"10 % more of a figure changes the pressure on the first limit by: {listed}" if listed else ""


def _plain(effects: "tuple[Effect, ...]") -> list[dict[str, object]]:
    return [{"figure": effect.figure, "kind": effect.kind.value if effect.kind else None, "elasticity": effect.elasticity}
            for effect in effects]


def _write(
    report: "Report", load: "Workload | Sessions", remarks: list[str], csv: Path | None, parquet: Path | None,
    html: Path | None, replay: Path | None,
) -> None:
    """The files that were asked for."""
    if csv:
        from hwmodel.rendering.rows import write_csv

        write_csv(report, csv)
    if parquet:
        from hwmodel.rendering.rows import write_parquet

        write_parquet(report, parquet)
    if html:
        from hwmodel.rendering.page import report_page

        html.write_text(report_page(report, remarks), "utf-8")
    if replay:
        from hwmodel import Workload
        from hwmodel.rendering.replay import replay_page
        from hwmodel.workload import draw

        sessions = draw(load, report.seed) if isinstance(load, Workload) else load
        replay.write_text(replay_page(report, sessions), "utf-8")
