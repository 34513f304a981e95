"""`srxnf model run`: one load, one box."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nf.cli.model_circumstances import (
    ClassicOption,
    FailOption,
    GracefulOption,
    JunosOption,
    NatOption,
    ScreenOption,
    configured,
    failures,
    within,
)
from nf.cli.model_files import write
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
    told,
)
from nf.cli.model_progress import watched
from nf.cli.model_searches import moved, plain, searched

if TYPE_CHECKING:
    from hwmodel import FlowSettings, Platform, Report, Workload
    from hwmodel.failure import Failure
    from hwmodel.sessions import Sessions
    from hwmodel.standby import Standby

EXAMPLES = """Example: srxnf model run --platform srx5400-2spc2 --seed 7 --json

Example: srxnf model run --platform srx1600 --workload srx1600_lab --saturation --html lab.html

Example: srxnf model run --platform srx5400-2spc2 --workload elephant --replay elephant.html

Example: srxnf model run --platform srx5400-2spc2 --fail-spu FPC0.PIC1@4 --graceful

Example: srxnf model run --platform srx1600 --workload srx1600_lab --cluster --fail-at 6

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
    fail_spu: FailOption = [],  # noqa: B006  # typer copies it
    graceful: GracefulOption = False,
    cluster: Annotated[bool, typer.Option("--cluster", help="Two nodes; the other one keeps copies of sessions.")] = False,
    fail_at: Annotated[float | None, typer.Option(
        "--fail-at", min=0, help="With --cluster: the active node is lost in that second.")] = None,
    junos: JunosOption = None,
    screens: ScreenOption = [],  # noqa: B006
    nat: NatOption = [],  # noqa: B006
    classic_central_point: ClassicOption = False,
    csv: Annotated[Path | None, typer.Option(
        "--csv", help="Write a row for each thread and second, and every figure to NAME.figures.csv beside it.")] = None,
    parquet: Annotated[Path | None, typer.Option("--parquet", help="The same as Parquet, figures in its metadata.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write one page with plots.")] = None,
    replay: Annotated[Path | None, typer.Option("--replay", help="Write a page that shows how sessions spread.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Play a workload, a capture or a session log to a platform and show what every SPU got."""
    if engine not in ("auto", "event", "vector"):
        failed(f"--engine {engine}: expected auto, event or vector")
    if fail_at is not None and not cluster:
        failed(f"--fail-at {fail_at:g}: a node fails in a cluster; expected --cluster as well, or --fail-spu")
    with told():
        from hwmodel import load_platform

        device, flow = configured(load_platform(platform), junos, screens, nat, classic_central_point)
        stops = failures(fail_spu, graceful)
        played = read_load(workload).faster(load)
        within(played, stops, fail_at)
        rule = distribution.replace("-", "_")
        report, standby = watched(
            lambda _: _played(device, played, rule, seed, engine, flow, stops, cluster, fail_at), "simulating", as_json)
        where, effects = searched(report, played, flow, saturation, sensitivity, as_json)
        remarks = [part for part in (str(standby or ""), where, moved(effects)) if part]
        write(report, played, remarks, csv, parquet, html, replay)
        if as_json:
            from dataclasses import asdict

            extra = {"saturation": where, "sensitivity": plain(effects), "cluster": asdict(standby) if standby else None}
            asked = {name: value for name, value in extra.items() if value}
            typer.echo(json.dumps(report.as_dict() | asked, indent=2))
            return
        from hwmodel.rendering.terminal import report_table

        show(report_table(report), *remarks)


def _played(
    platform: "Platform", load: "Workload | Sessions", rule: str, seed: int, engine: str, flow: "FlowSettings",
    stops: "list[Failure]", cluster: bool, fail_at: float | None,
) -> "tuple[Report, Standby | None]":
    """What comes of it, and what the backup has to do where there is one."""
    from hwmodel import simulate

    if not cluster:
        return simulate(platform, load, rule, seed, engine, flow, stops), None
    from hwmodel.standby import simulate_cluster

    return simulate_cluster(platform, load, rule, seed, engine, flow, stops, fail_at=fail_at)
