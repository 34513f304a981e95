"""Clients and a server in subnets of their own; two exits lead to the server, its own port and a router with a line to it.

    client1 ─ 1 ┐    ┌ 201 ─── 200 ─ exit1 ─ 1 ─ server1
                 s1                                  │ line
    client2 ─ 2 ┘    └ 202 ─── 200 ─ exit2 ─ 1 ─ server2
                 │ 3, 4
                srx1

Clients are in 10.0.1.0/24 at ge-0/0/0.0, servers in 10.0.2.0/24 at ge-0/0/1.0, each with 254 of their subnet as its router.
A lab makes server2 route IPv4 to server1, which answers by the line that it was last heard by; the controller is not told.
"""

from mininet.topo import Topo

from topologies.roles import TRUST, UNTRUST, Edge, add_client, add_line, add_link, add_nf, add_server, add_switch

CLIENTS, SERVERS = 1, 2  # subnets
UPLINK = 200  # above every port that a host may have


class TwoExits(Topo):
    """On s1 ports are counted through: clients first, then the two legs of srx1; every further server has a line to server1."""

    def build(self, clients: int = 1, servers: int = 2) -> None:
        """Build with so many clients and servers, at least one of each and at most 99."""
        inside, *exits = (add_switch(self, number, name) for number, name in enumerate(("s1", "exit1", "exit2"), 1))
        for number in range(1, clients + 1):
            add_client(self, number, Edge(inside, number, TRUST), CLIENTS)
        add_nf(self, 1, (Edge(inside, clients + 1, TRUST), Edge(inside, clients + 2, UNTRUST)))
        first, *others = (add_server(self, number, Edge(exits[number > 1], max(number - 1, 1), UNTRUST), SERVERS)
                          for number in range(1, servers + 1))
        for number, router in enumerate(others, 1):
            add_line(self, first, router, number)
        for number, name in enumerate(exits, 1):
            add_link(self, inside, UPLINK + number, name, UPLINK)


topos = {"two_exits": TwoExits}
