"""A chassis cluster as configured (Junos: `chassis cluster`): redundancy groups, the nodes' priorities, heartbeats."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

NODES: Final = (0, 1)
ROUTING_ENGINES, DATA_PLANE = 0, 1  # redundancy groups: group 1 is the one whose primary node gets the traffic
STANDARD_PRIORITY: Final = 1  # of a node that has none configured; the lowest there is


@dataclass(frozen=True, slots=True)
class RedundancyGroup:
    """A redundancy group: what its nodes' priorities are, and whether a better one takes over as soon as it can."""

    priorities: Mapping[int, int] = field(default_factory=dict)
    preempt: bool = False
    preempt_delay: int = 0  # seconds that a better node is there before it takes over

    def priority(self, node: int) -> int:
        """A node's priority, from 1 to 254."""
        return self.priorities.get(node, STANDARD_PRIORITY)


@dataclass(frozen=True, slots=True)
class ChassisCluster:
    """What both nodes know of each other; a node is lost after `threshold` heartbeats, `interval` seconds apart."""

    groups: Mapping[int, RedundancyGroup] = field(default_factory=dict)
    reth_count: int = 0
    interval: float = 1.0
    threshold: int = 3

    @property
    def patience(self) -> float:
        """Seconds of silence after which the other node is lost."""
        return self.interval * self.threshold

    def group(self, number: int) -> RedundancyGroup:
        """A group; one that is not configured has nodes of equal priority."""
        return self.groups.get(number, RedundancyGroup())
