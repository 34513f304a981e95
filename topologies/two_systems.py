"""Two clients and two servers, each at an interface of its own, and a network function with four legs around one switch.

    client1 ─ 1 ┐            ┌ 3 ─ server1
                     s1
    client2 ─ 2 ┘ 5 6 ││ 7 8 └ 4 ─ server2
                     srx1

client1 stands at ge-0/0/0.0 and server1 at ge-0/0/1.0, client2 at ge-0/0/2.0 and server2 at ge-0/0/3.0: a configuration may
give each pair to a logical system or tenant of its own.
"""

from mininet.topo import Topo

from topologies.roles import TRUST, UNTRUST, Edge, add_client, add_nf, add_server, add_switch

INTERFACES = (TRUST, "ge-0/0/2.0", UNTRUST, "ge-0/0/3.0")  # of client1, client2, server1, server2


class TwoSystems(Topo):
    """One switch, ports counted through: clients, servers, then the legs of srx1 in the order of their interfaces' ports."""

    def build(self) -> None:
        """Build; there is nothing to choose."""
        switch = add_switch(self, 1)
        edges = [Edge(switch, port, interface) for port, interface in enumerate(INTERFACES, 1)]
        for number, edge in enumerate(edges[:2], 1):
            add_client(self, number, edge)
        for number, edge in enumerate(edges[2:], 1):
            add_server(self, number, edge)
        add_nf(self, 1, [Edge(switch, edge.port + len(edges), edge.interface) for edge in edges])


topos = {"two_systems": TwoSystems}
