"""What a graph says is in the controller's topology file."""

import tomllib

from hypothesis import given

import topologies
from tests.topologies.test_roles import COUNTS, NAMES
from topologies.description import describe
from topologies.roles import Role, legs, links, stations


@given(NAMES, COUNTS)
def test_description_says_all_that_the_graph_says(name: str, counts: dict[str, int]) -> None:
    topo = topologies.load(name, **counts)
    said = tomllib.loads(describe(topo))
    assert {(host["name"], host["mac"], tuple(host["ip"]), host["switch"], host["port"]) for host in said["host"]} == {
        (it.name, it.mac, (it.ip, it.ipv6), it.edge.switch, it.edge.port) for it in stations(topo)}
    assert {(each["name"], int(port), name) for each in said["switch"] for port, name in each["ports"].items()} == {
        (it.edge.switch, it.edge.port, it.edge.interface) for it in stations(topo)}
    described = [leg for nf in said["nf"] for leg in nf["legs"] if "mac" in leg]
    assert [(leg["interface"], leg["switch"], leg["port"], leg["mac"]) for leg in described] == [
        (leg.edge.interface, leg.edge.switch, leg.edge.port, leg.mac) for leg in (*legs(topo), *legs(topo, Role.PROXY))]
    assert {tuple(link["ends"]) for link in said.get("link", ())} == {
        (f"{a}:{port}", f"{b}:{other}") for a, port, b, other in links(topo)}
