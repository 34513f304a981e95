"""The inline topology: who stands where, and that it is plain Mininet."""

import pytest
from mininet.topo import Topo

import topologies
from topologies.inline import Inline
from topologies.roles import TRUST, UNTRUST, legs, stations


def test_ports_are_counted_through_clients_servers_legs() -> None:
    topo = Inline(clients=3, servers=2)
    assert [(station.name, station.edge.port) for station in stations(topo)] == [
        ("client1", 1), ("client2", 2), ("client3", 3), ("server1", 4), ("server2", 5)]
    assert [(leg.device, leg.edge.port, leg.edge.interface) for leg in legs(topo)] == [
        ("srx1-eth0", 6, TRUST), ("srx1-eth1", 7, UNTRUST)]


def test_clients_and_servers_stand_in_different_zones() -> None:
    assert {station.name[:6]: station.edge.interface for station in stations(Inline())} == {
        "client": TRUST, "server": UNTRUST}


def test_the_switch_forwards_nothing_by_itself() -> None:
    info = Inline().nodeInfo("s1")
    assert (info["datapath"], info["protocols"], info["failMode"]) == ("user", "OpenFlow13", "secure")


def test_found_by_its_file_name() -> None:
    assert "inline" in topologies.available()
    assert isinstance(topologies.load("inline", clients=1), Topo)


@pytest.mark.parametrize(("name", "parameters", "said"), [
    ("outline", {}, "topology 'outline': there is none; available: cluster, inline"),
    ("inline", {"routers": 2}, "topology 'inline': routers: expected clients or servers"),
    ("two_systems", {"clients": 2}, "topology 'two_systems': clients: expected no parameters"),
    ("inline", {"clients": 0}, "topology 'inline': clients=0: expected 1 to 99"),
    ("leaf_spine", {"spines": 100}, "topology 'leaf_spine': spines=100: expected 1 to 99"),
])
def test_what_is_not_there_is_one_clear_line(name: str, parameters: dict[str, int], said: str) -> None:
    with pytest.raises(topologies.TopologyError) as error:
        topologies.load(name, **parameters)
    assert str(error.value).startswith(said)
    assert "\n" not in str(error.value)
