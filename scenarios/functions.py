"""The network functions of a lab: one, or the two nodes of a chassis cluster; started, asked, and ended."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hwmodel import Chassis, ModelError, PlatformError, load_platform
from nf.dataplane.control import ask
from scenarios import decrypted
from scenarios.network import Network
from scenarios.programs import SRXNF, START_SECONDS, LabError, Running, run, start
from scenarios.schema import Scenario
from topologies.roles import Function, functions

_FIRST = "nf"  # what the files of the first function are called; those of another have its name


def start_all(scenario: Scenario, platform: str, home: Path, net: Network) -> dict[str, Running]:
    """Start every function of the topology, by name; both nodes of a cluster have the same files."""
    model = _platform(scenario, platform, home)
    workers = str(min(scenario.spus, _flow_spus(model)))
    running = {}
    for function in functions(net.topo):
        running[function.name] = _start(scenario, function, ("--platform", model, "--spus", workers), home, net)
        if function.node is not None:  # a node that hears no other in time is primary
            running[function.name].wait_for("ready", START_SECONDS)
    return running


def _start(scenario: Scenario, function: Function, hardware: tuple[str, ...], home: Path, net: Network) -> Running:
    devices = {**{leg.device: leg.edge.interface for leg in function.legs}, **scenario.devices}
    interfaces = [word for device, interface in devices.items() for word in ("--interface", f"{device}={interface}")]
    stem = _stem(net, function.name)
    command = [*SRXNF, "nf", "--config", str(home / "srx.conf"), "--pki", str(home / "pki"), *interfaces, *hardware,
               "--junos-release", scenario.junos_release, "--control", str(socket_of(home, net, function.name)),
               "--log", str(home / f"{stem}.log"), "--log", str(home / f"{stem}.jsonl"),
               *(("--key-log", str(home / decrypted.KEYS)) if scenario.read else ()),
               *(("--pcap-over-ip", str(scenario.pcap_over_ip)) if scenario.pcap_over_ip else ()),
               *(word for fault in scenario.faults for word in ("--fault", fault)),
               *(() if function.node is None else ("--node", str(function.node), "--fabric", function.fabric))]
    return start(f"network function {function.name}", command, home / f"{stem}.stderr", net.within(function.name))


def _stem(net: Network, name: str) -> str:
    return _FIRST if name == functions(net.topo)[0].name else name


def logs(home: Path, net: Network) -> list[Path]:
    """The JSON logs of every function."""
    return [home / f"{_stem(net, function.name)}.jsonl" for function in functions(net.topo)]


def socket_of(home: Path, net: Network, name: str) -> Path:
    """A function's control socket."""
    return home / ("control.sock" if _stem(net, name) == _FIRST else f"control-{name}.sock")


def primary(home: Path, net: Network, programs: Mapping[str, Running]) -> str:
    """The function that traffic is diverted to: of a cluster's running nodes the one that says that it is primary."""
    running = [name for name, program in programs.items() if program.process.poll() is None]
    said = (name for name in running if len(programs) > 1 and _ask(home, net, name, "cluster").get("primary"))
    return next(said, (running or list(programs))[0])


def asked(home: Path, net: Network, programs: Mapping[str, Running], what: str) -> dict[str, Any]:
    """What the function that traffic is diverted to shows of this."""
    name = primary(home, net, programs)
    try:
        return _ask(home, net, name, what)
    except OSError as error:
        raise LabError(f"the network function does not answer ({error}): {programs[name].last_words()}") from None


def _ask(home: Path, net: Network, name: str, what: str) -> dict[str, Any]:
    return ask(socket_of(home, net, name), {"show": what})


def operate(home: Path, net: Network, name: str, command: str) -> str:
    """What an operator's command says at a function; raises LabError where it fails."""
    return run([*SRXNF, "cli", "--control", str(socket_of(home, net, name)), "-c", command])


def _platform(scenario: Scenario, platform: str, home: Path) -> str:
    """The platform's name, or the path of the file that a scenario brings along."""
    if not scenario.platform_file or platform != scenario.platform:
        return platform
    file = home / "platform" / f"{platform}.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(scenario.platform_file, encoding="utf-8")
    return str(file)


def _flow_spus(platform: str) -> int:
    try:
        return sum(1 for spu in Chassis(load_platform(platform)).status(0.0) if spu.max_sessions)
    except (PlatformError, ModelError) as error:
        raise LabError(str(error)) from None
