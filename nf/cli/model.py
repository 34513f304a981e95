"""`srxnf model`: the hardware model on its own, in virtual time."""

import json
from typing import Annotated

import typer

app = typer.Typer(help="Simulate an SRX's hardware: SPUs, session distribution, capacities, load.", no_args_is_help=True)

_EXAMPLE = "Example: srxnf model run --platform srx5400-2spc2 --seed 7 --json"


@app.command("list", epilog="Example: srxnf model list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False) -> None:
    """Show the platforms and session distributions there are."""
    import hwmodel  # --help stays fast
    from hwmodel import distribution

    platforms = [hwmodel.load_platform(name) for name in hwmodel.available()]
    if as_json:
        rows = [
            {
                "name": entry.name,
                "spus": len(entry.spus),
                "max_sessions": entry.max_sessions,
                "description": entry.description,
            }
            for entry in platforms
        ]
        typer.echo(json.dumps({"platforms": rows, "distributions": distribution.available()}, indent=2))
        return
    for entry in platforms:
        typer.echo(f"{entry.name:<16} {len(entry.spus):>2} SPU {entry.max_sessions:>9} sessions  {entry.description}")
    typer.echo(f"distributions: {', '.join(distribution.available())}")


@app.command("run", epilog=_EXAMPLE)
def run(
    platform: Annotated[str, typer.Option("--platform", help="A platform's name, or the path of a .toml file.")],
    workload: Annotated[str, typer.Option("--workload", help="TOML file; what it leaves out has its default.")] = "",
    distribution: Annotated[str, typer.Option("--distribution", help="A session distribution's name.")] = "hash_based",
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same report.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Play a workload to a platform and show what every SPU got."""
    import hwmodel  # --help stays fast

    try:
        load = hwmodel.load_workload(workload) if workload else None
        report = hwmodel.simulate(platform, load, distribution.replace("-", "_"), seed)
    except hwmodel.ModelError as mistake:
        typer.echo(f"error: {mistake}", err=True)
        raise typer.Exit(1) from None
    typer.echo(json.dumps(report.as_dict(), indent=2) if as_json else str(report))
