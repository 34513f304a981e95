"""`srxnf model list` and `describe`: what there is, and what is known of it."""

import json
from typing import Annotated

import typer

from nf.cli.model_inputs import JsonOption, show, told


def list_(as_json: JsonOption = False) -> None:
    """Show the platforms, workloads and session distributions there are."""
    import hwmodel
    from hwmodel import distribution, workload

    platforms = [hwmodel.load_platform(name) for name in hwmodel.available()]
    loads = {name: hwmodel.load_workload(name).description for name in workload.available()}
    if as_json:
        rows = [
            {
                "name": entry.name,
                "spus": len(entry.spus),
                "max_sessions": entry.max_sessions,
                "description": entry.description,
                "assumed": len(entry.assumed),
            }
            for entry in platforms
        ]
        listed = {"platforms": rows, "workloads": loads, "distributions": distribution.available()}
        typer.echo(json.dumps(listed, indent=2))
        return
    for entry in platforms:
        typer.echo(f"{entry.name:<16} {len(entry.spus):>2} SPU {entry.max_sessions:>9} sessions  {entry.description}")
    typer.echo("workloads:")
    for name, description in loads.items():
        typer.echo(f"  {name:<26} {description}")
    typer.echo(f"distributions: {', '.join(distribution.available())}")


def describe(
    platform: Annotated[str, typer.Argument(help="A platform's name, with its layout if it takes one, or a .toml file.")],
    as_json: JsonOption = False,
) -> None:
    """Show a platform: its cards and SPUs, and every figure with its source and how it is known."""
    import hwmodel

    with told():
        device = hwmodel.load_platform(platform)
        if as_json:
            from hwmodel.rendering.device import as_dict

            typer.echo(json.dumps(as_dict(device), indent=2))
            return
        from hwmodel.rendering.device import device_table

        show(device_table(device))
