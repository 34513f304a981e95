"""Three leaves, each linked to every spine: clients on leaf1, servers on leaf2, the network function on leaf3.

          spine1       spine2            spine S, port L: to leaf L
         /   |   \\    /   |   \\          leaf L, port 200 + S: to spine S
      leaf1     leaf2     leaf3
        |         |         |
     clients   servers  srx1 (ports 1 and 2)

There are as many shortest paths between two leaves as spines, and loops of links.
"""

from mininet.topo import Topo

from topologies.roles import TRUST, UNTRUST, Edge, add_client, add_link, add_nf, add_server, add_switch

LEAVES = 3
UPLINKS = 200  # above every port that a host may have
SPINE_IDS = 0x10  # datapath ids of spines begin after this


class LeafSpine(Topo):
    """On each leaf hosts are counted through from port 1."""

    def build(self, clients: int = 2, servers: int = 1, spines: int = 2) -> None:
        """Build with so many clients, servers and spines, at least one of each and at most 99."""
        leaves = [add_switch(self, number, f"leaf{number}") for number in range(1, LEAVES + 1)]
        for number in range(1, clients + 1):
            add_client(self, number, Edge(leaves[0], number, TRUST))
        for number in range(1, servers + 1):
            add_server(self, number, Edge(leaves[1], number, UNTRUST))
        add_nf(self, 1, (Edge(leaves[2], 1, TRUST), Edge(leaves[2], 2, UNTRUST)))
        for number in range(1, spines + 1):
            spine = add_switch(self, SPINE_IDS + number, f"spine{number}")
            for port, leaf in enumerate(leaves, 1):
                add_link(self, leaf, UPLINKS + number, spine, port)


topos = {"leaf_spine": LeafSpine}
