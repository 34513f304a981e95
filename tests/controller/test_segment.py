from ipaddress import ip_address

import pytest

from nf.controller.intents import Purpose
from nf.controller.steering import decide
from nf.controller.topology import Place
from tests.controller.fake_switch import FakeNetwork
from tests.controller.networks import ONE, TWO, configuration, flow, packet

NOBODY = 0xFFFFFFFFFFFF
NOT_YET = str(ip_address(0))  # the asker of an ARP probe


@pytest.fixture(params=[ONE, TWO], ids=["one", "two"])
def network(request) -> FakeNetwork:
    it = FakeNetwork(decide(configuration([]), request.param), request.param)
    it.topology = request.param
    return it


def arp(asker: str, asked: str) -> dict[str, int]:
    return {"eth_src": 0xAA, "eth_dst": NOBODY, "eth_type": 0x0806, "arp_spa": int(ip_address(asker)),
            "arp_tpa": int(ip_address(asked))}


def neighbour(source: str, destination: str, kind: int, target: str) -> dict[str, int]:
    return packet(flow(source, destination, 0, 0, 58), icmpv6_type=kind, icmpv6_code=0,
                  ipv6_nd_target=int(ip_address(target)))


def places(network: FakeNetwork, place: Place, sent: dict[str, int]) -> list[Place]:
    leaving = network.send(place, sent)
    assert all(out.packet == sent for out in leaving)
    return [out.place for out in leaving]


def test_arp_goes_to_the_owner_of_the_address_unchanged(network):
    client, server = network.topology.hosts[:2]
    assert places(network, client.place, arp("10.0.0.1", "10.0.0.2")) == [server.place]
    assert places(network, server.place, arp("10.0.0.2", "10.0.0.1")) == [client.place]
    assert places(network, client.place, arp(NOT_YET, "10.0.0.2")) == [server.place]


def test_arp_for_an_unknown_address_reaches_edge_ports_and_no_leg(network):
    client = network.topology.hosts[0]
    reached = places(network, client.place, arp("10.0.0.1", "10.0.0.77"))
    edge = {Place("s1", port) for port in network.topology.switches[0].ports}
    assert set(reached) == edge - {client.place}


def test_nobody_answers_for_the_address_of_another(network):
    thief = network.topology.hosts[3]
    assert places(network, thief.place, arp("10.0.0.2", "10.0.0.1")) == []
    stolen = neighbour("2001:db8::4", "2001:db8::1", 136, "2001:db8::2")
    assert places(network, thief.place, stolen) == []


def test_neighbour_discovery_goes_to_the_owner_and_back(network):
    client, server = network.topology.hosts[:2]
    asked = neighbour("2001:db8::1", "ff02::1:ff00:2", 135, "2001:db8::2")
    assert places(network, client.place, asked) == [server.place]
    answer = neighbour("2001:db8::2", "2001:db8::1", 136, "2001:db8::2")
    assert places(network, server.place, answer) == [client.place]


def test_what_the_nf_says_of_itself_stays_with_it(network):
    for leg in network.topology.legs():
        assert places(network, leg.place, arp("10.0.0.2", "10.0.0.1")) == []
        assert network.send(leg.place, packet(flow("10.0.0.77", "10.0.0.1"))) == []


def test_the_longest_prefix_says_who_is_meant():
    network = FakeNetwork(decide(configuration([]), ONE), ONE)
    leg = ONE.legs()[0].place
    sent = packet(flow("192.0.2.7", "10.0.0.9"))
    assert [(out.place, out.packet["eth_src"], out.packet["eth_dst"]) for out in network.send(leg, sent)] == [
        (Place("s1", 2), 9, 9)]
    assert network.send(leg, sent)[0].met == (Purpose.NF_RETURN, Purpose.RESTORE, Purpose.FORWARD)
