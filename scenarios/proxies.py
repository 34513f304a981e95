"""Other SRXs of a lab, which only paths lead through: each with a configuration and a log of its own."""

from pathlib import Path

from scenarios.network import Network
from scenarios.programs import SRXNF, Running, start
from scenarios.schema import Scenario
from topologies.roles import Function, Role, functions


def start_all(scenario: Scenario, home: Path, net: Network) -> dict[str, Running]:
    """Start every one, by name."""
    return {function.name: _start(scenario, function, home, net) for function in functions(net.topo, Role.PROXY)}


def logs(home: Path, net: Network) -> list[Path]:
    """Their logs."""
    return [home / f"{function.name}.jsonl" for function in functions(net.topo, Role.PROXY)]


def _start(scenario: Scenario, function: Function, home: Path, net: Network) -> Running:
    stem = home / function.name
    stem.with_suffix(".conf").write_text(scenario.further[function.name], encoding="utf-8")
    interfaces = [word for leg in function.legs for word in ("--interface", f"{leg.device}={leg.edge.interface}")]
    command = [*SRXNF, "nf", "--config", f"{stem}.conf", "--pki", str(home / "pki"), *interfaces, "--platform",
               scenario.platform, "--junos-release", scenario.junos_release, "--control", f"{stem}.sock",
               "--log", f"{stem}.log", "--log", f"{stem}.jsonl"]
    return start(f"network function {function.name}", command, stem.with_suffix(".stderr"), net.within(function.name))
