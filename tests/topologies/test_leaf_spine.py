"""Leaf and spine: every leaf is linked to every spine."""

from topologies.leaf_spine import LeafSpine
from topologies.roles import Role, legs, links, stations


def test_clients_servers_and_network_function_have_a_leaf_each() -> None:
    topo = LeafSpine(clients=3, servers=2)
    where = {(station.role, station.edge.switch) for station in stations(topo)}
    assert where == {(Role.CLIENT, "leaf1"), (Role.SERVER, "leaf2")}
    assert {leg.edge.switch for leg in legs(topo)} == {"leaf3"}


def test_every_leaf_is_linked_to_every_spine_once() -> None:
    found = links(LeafSpine(spines=3))
    assert sorted((a, b) for a, _, b, _ in found) == [
        (f"leaf{leaf}", f"spine{spine}") for leaf in (1, 2, 3) for spine in (1, 2, 3)]
    assert ("leaf2", 203, "spine3", 2) in found
