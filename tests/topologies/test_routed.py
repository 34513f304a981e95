"""Two subnets, each host with the SRX's address in its own as its router."""

from ipaddress import ip_address, ip_interface

import topologies
from topologies.roles import Role, stations


def test_each_host_is_in_the_subnet_of_its_role_and_so_is_its_router() -> None:
    topo = topologies.load("routed", clients=3, servers=2)
    for station in stations(topo):
        subnet = 1 if station.role is Role.CLIENT else 2
        info = topo.nodeInfo(station.name)
        assert info["defaultRoute"] == f"via 10.0.{subnet}.254"
        assert ip_address(f"10.0.{subnet}.254") in ip_interface(info["ip"]).network
        assert ip_address(station.ipv6_gateway) in ip_interface(f"{station.ipv6}/64").network
        assert station.ipv6.startswith(f"2001:db8:0:{subnet}::")
