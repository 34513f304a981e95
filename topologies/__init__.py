"""Mininet graphs with roles: clients, servers, the network function's legs, and the SRX interface behind each port.

In: nothing but parameters such as the number of clients. Out: a plain Mininet `Topo`, and the text that tells the
controller the same (`description.describe`). A topology is one file, named as the file. Knows no policies, no sockets.
"""

from importlib import import_module
from inspect import signature
from pathlib import Path

from mininet.topo import Topo

_NOT_TOPOLOGIES = {"__init__", "description", "roles"}
MOST = 99  # of anything: addresses and port numbers are fixed, and have room for so many


class TopologyError(Exception):
    """There is no topology of this name, or it does not take these parameters."""


def available() -> tuple[str, ...]:
    """Names of the topologies there are."""
    return tuple(sorted({file.stem for file in Path(__file__).parent.glob("*.py")} - _NOT_TOPOLOGIES))


def load(name: str, **parameters: int) -> Topo:
    """Build the topology of this name; raises TopologyError where name or parameters are wrong."""
    if name not in available():
        raise TopologyError(f"topology '{name}': there is none; available: {', '.join(available())}")
    graph = import_module(f"{__name__}.{name}").topos[name]
    known = [key for key in signature(graph.build).parameters if key != "self"]
    for key, value in parameters.items():
        if key not in known:
            raise TopologyError(f"topology '{name}': {key}: expected {' or '.join(known) or 'no parameters'}")
        if not 1 <= value <= MOST:
            raise TopologyError(f"topology '{name}': {key}={value}: expected 1 to {MOST}")
    topology: Topo = graph(**parameters)
    return topology
