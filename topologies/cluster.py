"""Clients and servers at one switch, and a chassis cluster of two network functions beside it.

    client1 ─ 1 ┐    ┌ 3 ─ server1
                 s1
    client2 ─ 2 ┘    │
                     ├ 4, 5 ─ srx1 (node 0) ┐
                     └ 6, 7 ─ srx2 (node 1) ┘ fabric link

Diverted sessions go to the node that is primary; each node has a leg for each side. The fabric link joins the nodes alone.
"""

from mininet.topo import Topo

from topologies.roles import TRUST, UNTRUST, Edge, add_client, add_fabric, add_nf, add_server, add_switch


class Cluster(Topo):
    """One switch, ports counted through: clients first, then servers, then the legs of srx1 and srx2."""

    def build(self, clients: int = 2, servers: int = 1) -> None:
        """Build with so many clients and servers, at least one of each and at most 99."""
        switch = add_switch(self, 1)
        for number in range(1, clients + 1):
            add_client(self, number, Edge(switch, number, TRUST))
        for number in range(1, servers + 1):
            add_server(self, number, Edge(switch, clients + number, UNTRUST))
        nodes = []
        for node, port in enumerate((clients + servers + 1, clients + servers + 3)):
            nodes.append(add_nf(self, node + 1, (Edge(switch, port, TRUST), Edge(switch, port + 1, UNTRUST)), node))
        add_fabric(self, *nodes)


topos = {"cluster": Cluster}
