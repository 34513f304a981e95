"""`srxnf model compare`: the same sessions under every distribution."""

import json
from pathlib import Path
from typing import Annotated

import typer

from nf.cli.model_inputs import JsonOption, LoadOption, PlatformOption, SeedOption, WorkloadOption, read_load, show, told

EXAMPLES = """Example: srxnf model compare --platform srx5400-2spc2

Example: srxnf model compare --platform srx5800 --workload elephant --distribution hash_based --distribution rss_plus_plus

Example: srxnf model compare --platform srx5800 --workload heavy_tailed --html compare.html"""


def compare(
    platform: PlatformOption,
    workload: WorkloadOption = "",
    distributions: Annotated[list[str], typer.Option("--distribution", help="Only these; more than once.")] = [],  # noqa: B006  # typer copies it
    seed: SeedOption = 0,
    load: LoadOption = 1.0,
    html: Annotated[Path | None, typer.Option("--html", help="Write one page with plots.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show how evenly each distribution spreads a load, what packets wait, and what an SPU's failure moves."""
    with told():
        from hwmodel import comparison, load_platform

        device = load_platform(platform)
        rules = [name.replace("-", "_") for name in distributions]
        found = comparison.compare(device, read_load(workload).faster(load), rules, seed)
        from hwmodel.rendering.compared import as_dict, compared_page, compared_table

        if html:
            html.write_text(compared_page(found), "utf-8")
        if as_json:
            listed = {"platform": device.name, "seed": seed, "assumed": list(device.assumed)}
            typer.echo(json.dumps(listed | {"distributions": [as_dict(entry) for entry in found]}, indent=2))
            return
        show(compared_table(found))
