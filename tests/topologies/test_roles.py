"""Roles: what the graph says comes back as facts and as the controller's topology file."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st
from mininet.topo import Topo

from topologies.inline import Inline
from topologies.roles import Edge, Role, add_client, add_nf, add_server, add_switch, describe, legs, stations


def two_switches() -> Topo:
    topo = Topo()
    near, far = add_switch(topo, 1), add_switch(topo, 2)
    add_client(topo, 1, Edge(near, 1, "ge-0/0/0.0"))
    add_server(topo, 1, Edge(far, 1, "ge-0/0/1.0"))
    add_nf(topo, 1, (Edge(near, 2, "ge-0/0/0.0"), Edge(far, 2, "ge-0/0/1.0")))
    topo.addLink(near, far, port1=5, port2=6)
    return topo


@given(clients=st.integers(1, 40), servers=st.integers(1, 40))
def test_description_says_all_that_the_graph_says(clients: int, servers: int) -> None:
    topo = Inline(clients=clients, servers=servers)
    said = tomllib.loads(describe(topo))
    assert {(host["name"], host["mac"], host["ip"], host["switch"], host["port"]) for host in said["host"]} == {
        (it.name, it.mac, it.ip, it.edge.switch, it.edge.port) for it in stations(topo)}
    assert {int(port): name for port, name in said["switch"][0]["ports"].items()} == {
        it.edge.port: it.edge.interface for it in stations(topo)}
    assert [(leg["interface"], leg["port"], leg["mac"]) for leg in said["nf"][0]["legs"]] == [
        (leg.edge.interface, leg.edge.port, leg.mac) for leg in legs(topo)]


@given(clients=st.integers(1, 99), servers=st.integers(1, 99))
def test_no_two_share_an_address_or_a_port(clients: int, servers: int) -> None:
    topo = Inline(clients=clients, servers=servers)
    everyone, own = stations(topo), legs(topo)
    assert len({it.ip for it in everyone}) == len(everyone)
    assert len({it.mac for it in (*everyone, *own)}) == len(everyone) + len(own)
    assert len({it.edge.port for it in (*everyone, *own)}) == len(everyone) + len(own)


def test_links_between_switches_are_described() -> None:
    said = tomllib.loads(describe(two_switches()))
    assert said["link"] == [{"ends": ["s1:5", "s2:6"]}]
    assert [(switch["name"], switch["dpid"]) for switch in said["switch"]] == [("s1", 1), ("s2", 2)]
    assert [leg["switch"] for leg in said["nf"][0]["legs"]] == ["s1", "s2"]


def test_a_network_function_is_no_station() -> None:
    topo = two_switches()
    assert {it.role for it in stations(topo)} == {Role.CLIENT, Role.SERVER}
    assert {leg.nf for leg in legs(topo)} == {"srx1"}
