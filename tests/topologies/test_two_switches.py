"""The topology of two switches: the network function stands with the servers."""

from topologies.roles import Role, legs, links, stations
from topologies.two_switches import UPLINK, TwoSwitches


def test_clients_here_servers_and_network_function_there() -> None:
    topo = TwoSwitches(clients=3, servers=2)
    where = {(station.role, station.edge.switch) for station in stations(topo)}
    assert where == {(Role.CLIENT, "s1"), (Role.SERVER, "s2")}
    assert [(leg.edge.switch, leg.edge.port) for leg in legs(topo)] == [("s2", 3), ("s2", 4)]
    assert links(topo) == (("s1", UPLINK, "s2", UPLINK),)
