from ipaddress import ip_network

import pytest

from nf.controller.topology import Host, Kind, Leg, NetworkFunction, Place, Switch, Topology, TopologyError
from nf.controller.topology_file import load

GOOD = """
[[switch]]
name = "s1"
dpid = 1
ports = { 1 = "ge-0/0/0.0", 2 = "ge-0/0/1.0" }
[[switch]]
name = "s2"
dpid = 2
ports = {}
[[host]]
name = "client1"
mac = "00:00:00:00:00:0A"
ip = "10.0.0.1"
switch = "s1"
port = 1
[[host]]
name = "router"
mac = "00:00:00:00:00:0b"
ip = ["10.0.0.254", "0.0.0.0/0", "::/0"]
switch = "s1"
port = 2
[[link]]
ends = ["s1:5", "s2:5"]
[[nf]]
name = "srx1"
legs = [ { interface = "ge-0/0/0.0", switch = "s2", port = 3, mac = "00:00:00:00:00:13" } ]
"""


def test_everything_becomes_facts():
    switches = (Switch("s1", 1, {1: "ge-0/0/0.0", 2: "ge-0/0/1.0"}), Switch("s2", 2, {}))
    hosts = (Host("client1", 10, (ip_network("10.0.0.1"),), Place("s1", 1)),
             Host("router", 11, tuple(map(ip_network, ("10.0.0.254", "0.0.0.0/0", "::/0"))), Place("s1", 2)))
    nf = NetworkFunction("srx1", (Leg("ge-0/0/0.0", 0x13, Place("s2", 3)),))
    assert load(GOOD, "t.toml") == Topology(switches, hosts, ((Place("s1", 5), Place("s2", 5)),), nf, "t.toml")


@pytest.mark.parametrize(("old", "new", "message"), [
    ("[[switch]]", "[[switch", "t.toml: not TOML: "),
    ("dpid = 1", 'dpid = "one"', "t.toml: switch[0].dpid: Expected 'int', got 'str'"),
    ("dpid = 1", "", "t.toml: switch[0]: Object missing required field 'dpid'"),
    ("dpid = 1", "dpid = -1", "t.toml: switch[0].dpid: -1 is no datapath id; expected 0 to 2^64-1"),
    ("dpid = 1", "dpid = 1\ndpip = 2", "t.toml: switch[0]: Object contains unknown field 'dpip'"),
    ("dpid = 2", "dpid = 1", "t.toml: switch: dpid 1 is there twice"),
    ('{ 1 = "ge', '{ a = "ge', "t.toml: switch[0].ports: Expected 'int', got 'str'"),
    ('{ 1 = "ge', '{ 0 = "ge', "t.toml: switch[0].ports: port 0: expected 1 to 0xffffff00"),
    ("00:00:00:00:00:0A", "00:00:00:00:00", "t.toml: host[0].mac: '00:00:00:00:00' is no MAC address; expected six"),
    ("00:00:00:00:00:0A", "01:00:5e:00:00:01", "t.toml: host[0].mac: '01:00:5e:00:00:01' is no station's"),
    ("00:00:00:00:00:0A", "00:00:00:00:00:0b", "t.toml: host and leg: mac 00000000000b is there twice"),
    ('"10.0.0.1"', '"10.0.0.1/24"', "t.toml: host[0].ip: '10.0.0.1/24': expected an IP address, or a prefix without"),
    ('"10.0.0.1"', '"10.0.0.254"', "t.toml: host: ip 10.0.0.254/32 is there twice"),
    ('switch = "s1"\nport = 1', 'switch = "s9"\nport = 1', "t.toml: host[0].switch: 's9' is not there; expected 's1'"),
    ('switch = "s1"\nport = 1', 'switch = "s1"\nport = 3',
     "t.toml: host[0].port: 3 is no edge port of 's1'; expected '1' or '2'"),
    ('"s1:5"', '"s1"', "t.toml: link[0].ends: 's1': expected SWITCH:PORT, such as 's1:5'"),
    ('"s1:5"', '"s1:1"', "t.toml: link[0].ends: port s1:1 is already in use as edge port ge-0/0/0.0"),
    ('"s1:5"', '"s2:6"', "t.toml: link[0].ends: both ends are on switch 's2'"),
    ("port = 3", "port = 5", "t.toml: nf[0].legs[0]: port s2:5 is already in use as link"),
    ('interface = "ge-0/0/0.0"', 'interface = "ge-0/0/9.0"',
     "t.toml: nf[0].legs[0].interface: 'ge-0/0/9.0' is no edge port's; expected 'ge-0/0/0.0' or 'ge-0/0/1.0'"),
    ("[[link]]", '[[nf]]\nname = "srx0"\nlegs = []\n[[link]]', "t.toml: nf: expected one network function, or the two of"),
    ('name = "srx1"', 'name = "srx1"\nnode = 2', "t.toml: nf[0].node: 2: expected 0 or 1, a node of the chassis cluster"),
    ('name = "srx1"', 'name = "srx1"\nnode = 1', "t.toml: nf: expected one network function, or the two of"),
])
def test_a_mistake_is_told_with_file_and_key(old, new, message):
    assert old in GOOD
    with pytest.raises(TopologyError) as raised:
        load(GOOD.replace(old, new, 1), "t.toml")
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)


def test_a_file_without_switches_is_a_mistake():
    with pytest.raises(TopologyError, match=r"t\.toml: switch: expected at least one \[\[switch\]\]"):
        load("switch = []", "t.toml")


def test_legs_may_share_a_port_but_not_with_anything_else():
    other = '{ interface = "ge-0/0/1.0", switch = "s2", port = 3, mac = "00:00:00:00:00:14" }'
    one_arm = GOOD.replace("legs = [", f"legs = [ {other},")
    assert {leg.place for leg in load(one_arm, "t.toml").legs()} == {Place("s2", 3)}
    with pytest.raises(TopologyError, match=r"nf\[0\]\.legs\[0\]: port s1:1 is already in use as edge port"):
        load(GOOD.replace("legs = [", f"legs = [ {other.replace('s2', 's1').replace('= 3', '= 1')},"), "t.toml")


def test_a_path_is_a_routing_instance_and_switches():
    assert load(GOOD + '[[path]]\ninstance = "RI1"\nvia = ["s1"]\n', "t").paths == {"RI1": ("s1",)}
    with pytest.raises(TopologyError, match="'s9' is not there"):
        load(GOOD + '[[path]]\ninstance = "RI1"\nvia = ["s9"]\n', "t")
    with pytest.raises(TopologyError, match="instance RI1 is there twice"):
        load(GOOD + 2 * '[[path]]\ninstance = "RI1"\nvia = []\n', "t")


SECOND = """
[[nf]]
name = "srx2"
node = 0
legs = [ { interface = "ge-0/0/0.0", switch = "s1", port = 7, mac = "00:00:00:00:00:17" } ]
"""


def test_two_nodes_of_a_cluster_have_the_same_interfaces_and_ports_of_their_own():
    pair = GOOD.replace('name = "srx1"', 'name = "srx1"\nnode = 1') + SECOND
    topology = load(pair, "t.toml")
    assert [(each.name, each.node) for each in topology.nodes] == [("srx2", 0), ("srx1", 1)]
    assert topology.nf == topology.nodes[0]
    assert {leg.place for leg in topology.legs()} == {Place("s2", 3), Place("s1", 7)}
    other = topology.diverting_to(topology.nodes[1])
    assert (other.nf.name, other.nodes, set(other.legs())) == ("srx1", topology.nodes, set(topology.legs()))
    with pytest.raises(TopologyError, match="nf: the nodes of a chassis cluster have legs of the same interfaces"):
        load(pair.replace('"ge-0/0/0.0", switch = "s1"', '"ge-0/0/1.0", switch = "s1"'), "t.toml")
    with pytest.raises(TopologyError, match=r"nf\.legs: port s2:3 is there twice"):
        load(pair.replace('"s1", port = 7', '"s2", port = 3'), "t.toml")
    with pytest.raises(TopologyError, match="nf: name srx1 is there twice"):
        load(pair.replace('"srx2"', '"srx1"'), "t.toml")


WIRE = '[[nf]]\nname = "ids1"\nkind = "wire"\nlegs = [{ switch = "s2", port = 11 }, { switch = "s2", port = 12 }]\n'
PROXY = """[[nf]]
name = "srx2"
kind = "proxy"
legs = [
    { interface = "ge-0/0/8.0", switch = "s2", port = 21, mac = "00:00:00:00:00:21" },
    { interface = "ge-0/0/9.0", switch = "s2", port = 22, mac = "00:00:00:00:00:22" },
]
"""
PATH = '[[path]]\ninstance = "RI1"\nvia = ["s2", "ids1", "srx2"]\n'


def test_functions_that_paths_lead_through_stand_beside_the_one_that_traffic_is_diverted_to():
    topology = load(WIRE + PROXY + GOOD + PATH, "t")
    assert [(each.name, each.kind) for each in topology.further] == [("ids1", Kind.WIRE), ("srx2", Kind.PROXY)]
    assert (topology.nf.name, topology.nodes, topology.paths["RI1"]) == ("srx1", (topology.nf,), ("s2", "ids1", "srx2"))
    assert topology.legs() == topology.nf.legs
    assert (topology.leg_ports("s2"), topology.beating_ports("s2")) == ((3,), (21, 22))


@pytest.mark.parametrize(("old", "new", "message"), [
    ("{ switch = \"s2\", port = 11 }, ", "", "t: nf[0].legs: 1 legs: a wire has two, the clients' side first"),
    ("port = 11 }", 'port = 11, mac = "00:00:00:00:00:77" }', "t: nf[0].legs[0]: the leg of a wire has a switch and a port"),
    ("port = 11", "port = 12", "t: nf[0].legs[1]: port s2:12 is already in use as a wire's leg"),
    ('kind = "wire"', 'kind = "wyre"', "t: nf[0].kind: Invalid enum value 'wyre'"),
    ('kind = "wire"', 'kind = "wire"\nnode = 0', "t: nf[0].node: 0: expected"),
    ('interface = "ge-0/0/8.0", ', "", "t: nf[1].legs[0].interface: expected the function's own name of it"),
    ('name = "srx2"', 'name = "s2"', "t: nf: name s2 is there twice"),
    ('"ids1", "srx2"', '"ids2", "srx2"', "t: path[0].via: 'ids2' is not there; expected 's1' or 's2' or 'ids1' or 'srx2'"),
    ('"ids1", "srx2"', '"ids1", "ids1"', "t: path[0].via: function ids1 is there twice"),
])
def test_a_mistake_about_a_function_is_told_with_file_and_key(old, new, message):
    text = WIRE + PROXY + GOOD + PATH
    assert old in text
    with pytest.raises(TopologyError) as raised:
        load(text.replace(old, new, 1), "t")
    assert str(raised.value).startswith(message)
