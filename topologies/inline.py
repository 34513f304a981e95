"""Clients, servers and a network function with two legs around one switch.

    client1 ─ 1 ┐        ┌ 3 ─ server1
                 s1
    client2 ─ 2 ┘ 4 ││ 5
                    srx1

Clients stand at ge-0/0/0.0, servers at ge-0/0/1.0. By hand:
`mn --custom topologies/inline.py --topo inline,clients=3 --switch ovs,datapath=user --controller remote`.
"""

from mininet.topo import Topo

from topologies.roles import TRUST, UNTRUST, Edge, add_client, add_nf, add_server, add_switch


class Inline(Topo):
    """One switch, ports counted through: clients first, then servers, then the two legs of srx1."""

    def build(self, clients: int = 2, servers: int = 1) -> None:
        """Build with so many clients and servers, at least one of each and at most 99."""
        switch = add_switch(self, 1)
        for number in range(1, clients + 1):
            add_client(self, number, Edge(switch, number, TRUST))
        for number in range(1, servers + 1):
            add_server(self, number, Edge(switch, clients + number, UNTRUST))
        first = clients + servers + 1
        add_nf(self, 1, (Edge(switch, first, TRUST), Edge(switch, first + 1, UNTRUST)))


topos = {"inline": Inline}
