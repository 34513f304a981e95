"""As `leaf_spine`, with a wire beside the last spine: something that passes packets on as they came, an IDS or a shaper.

      ┌ ids1 ┐
   111│      │112
      spine2          its other ports, and all else, as in `leaf_spine`
"""

from topologies.leaf_spine import LeafSpine
from topologies.roles import add_wire

PORTS = 111, 112  # above every leaf's number


class LeafSpineIds(LeafSpine):
    """The usual way is over spine1."""

    def build(self, clients: int = 2, servers: int = 1, spines: int = 2) -> None:
        """Build with so many clients, servers and spines, at least one of each and at most 99."""
        super().build(clients, servers, spines)
        add_wire(self, "ids1", *((f"spine{spines}", port) for port in PORTS))


topos = {"leaf_spine_ids": LeafSpineIds}
