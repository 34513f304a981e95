"""Roles: what the graph says comes back as facts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mininet.topo import Topo

import topologies
from topologies.roles import TRUST, UNTRUST, Edge, Role, add_nf, add_switch, functions, legs, links, stations

FIXED = {"two_systems"}  # topologies with nothing to choose
NAMES = st.sampled_from([name for name in topologies.available() if name not in FIXED])
COUNTS = st.fixed_dictionaries({"clients": st.integers(1, 99), "servers": st.integers(1, 99)})


@given(NAMES, COUNTS)
def test_no_two_share_an_address_or_a_port(name: str, counts: dict[str, int]) -> None:
    topo = topologies.load(name, **counts)
    everyone, own = stations(topo), legs(topo)
    functions = {it.nf for it in own}
    addresses = [*(ip for it in everyone for ip in (it.ip, it.ipv6)),
                 *(topo.nodeInfo(nf)["ip"].partition("/")[0] for nf in functions)]
    arms = {info["addr1"] for *_, info in topo.iterLinks(withInfo=True) if "legs" in info}
    macs = [*(it.mac for it in everyone), *arms]
    ports = [*((it.edge.switch, it.edge.port) for it in everyone), *{(it.edge.switch, it.edge.port) for it in own},
             *(end for a, port, b, other in links(topo) for end in ((a, port), (b, other)))]
    for them in (addresses, macs, ports, [it.mac for it in own], [it.device for it in own]):
        assert len(set(them)) == len(them)
    ids = [topo.nodeInfo(switch)["dpid"] for switch in topo.switches()]
    assert len(set(ids)) == len(ids)
    assert all(len(f"{it.nf}-eth{99}") <= 15 and len(it.device) <= 15 for it in own)  # what Linux allows


@pytest.mark.parametrize("name", topologies.available())
def test_every_topology_has_all_roles_and_goes_by_mininets_name(name: str) -> None:
    topo = topologies.load(name)
    assert {it.role for it in stations(topo)} == {Role.CLIENT, Role.SERVER}
    assert functions(topo)[0].name == "srx1"
    assert {function.node for function in functions(topo)} in ({None}, {0, 1})
    for function in functions(topo):
        interfaces = {leg.edge.interface for leg in function.legs}
        assert interfaces >= {TRUST, UNTRUST}
        assert {it.edge.interface for it in stations(topo)} == interfaces


def test_legs_at_one_port_are_devices_on_it() -> None:
    topo = Topo()
    add_nf(topo, 3, [Edge(add_switch(topo, 1), 7, name) for name in (TRUST, UNTRUST)])
    assert [(leg.device, leg.port, leg.mac) for leg in legs(topo)] == [
        ("srx3-leg0", "srx3-eth0", "02:00:00:00:13:00"), ("srx3-leg1", "srx3-eth0", "02:00:00:00:13:01")]
    (link,) = topo.iterLinks(withInfo=True)
    assert link[2]["addr1"] == "02:00:00:00:13:80"
