"""Experiments: a topology, a platform, a Junos configuration, traffic, and what must be seen by whom.

In: one TOML file for each scenario, named as the scenario (`files`; `schema` and `wanted` say what may stand in it, `checks`
what fits together). Out: an `Observation` of what clients, servers, the log, the switch and the SPUs saw (`observe`), and
each difference from what the file expects, in words (`expect`).

`launch` runs a scenario in namespaces of its own; `inside` is the program in there, and they talk in `messages`. It
raises a `lab`: a private Open vSwitch (`switch`), Mininet (`network`), origin servers (`origins`, `certificates`),
controller and network function (`programs`), captures (`capture`, `captures`, `pcapng`); it sends real clients (`clients`,
`sessions`), and takes the `steps` between them. `readings` turns what programs print into facts, `story` tells them on
a screen, `report` with the other `report_*` makes a page of them, and `report_files` writes it beside logs and captures.
`schema`, `observe`, `expect`, `readings`, `pcapng`, `story` and `report` are pure. Only the command line may know this room.
"""

from scenarios.files import ScenarioError, available, load
from scenarios.schema import Scenario

__all__ = ["Scenario", "ScenarioError", "available", "load"]
