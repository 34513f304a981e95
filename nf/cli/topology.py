"""`srxnf topology`: what a shipped topology looks like to the controller."""

from typing import Annotated

import typer

from nf.cli.inputs import fail


def topology(spec: Annotated[str, typer.Argument(metavar="NAME[,KEY=N]…", help="as for mn --topo")]) -> None:
    """Print the topology file, for srxnf controller --topology, of a topology that ships with srxnf.

    Example: srxnf topology leaf_spine,clients=3 > site.toml
    """
    import topologies
    from topologies.description import describe

    name, *words = spec.split(",")
    parameters = {}
    for word in words:
        key, _, value = word.partition("=")
        if not (key and value.isdecimal()):
            fail(f"'{word}': expected KEY=NUMBER, such as clients=3")
        parameters[key] = int(value)
    try:
        typer.echo(describe(topologies.load(name, **parameters)), nl=False)
    except topologies.TopologyError as error:
        fail(str(error))
