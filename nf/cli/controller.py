"""`srxnf controller`: steer a network of OpenFlow switches by a Junos configuration, or have it learn."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nf.cli.device_options import JunosRelease
from nf.cli.inputs import fail, read_configuration

if TYPE_CHECKING:
    from nf.config.configuration import Configuration
    from nf.controller.topology import Topology


def controller(config: Annotated[Path | None, typer.Option("--config", help="Junos configuration, set or "
                                                           "curly form")] = None,
               topology: Annotated[Path | None, typer.Option("--topology", help="who is plugged in where (TOML); "
                                                             "srxnf topology prints one")] = None,
               learning: Annotated[bool, typer.Option("--learning", help="steer nothing: switches that learn who is "
                                                      "where; links with loops need --topology")] = False,
               listen: Annotated[str, typer.Option("--listen", metavar="IP:PORT",
                                                   help="where switches connect to")] = "127.0.0.1:6653",
               print_entries: Annotated[bool, typer.Option("--print-entries", help="print the flow entries as "
                                                           "ovs-ofctl reads them, and end")] = False,
               log: Annotated[list[Path] | None, typer.Option(
                   "--log", metavar="FILE", help="Log file for denied sessions, may be given again; *.jsonl holds JSON "
                   "lines. Default: standard output.")] = None,
               junos_release: JunosRelease = "24.4") -> None:
    """Install the flow entries that divert what the policies say to the network function, and nothing else.

    With --learning: plain switches that learn, for a network without policies.

    Example: srxnf controller --config srx.conf --topology site.toml --listen 192.0.2.1:6653
    """
    from nf.controller.topology import TopologyError

    if learning:
        if config or print_entries or log:
            fail("--learning goes with --topology and --listen alone: it reads no policies and logs nothing")
        _learn(_read_topology(topology) if topology else None, listen)
        return
    if not (config and topology):
        fail("expected --config and --topology, or --learning")
    configuration, network = read_configuration(config, junos_release), _read_topology(topology)
    try:
        if print_entries:
            _print_entries(configuration, network)
        else:
            _run(configuration, network, listen, tuple(log or ()))
    except TopologyError as error:
        fail(str(error))


def _read_topology(path: Path) -> "Topology":
    from nf.controller.topology import TopologyError
    from nf.controller.topology_file import load

    try:
        return load(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        fail(f"{path}: cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        fail(f"{path}: not a text in UTF-8")
    except TopologyError as error:
        fail(str(error))


def _print_entries(configuration: "Configuration", topology: "Topology") -> None:
    from nf.controller.render import entries
    from nf.controller.steering import wanted

    found = wanted(configuration, topology)
    state = topology.nf.name if topology.nf else found.first
    for line in entries(found.states[state], found.generation, configuration, topology):
        print(line)


def _learn(topology: "Topology | None", listen: str) -> None:
    from nf.controller.native_hub import UnsupportedHubError

    try:
        from nf.controller.launch import ListenError, learn
    except UnsupportedHubError as error:
        fail(str(error))
    try:
        learn(topology, listen)
    except ListenError as error:
        fail(str(error))


def _run(configuration: "Configuration", topology: "Topology", listen: str, logs: tuple[Path, ...]) -> None:
    from nf.controller.native_hub import UnsupportedHubError
    from nf.sinks import Sinks

    try:
        from nf.controller.launch import ListenError, run
    except UnsupportedHubError as error:
        fail(str(error))
    try:
        run(configuration, topology, Sinks(configuration.host_name, logs).write, listen)
    except ListenError as error:
        fail(str(error))
    except OSError as error:
        fail(f"--log {error.filename}: {error.strerror}")
