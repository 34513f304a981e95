"""The one-arm topology: both legs at one port."""

from topologies.one_arm import OneArm
from topologies.roles import TRUST, UNTRUST, legs, stations


def test_both_legs_are_at_the_port_after_the_hosts() -> None:
    topo = OneArm(clients=3, servers=2)
    assert [(station.name, station.edge.port) for station in stations(topo)] == [
        ("client1", 1), ("client2", 2), ("client3", 3), ("server1", 4), ("server2", 5)]
    assert [(leg.device, leg.port, leg.edge.port, leg.edge.interface) for leg in legs(topo)] == [
        ("srx1-leg0", "srx1-eth0", 6, TRUST), ("srx1-leg1", "srx1-eth0", 6, UNTRUST)]
