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


def places(network: FakeNetwork, place: Place, sent: dict[str, int]) -> list[Place]:
    leaving = network.send(place, sent)
    assert all(out.packet == sent for out in leaving)
    return [out.place for out in leaving]


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


def test_a_vlan_tag_is_dropped_wherever_it_comes_in(network):
    client, leg = network.topology.hosts[0], network.topology.legs()[0]
    for place, way in ((client.place, flow("10.0.0.1", "10.0.0.2")), (leg.place, flow("10.0.0.2", "10.0.0.1"))):
        untagged, tagged = packet(way), packet(way, vlan_vid=0x1064)
        assert network.switches[place.switch].send(place.port, untagged)[1] != (Purpose.TAGGED,)
        assert network.switches[place.switch].send(place.port, tagged) == ([], (Purpose.TAGGED,))
