"""`srxnf model fit`: which platform carries this load."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from nf.cli.model_inputs import (
    DistributionOption,
    JsonOption,
    LoadOption,
    SeedOption,
    WorkloadOption,
    read_workload,
    show,
    told,
)

EXAMPLES = """Example: srxnf model fit --workload srx1600_lab

Example: srxnf model fit --workload rfc9411_mix --load 4 --head-room 30"""


def fit(
    workload: WorkloadOption = "",
    platforms: Annotated[list[str], typer.Option("--platform", help="Only these; else every one there is.")] = [],  # noqa: B006  # typer copies it
    distribution: DistributionOption = "hash_based",
    load: LoadOption = 1.0,
    head_room: Annotated[float, typer.Option("--head-room", min=0, max=99, help="Per cent that must stay free.")] = 20.0,
    seed: SeedOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Show which platforms carry a workload and how much room each has left; the smallest one that does comes first."""
    from hwmodel import available, load_platform
    from hwmodel.sweep import grid
    from nf.cli.model_outcomes import outcomes

    with told():
        boxes = platforms or available()
        for box in boxes:
            load_platform(box)
        points = grid(boxes, [distribution.replace("-", "_")], [load], [seed])
        found = outcomes(points, read_workload(workload), quiet=as_json)
        enough = [entry for entry in found if entry.pressure <= 1 - head_room / 100]
        ordered = sorted(enough, key=lambda entry: -entry.pressure) + sorted(
            (entry for entry in found if entry not in enough), key=lambda entry: entry.pressure)
        if as_json:
            listed = [asdict(entry) | {"fits": entry in enough, "head_room": 1 - entry.pressure} for entry in ordered]
            typer.echo(json.dumps(listed, indent=2))
            return
        from hwmodel.rendering.grid import fit_table

        show(fit_table(ordered, head_room / 100))
