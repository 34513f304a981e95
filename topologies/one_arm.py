"""Clients, servers and a network function at one port of one switch.

    client1 ─ 1 ┐    ┌ 3 ─ server1
                 s1
    client2 ─ 2 ┘    └ 4 ─ srx1 (both legs)

What is diverted goes to the network function and comes back by port 4, in both directions. Each leg has a MAC address
of its own, which tells what belongs to it; on the network function a leg is a macvlan device on its one port.
"""

from mininet.topo import Topo

from topologies.roles import TRUST, UNTRUST, Edge, add_client, add_nf, add_server, add_switch


class OneArm(Topo):
    """One switch, ports counted through: clients first, then servers, then srx1."""

    def build(self, clients: int = 2, servers: int = 1) -> None:
        """Build with so many clients and servers, at least one of each and at most 99."""
        switch = add_switch(self, 1)
        for number in range(1, clients + 1):
            add_client(self, number, Edge(switch, number, TRUST))
        for number in range(1, servers + 1):
            add_server(self, number, Edge(switch, clients + number, UNTRUST))
        arm = clients + servers + 1
        add_nf(self, 1, (Edge(switch, arm, TRUST), Edge(switch, arm, UNTRUST)))


topos = {"one_arm": OneArm}
