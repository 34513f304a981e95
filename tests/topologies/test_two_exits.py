"""Two exits: server1 at one; the others, each with a line to server1, at the other."""

import tomllib

from topologies.description import describe
from topologies.roles import Role, legs, lines, links, stations
from topologies.two_exits import TwoExits


def test_clients_and_the_nf_are_inside_and_each_exit_has_a_switch() -> None:
    topo = TwoExits(clients=1, servers=3)
    assert [(it.name, it.edge.switch, it.edge.port) for it in stations(topo)] == [
        ("client1", "s1", 1), ("server1", "exit1", 1), ("server2", "exit2", 1), ("server3", "exit2", 2)]
    assert {leg.edge.switch for leg in legs(topo)} == {"s1"}
    assert {frozenset((a, b)) for a, _, b, _ in links(topo)} == {frozenset(("s1", name)) for name in ("exit1", "exit2")}


def test_the_controller_is_not_told_of_lines() -> None:
    topo = TwoExits(servers=3)
    assert lines(topo) == (("server1-eth1", "server2-eth1"), ("server1-eth2", "server3-eth1"))
    assert "eth" not in describe(topo)
    said = tomllib.loads(describe(topo))
    assert len(said["link"]) == 2
    assert len(said["host"]) == len(stations(topo))
    assert {it.role for it in stations(topo)} == {Role.CLIENT, Role.SERVER}
