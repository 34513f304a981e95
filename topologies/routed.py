"""Clients and servers in subnets of their own, with the SRX as the router between them.

    client1 ─ 1 ┐        ┌ 3 ─ server1
                 s1                         clients: 10.0.1.0/24, 2001:db8:0:1::/64, at ge-0/0/0.0
    client2 ─ 2 ┘ 4 ││ 5                    servers: 10.0.2.0/24, 2001:db8:0:2::/64, at ge-0/0/1.0
                    srx1

The hosts' router is 254 of their subnet, which the configuration must give to the interface: the controller answers for it.
"""

from mininet.topo import Topo

from topologies.roles import TRUST, UNTRUST, Edge, add_client, add_nf, add_server, add_switch

CLIENTS, SERVERS = 1, 2  # subnets


class Routed(Topo):
    """One switch, ports counted through: clients first, then servers, then the two legs of srx1."""

    def build(self, clients: int = 2, servers: int = 1) -> None:
        """Build with so many clients and servers, at least one of each and at most 99."""
        switch = add_switch(self, 1)
        for number in range(1, clients + 1):
            add_client(self, number, Edge(switch, number, TRUST), CLIENTS)
        for number in range(1, servers + 1):
            add_server(self, number, Edge(switch, clients + number, UNTRUST), SERVERS)
        first = clients + servers + 1
        add_nf(self, 1, (Edge(switch, first, TRUST), Edge(switch, first + 1, UNTRUST)))


topos = {"routed": Routed}
