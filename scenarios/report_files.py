"""Put the page of a run into its report directory, beside the logs and captures that the lab has left there."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from mininet.topo import Topo

import topologies
from nf import config
from scenarios import pcapng
from scenarios.messages import Done
from scenarios.pcapng import Packet
from scenarios.report import PAGE, Run, render
from scenarios.schema import Scenario
from topologies.roles import legs


def write(directory: Path, scenario: Scenario, done: Done, at: datetime, seconds: float) -> Path:
    """Write the page and return where it is; raises OSError where that cannot be done."""
    topo = topologies.load(scenario.topology, **scenario.parameters)
    page = directory / PAGE
    files = [(file.name, file.stat().st_size) for file in sorted(directory.iterdir())
             if file.is_file() and file != page and file.stat().st_size]
    page.write_text(render(Run(
        scenario, topo, config.load(scenario.junos, f"{scenario.name}: junos"), done.observation, done.differences,
        _captured(directory, topo), at, seconds, files)), encoding="utf-8")
    return page


def _captured(directory: Path, topo: Topo) -> dict[str, Sequence[Packet]]:
    files = {leg.device: directory / f"{leg.device}.pcapng" for leg in legs(topo)}
    return {device: list(pcapng.read(file.read_bytes())) for device, file in files.items() if file.exists()}
