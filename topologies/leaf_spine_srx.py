"""As `leaf_spine`, with another SRX beside the last spine: connections that a path leads there end in it, and go on from it.

      ┌ srx2 ┐
   111│      │112
      spine2          its other ports, and all else, as in `leaf_spine`
"""

from topologies.leaf_spine import LeafSpine
from topologies.roles import TRUST, UNTRUST, Edge, Role, add_nf

PORTS = 111, 112  # above every leaf's number


class LeafSpineSrx(LeafSpine):
    """The usual way is over spine1."""

    def build(self, clients: int = 2, servers: int = 1, spines: int = 2) -> None:
        """Build with so many clients, servers and spines, at least one of each and at most 99."""
        super().build(clients, servers, spines)
        edges = [Edge(f"spine{spines}", port, name) for port, name in zip(PORTS, (TRUST, UNTRUST), strict=True)]
        add_nf(self, 2, edges, role=Role.PROXY)


topos = {"leaf_spine_srx": LeafSpineSrx}
