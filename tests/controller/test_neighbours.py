"""ARP and neighbour discovery: they reach whom they are about, and nobody speaks for another."""

from ipaddress import ip_address

import pytest

from nf.controller.steering import decide
from nf.controller.topology import Place, link_local
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


def test_nobody_asks_in_the_name_of_another(network):
    """A solicitation tells its sender's MAC address to whom it asks."""
    client, server, _, thief = network.topology.hosts[:4]
    target = "2001:db8::2"
    for source in ("2001:db8::1", str(link_local(client.mac))):
        asked = neighbour(source, "ff02::1:ff00:2", 135, target)
        assert places(network, client.place, asked) == [server.place]
        assert places(network, thief.place, asked) == []


@pytest.mark.parametrize("source", ["::", "fe80::1234"])
def test_a_station_without_an_address_or_with_one_of_its_choice_may_ask(network, source):
    client, server = network.topology.hosts[:2]
    assert places(network, client.place, neighbour(source, "ff02::1:ff00:2", 135, "2001:db8::2")) == [server.place]


def test_link_local_addresses_made_from_mac_addresses_are_known(network):
    """Linux asks from them whether a neighbour is still there."""
    client, server = network.topology.hosts[:2]
    own, other = str(link_local(client.mac)), str(link_local(server.mac))
    assert places(network, client.place, neighbour(own, other, 135, other)) == [server.place]
    assert places(network, server.place, neighbour(other, own, 136, other)) == [client.place]


def test_link_local_address_of_rfc_4291():
    assert str(link_local(0x340000_000001)) == "fe80::3600:ff:fe00:1"


@pytest.mark.parametrize("kind", [133, 134, 137])  # router solicitation and advertisement, redirect
@pytest.mark.parametrize("source", ["fe80::1234", "2001:db8::4"])
def test_what_routers_say_reaches_nobody(network, source, kind):
    place = network.topology.hosts[3].place
    for destination in ("ff02::1", "2001:db8::1"):
        sent = packet(flow(source, destination, 0, 0, 58), icmpv6_type=kind, icmpv6_code=0)
        assert places(network, place, sent) == []
