"""Steering over any connected network: everything arrives once, on a shortest path, and comes back the same way."""

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from nf.controller.intents import Purpose
from nf.controller.steering import decide
from nf.controller.topology import Host, Place, Topology
from nf.policy.match import AddressMatch
from tests.controller.fake_switch import FakeNetwork, Leaving, Packet
from tests.controller.graphs import CLIENTS, SERVERS, topologies
from tests.controller.networks import ACK_ONLY, PROXIED, SYN_ACK, TRUST, UNTRUST, configuration, flow, packet, policy

BESIDE, THROUGH = CLIENTS
DIVERTING = {Purpose.DIVERT, Purpose.REPLY_DIVERT, Purpose.LEG}


class Network:
    """A topology with entries: client 1 passes beside the NF, client 2 through it."""

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        beside = AddressMatch(("h1",), topology.hosts[0].addresses)
        config = configuration([policy("beside", source=beside), policy("through", services=PROXIED)])
        self.fake = FakeNetwork(decide(config, topology), topology)
        self.graph = nx.Graph([(a.switch, b.switch) for a, b in topology.links])
        self.graph.add_nodes_from(switch.name for switch in topology.switches)

    def pass_on(self, start: Place, end: Place, sent: Packet) -> Leaving:
        """A packet sent at one place comes out once, at the other, having crossed no more links than it must."""
        (out,) = self.fake.send(start, sent)
        assert out.place == end
        assert len(out.crossed) == nx.shortest_path_length(self.graph, start.switch, end.switch)
        return out

    def back(self, crossed: tuple[Place, ...]) -> tuple[Place, ...]:
        """The same links, the other way round."""
        return tuple(self.fake.links[near] for near in reversed(crossed))

    def host(self, number: int) -> Host:
        return self.topology.hosts[number - 1]

    def leg(self, interface: str) -> Place:
        return self.topology.nf.leg(interface).place


ADDRESSES = st.sampled_from(["10.0.0.{}", "2001:db8::{}"])


@settings(max_examples=60, deadline=None)
@given(topologies(), st.sampled_from(SERVERS), ADDRESSES)
def test_what_is_diverted_goes_to_the_nf_and_on_and_back_the_same_way(topology, number, address):
    network = Network(topology)
    client, server = network.host(THROUGH), network.host(number)
    way = flow(address.format(THROUGH), address.format(number))
    for request, reply in ((packet(way), packet(way.reversed(), SYN_ACK)),
                           (packet(way, ACK_ONLY), packet(way.reversed(), ACK_ONLY))):
        to_nf = network.pass_on(client.place, network.leg(TRUST), request)
        onward = network.pass_on(network.leg(UNTRUST), server.place, request)
        reply_to_nf = network.pass_on(server.place, network.leg(UNTRUST), reply)
        to_client = network.pass_on(network.leg(TRUST), client.place, reply)
        assert reply_to_nf.crossed == network.back(onward.crossed)
        assert to_client.crossed == network.back(to_nf.crossed)
        assert not DIVERTING & {*onward.met, *to_client.met}
        assert (onward.packet["eth_src"], onward.packet["eth_dst"]) == (client.mac, server.mac)
        assert (to_client.packet["eth_src"], to_client.packet["eth_dst"]) == (server.mac, client.mac)


@settings(max_examples=60, deadline=None)
@given(topologies(), st.sampled_from(SERVERS), ADDRESSES)
def test_what_is_permitted_passes_beside_the_nf_and_comes_back_the_same_way(topology, number, address):
    network = Network(topology)
    way = flow(address.format(BESIDE), address.format(number))
    out = network.pass_on(network.host(BESIDE).place, network.host(number).place, packet(way))
    back = network.pass_on(network.host(number).place, network.host(BESIDE).place, packet(way.reversed(), SYN_ACK))
    assert back.crossed == network.back(out.crossed)
    assert not DIVERTING & {*out.met, *back.met}
    assert network.fake.send(network.host(number).place, packet(way.reversed())) == []  # a SYN of its own


@settings(max_examples=60, deadline=None)
@given(topologies(), st.permutations((*CLIENTS, *SERVERS)))
def test_arp_reaches_the_one_that_is_asked_for(topology, order):
    network = Network(topology)
    asking, asked = (network.host(number) for number in order[:2])
    request = {"eth_src": asking.mac, "eth_dst": 0xFFFFFFFFFFFF, "eth_type": 0x0806,
               "arp_spa": int(asking.addresses[0][0]), "arp_tpa": int(asked.addresses[0][0])}
    network.pass_on(asking.place, asked.place, request)
