"""`srxnf model upgrade`: other cards in the same chassis."""

import json
from typing import Annotated

import typer

from nf.cli.model_inputs import (
    DistributionOption,
    JsonOption,
    LoadOption,
    PlatformOption,
    SeedOption,
    WorkloadOption,
    read_load,
    show,
    told,
)

EXAMPLES = """Example: srxnf model upgrade --platform srx5400:spc3=1,ioc4=1 --to srx5400:spc3=2,ioc4=1

Example: srxnf model upgrade --platform srx5800:spc2=2,ioc2=1 --to srx5800:spc2=2,spc3=2,ioc2=1 --workload srx1600_lab"""


def upgrade(
    platform: PlatformOption,
    to: Annotated[str, typer.Option("--to", help="The same with other cards, such as srx5400:spc3=2,ioc4=1.")],
    workload: WorkloadOption = "",
    distribution: DistributionOption = "hash_based",
    seed: SeedOption = 0,
    load: LoadOption = 1.0,
    as_json: JsonOption = False,
) -> None:
    """Show what adding or removing cards changes for a load, and what the reboot costs that it takes."""
    with told():
        from hwmodel import load_platform
        from hwmodel.reboot import rebooted

        cards = load_platform(platform), load_platform(to)
        found = rebooted(*cards, read_load(workload).faster(load), distribution.replace("-", "_"), seed)
        from hwmodel.rendering.upgrade import as_dict, upgrade_table

        if as_json:
            typer.echo(json.dumps(as_dict(found), indent=2))
            return
        show(upgrade_table(found))
