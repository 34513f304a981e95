"""What the two halves of a run say to each other: one JSON object a line, through the pipes between them."""

import msgspec

from scenarios.observe import Observation
from scenarios.schema import Scenario


class Job(msgspec.Struct, frozen=True):
    """What to do inside: the scenario, on which platform, where reports go, whether the lab stays up."""

    scenario: Scenario
    platform: str
    report: str | None = None  # an absolute directory that exists
    keep: bool = False


class Progress(msgspec.Struct, frozen=True, tag=True):
    """A step that begins."""

    text: str


class Failed(msgspec.Struct, frozen=True, tag=True):
    """The lab could not be built or has broken down, in one line."""

    message: str


class Done(msgspec.Struct, frozen=True, tag=True):
    """The scenario has run: what was seen, and each difference from what was expected."""

    observation: Observation
    differences: tuple[str, ...]


class Kept(msgspec.Struct, frozen=True, tag=True):
    """The lab stays up; process ids of its hosts, as they are inside, by name."""

    hosts: dict[str, int]
    control: str


Message = Progress | Failed | Done | Kept
