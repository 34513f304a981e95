"""`srxnf model sweep`: platforms x distributions x loads."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nf.cli.model_inputs import JsonOption, SeedOption, WorkloadOption, failed, read_workload, show, told

if TYPE_CHECKING:
    from hwmodel.sweep import Outcome

EXAMPLES = """Example: srxnf model sweep --platform srx1600 --platform srx4600 --workload srx1600_lab --load 0.5 --load 1

Example: srxnf model sweep --platform srx5800 --distribution all --seeds 10 --parquet sweep.parquet

Example: srxnf model sweep --platform all --scheduler tcp://192.0.2.7:8786"""


def sweep(
    platforms: Annotated[list[str], typer.Option("--platform", help="May be given more than once; all: every one there is.")],
    distributions: Annotated[list[str], typer.Option("--distribution", help="More than once, or all.")] = ["hash_based"],  # noqa: B006  # typer copies it
    loads: Annotated[list[float], typer.Option("--load", min=0.000_001, help="Times the rate; more than once.")] = [1.0],  # noqa: B006
    workload: WorkloadOption = "",
    seed: SeedOption = 0,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=1000, help="So many seeds from --seed on.")] = 1,
    scheduler: Annotated[str, typer.Option("--scheduler", help="Address of a Dask scheduler to run on.")] = "",
    csv: Annotated[Path | None, typer.Option("--csv", help="Write a row for each point.")] = None,
    parquet: Annotated[Path | None, typer.Option("--parquet", help="The same as Parquet, figures in its metadata.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write one page with plots.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Simulate every combination of platform, distribution and load, on all cores or on a Dask cluster."""
    from hwmodel import available, distribution, load_platform
    from hwmodel.sweep import grid
    from nf.cli.model_outcomes import outcomes

    with told():
        boxes = available() if platforms == ["all"] else platforms
        rules = distribution.available() if distributions == ["all"] else [name.replace("-", "_") for name in distributions]
        for box in boxes:
            load_platform(box)
        for rule in rules:
            distribution.load(rule)
        points = grid(boxes, rules, loads, range(seed, seed + seeds))
        try:
            found = outcomes(points, read_workload(workload), scheduler, quiet=as_json)
        except KeyboardInterrupt:
            failed("interrupted; nothing is left running")
        _write(found, csv, parquet, html, as_json)


def _write(found: "list[Outcome]", csv: Path | None, parquet: Path | None, html: Path | None, as_json: bool) -> None:
    if csv:
        from hwmodel.rendering.grid import write_csv

        write_csv(found, csv)
    if parquet:
        from hwmodel.rendering.grid import write_parquet

        write_parquet(found, parquet)
    if html:
        from hwmodel.rendering.grid import grid_page

        html.write_text(grid_page(found), "utf-8")
    if as_json:
        typer.echo(json.dumps([asdict(entry) | {"carried": entry.carried} for entry in found], indent=2))
        return
    from hwmodel.rendering.grid import grid_table

    show(grid_table(found))
