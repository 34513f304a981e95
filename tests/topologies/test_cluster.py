import topologies
from nf.controller.topology_file import load
from topologies.description import describe
from topologies.roles import functions, lines


def test_two_nodes_with_legs_of_the_same_interfaces_and_a_fabric_link_of_their_own():
    topo = topologies.load("cluster", clients=1)
    nodes = [(each.name, each.node, each.fabric) for each in functions(topo)]
    assert nodes == [("srx1", 0, "srx1-fab"), ("srx2", 1, "srx2-fab")]
    assert lines(topo) == ()
    described = load(describe(topo), "cluster").nodes
    assert [(node.name, [leg.place.port for leg in node.legs]) for node in described] == [("srx1", [3, 4]), ("srx2", [5, 6])]


def test_a_network_function_alone_is_no_node():
    [alone] = functions(topologies.load("inline"))
    assert (alone.name, alone.node, alone.fabric) == ("srx1", None, "")
