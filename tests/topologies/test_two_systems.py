from nf.controller.topology_file import load
from topologies.description import describe
from topologies.roles import legs, stations
from topologies.two_systems import INTERFACES, TwoSystems


def test_every_host_has_an_interface_and_every_interface_a_leg() -> None:
    topo = TwoSystems()
    assert {station.name: station.edge.interface for station in stations(topo)} == dict(
        zip(("client1", "client2", "server1", "server2"), INTERFACES, strict=True))
    assert [leg.edge.interface for leg in legs(topo)] == list(INTERFACES)
    assert load(describe(topo), "two_systems").nf is not None
