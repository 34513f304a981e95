"""The SRX's own addresses: asked for at the right ports, answered as os-ken's own parsers expect, and by nobody else."""

from dataclasses import replace
from ipaddress import ip_interface, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from os_ken.lib.packet import arp, ethernet, icmp, icmpv6, ipv6, packet
from os_ken.lib.packet.packet_utils import checksum_ip

from nf.controller.gateways import MAC, Gateways, gateways
from nf.controller.intents import Purpose
from nf.controller.pipeline import faults
from nf.controller.steering import decide
from nf.controller.topology import Place, TopologyError, link_local
from nf.policy.systems import LogicalSystem, Systems
from nf.policy.zones import Interface
from tests.controller.fake_switch import CONTROLLER, FakeNetwork
from tests.controller.networks import ONE, TRUST, UNTRUST, ZONES, configuration
from tests.controller.test_neighbours import arp as asks_by_arp
from tests.controller.test_neighbours import neighbour
from tests.controller.test_packets import frame, right_checksums

V4, V6, OTHER = "10.0.0.254", "2001:db8::254", "10.9.0.254"
HOST, MAC_TEXT = "02:00:00:00:01:01", "02:52:58:00:00:02"
ADDRESSED = replace(ZONES, interfaces={
    TRUST: Interface(TRUST, (ip_interface(f"{V4}/24"), ip_interface(f"{V6}/64"))),
    UNTRUST: Interface(UNTRUST, (ip_interface(f"{OTHER}/24"),))})
SYSTEMS = Systems((LogicalSystem(zone_map=ADDRESSED),))
OWN = gateways(SYSTEMS, ONE)


def request(target: str = V4, operation: int = arp.ARP_REQUEST) -> bytes:
    whole = packet.Packet()
    whole.add_protocol(ethernet.ethernet("ff:ff:ff:ff:ff:ff", HOST, 0x0806))
    whole.add_protocol(arp.arp(opcode=operation, src_mac=HOST, src_ip="10.0.0.1", dst_ip=target))
    whole.serialize()
    return bytes(whole.data)


def solicitation(source: str = "2001:db8::1", target: str = V6, hops: int = 255) -> bytes:
    whole = packet.Packet()
    whole.add_protocol(ethernet.ethernet("33:33:ff:00:02:54", HOST, 0x86DD))
    whole.add_protocol(ipv6.ipv6(src=source, dst="ff02::1:ff00:254", nxt=58, hop_limit=hops))
    whole.add_protocol(icmpv6.icmpv6(type_=icmpv6.ND_NEIGHBOR_SOLICIT, data=icmpv6.nd_neighbor(dst=target)))
    whole.serialize()
    return bytes(whole.data)


def test_an_arp_request_is_answered():
    answer = OWN.answer(TRUST, request() + bytes(18))  # padded to the shortest frame
    outer, reply = packet.Packet(answer).protocols[:2]
    assert (outer.src, outer.dst) == (MAC_TEXT, HOST)
    assert (reply.opcode, reply.src_mac, reply.src_ip, reply.dst_mac, reply.dst_ip) == (
        arp.ARP_REPLY, MAC_TEXT, V4, HOST, "10.0.0.1")


@pytest.mark.parametrize(("source", "station", "to", "flags"), [
    ("2001:db8::1", HOST, "2001:db8::1", 7), ("fe80::1", HOST, "fe80::1", 7), ("::", "33:33:00:00:00:01", "ff02::1", 5)])
@pytest.mark.parametrize("target", [V6, str(link_local(MAC))])
def test_a_solicitation_is_answered(source, station, to, flags, target):
    outer, inner, message = packet.Packet(OWN.answer(TRUST, solicitation(source, target))).protocols[:3]
    assert (outer.src, outer.dst) == (MAC_TEXT, station)
    assert (inner.src, inner.dst, inner.hop_limit) == (target, to, 255)
    told = message.data
    assert (message.type_, told.dst, told.res, told.option.hw_src) == (136, target, flags, MAC_TEXT)
    body = OWN.answer(TRUST, solicitation(source, target))[54:]
    assert checksum_ip(inner, len(body), body) == 0


@pytest.mark.parametrize(("interface", "frame"), [
    (TRUST, request(OTHER)), (UNTRUST, request()), ("ge-9/0/0.0", request()), (TRUST, request(operation=arp.ARP_REPLY)),
    (TRUST, request()[:41]), (TRUST, solicitation(target="2001:db8::1")), (TRUST, solicitation(hops=254)),
    (TRUST, solicitation()[:-1]), (TRUST, solicitation()[:-1] + b"\xee"), (UNTRUST, solicitation())])
def test_what_is_malformed_or_about_others_gets_no_answer(interface, frame):
    assert OWN.answer(interface, frame) is None
    assert interface != TRUST or PINGED.answer(interface, frame) is None


@given(st.binary(max_size=90), st.sampled_from([request(), solicitation()]), st.integers(0, 90))
def test_whatever_is_asked_nothing_is_raised(noise, frame, cut):
    OWN.answer(TRUST, frame[:cut] + noise)


def test_the_switch_tells_who_asks_where_the_interface_is():
    network = FakeNetwork(decide(replace(configuration([]), zone_map=ADDRESSED), ONE), ONE)
    for port, told in ((1, True), (4, True), (2, False), (3, False)):
        sent = [asks_by_arp("10.0.0.1", V4), neighbour("2001:db8::1", "ff02::1:ff00:254", 135, V6)]
        for each in sent:
            leaving, met = network.switches["s1"].send(port, each)
            assert (leaving == [(CONTROLLER, each)], met == (Purpose.GATEWAY,)) == (told, told), (port, each)


def ping(ends: tuple[str, str], station: str = "02:52:58:00:00:02") -> bytes:
    inner = icmp.icmp(8, 0, data=icmp.echo(7, 1, b"x" * 30)) if "." in ends[0] else icmpv6.icmpv6(
        type_=128, data=icmpv6.echo(7, 1, b"x" * 30))
    return frame(ends, inner, target=station)


PINGED = gateways(Systems((LogicalSystem(zone_map=replace(ADDRESSED, zones={
    **ZONES.zones, "trust": replace(ZONES.zones["trust"], pinged_at=(TRUST,))})),)), ONE)


@pytest.mark.parametrize(("ends", "kind"), [(("10.0.0.1", V4), 0), (("2001:db8::1", V6), 129)])
def test_a_ping_is_answered_where_the_zone_lets_it_in(ends, kind):
    sent = ping(ends)
    reply = packet.Packet(PINGED.answer(TRUST, sent))
    assert (reply.protocols[0].dst, reply.protocols[1].src, reply.protocols[1].dst) == (
        packet.Packet(sent).protocols[0].src, ends[1], ends[0])
    said = reply.protocols[2]
    assert (said.type, said.data.id, said.data.data) == (0, 7, b"x" * 30) if kind == 0 else said.type_ == kind
    assert right_checksums(reply)
    assert OWN.answer(TRUST, sent) is None
    assert PINGED.answer(UNTRUST, sent) is None
    assert PINGED.answer(TRUST, ping((ends[1], ends[0]))) is None
    assert PINGED.answer(TRUST, ping(ends, "ff:ff:ff:ff:ff:ff")) is None


def test_the_switch_tells_of_pings_only_there():
    told = {(field.name, field.value) for intent in PINGED.intents(ONE.switches[0]) for field in intent.match}
    assert {("icmpv4_type", 8), ("icmpv6_type", 128)} <= told
    silent = {(field.name, field.value) for intent in OWN.intents(ONE.switches[0]) for field in intent.match}
    assert not {("icmpv4_type", 8), ("icmpv6_type", 128)} & silent
    assert faults(PINGED.intents(ONE.switches[0])) == []


def test_nobody_else_answers_for_it():
    network = FakeNetwork(decide(replace(configuration([]), zone_map=ADDRESSED), ONE), ONE)
    assert network.send(Place("s1", 1), asks_by_arp(V4, "10.0.0.2")) == []
    assert network.send(Place("s1", 1), neighbour(V6, "2001:db8::2", 136, V6)) == []


def test_a_host_that_has_it_is_an_error():
    host = replace(ONE.hosts[0], addresses=(ip_network(V4),))
    with pytest.raises(TopologyError, match=f"host.ip: h1 has {V4}, which the configuration gives to interface '{TRUST}'"):
        gateways(SYSTEMS, replace(ONE, hosts=(host,)))


def test_without_addresses_nothing_is_asked_for():
    silent = gateways(Systems((LogicalSystem(zone_map=ZONES),)), ONE)
    assert list(silent.intents(ONE.switches[0])) == []
    assert Gateways({}).answer(TRUST, request()) is None
