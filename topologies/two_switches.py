"""Clients on one switch, servers and the network function on the other.

    client1 ─ 1 ┐                    ┌ 1 ─ server1
                 s1 ─ 200 ─── 200 ─ s2
    client2 ─ 2 ┘                    └ 2, 3 ─ srx1

What is diverted crosses the link once in each direction, as what is not diverted does.
"""

from mininet.topo import Topo

from topologies.roles import TRUST, UNTRUST, Edge, add_client, add_link, add_nf, add_server, add_switch

UPLINK = 200  # above every port that a host may have


class TwoSwitches(Topo):
    """On each switch ports are counted through: hosts first, then the two legs of srx1; the link is at port 200."""

    def build(self, clients: int = 2, servers: int = 1) -> None:
        """Build with so many clients and servers, at least one of each; at most 99."""
        near, far = add_switch(self, 1), add_switch(self, 2)
        for number in range(1, clients + 1):
            add_client(self, number, Edge(near, number, TRUST))
        for number in range(1, servers + 1):
            add_server(self, number, Edge(far, number, UNTRUST))
        add_nf(self, 1, (Edge(far, servers + 1, TRUST), Edge(far, servers + 2, UNTRUST)))
        add_link(self, near, UPLINK, far, UPLINK)


topos = {"two_switches": TwoSwitches}
