"""Which network function traffic is diverted to: the one there is while it lives, or of a chassis cluster the primary node.

The nodes elect their primary between themselves, and its heartbeats say so. The controller follows, as long as that node
lives for it too: one whose leg is dead gets no traffic, whatever it says. Where no node that lives says that it is primary,
or both do, it stays where it was, else the better priority counts.
"""

from collections.abc import Mapping, Sequence

from nf.controller.liveness import Liveness
from nf.controller.steering import Nobody, State
from nf.controller.topology import NetworkFunction, Place
from nf.policy.chassis_cluster import RedundancyGroup
from nf.protocols.heartbeat import Heartbeat


class Redundancy:
    """The nodes, each with the liveness of its legs; `now` is monotonic, in seconds."""

    def __init__(self, nodes: Sequence[NetworkFunction], digest: str, group: RedundancyGroup) -> None:
        self._group = group
        self._nodes = {node.name: node for node in nodes}
        self._alive = {node.name: Liveness(node, digest) for node in nodes}
        self._primary: State = Nobody.UNDECIDED

    def decide(self) -> State:
        """Conclude from all that is known by now; as long as nothing is known of a node, nothing is concluded from that."""
        living = [name for name, alive in self._alive.items() if alive.up]
        claiming = [name for name in living if self.claims(name)]
        unknown = any(alive.up is None for alive in self._alive.values())
        waiting = unknown or any(alive.returning and alive.primary for alive in self._alive.values())
        candidates = claiming or ([] if waiting else living)
        if candidates:
            self._primary = self._primary if self._primary in candidates else min(candidates, key=self._rank)
        elif not (living or unknown):
            self._primary = Nobody.DOWN
        return self._primary

    def claims(self, name: str) -> bool:
        """Whether a node said last that it is primary."""
        return self._alive[name].primary

    def _rank(self, name: str) -> tuple[int, int]:
        node = self._nodes[name].node or 0
        return -self._group.priority(node), node

    @property
    def up(self) -> Mapping[str, bool | None]:
        """Whether each node is; None where this is not known."""
        return {name: alive.up for name, alive in self._alive.items()}

    def words(self, name: str) -> str:
        """A node, for the operator."""
        node = self._nodes[name].node
        return name if node is None else f"{name} (node{node})"

    def why(self, name: str) -> str:
        """Which legs of a node are dead, and why."""
        return self._alive[name].why_down

    @property
    def why_down(self) -> str:
        """The same of all nodes that are down."""
        down = [name for name, up in self.up.items() if up is False]
        return "; ".join(f"{self.words(name)}: {self.why(name)}" if len(self._nodes) > 1 else self.why(name) for name in down)

    @property
    def faults(self) -> Mapping[str, tuple[str, ...]]:
        """What each node's heartbeats say that should be otherwise."""
        return {name: alive.faults for name, alive in self._alive.items()}

    def watch(self, switch: str, ports: Mapping[int, bool], now: float) -> None:
        """A switch carries its entries; `ports` are those it has, and whether up."""
        for alive in self._alive.values():
            alive.watch(switch, ports, now)

    def unwatch(self, switch: str) -> None:
        """A switch is gone."""
        for alive in self._alive.values():
            alive.unwatch(switch)

    def port(self, place: Place, up: bool) -> None:
        """The state of a port."""
        for alive in self._alive.values():
            alive.port(place, up)

    def heard(self, place: Place, heartbeat: Heartbeat, now: float) -> None:
        """A heartbeat came in by a port."""
        for alive in self._alive.values():
            alive.heard(place, heartbeat, now)

    def tick(self, now: float) -> None:
        """Notice what was not heard in time."""
        for alive in self._alive.values():
            alive.tick(now)
