from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwmodel.session import FiveTuple
from nf.controller import pipeline
from nf.controller.intents import Purpose
from nf.controller.steering import decide, idle_interfaces
from nf.controller.topology import Topology, TopologyError
from nf.controller.verdicts import diverts
from nf.policy.match import AddressMatch, ApplicationTerm, PortRange
from nf.policy.policies import Action, Policy
from tests.controller.fake_switch import CONTROLLER, FakeNetwork, Leaving
from tests.controller.networks import (
    ACK_ONLY,
    ANYWHERE,
    NO_SERVICES,
    ONE,
    PROXIED,
    TWO,
    ZONES,
    applications,
    configuration,
    flow,
    interface,
    owner,
    packet,
    policy,
    tcp_term,
)

# A small world, so that policies and packets meet.
PORTS = st.sampled_from([22, 80, 443, 447, 40000, 65535])
ADDRESSES = {4: ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "192.0.2.7"],
             6: ["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4", "2001:db8:f::7"]}
PREFIXES = ["10.0.0.1/32", "10.0.0.2/31", "10.0.0.0/24", "192.0.2.0/24", "0.0.0.0/0", "2001:db8::1/128",
            "2001:db8::/64", "::/0"]
ZONE_LISTS = st.sampled_from([(), (), ("trust",), ("untrust", "dmz"), ("trust", "untrust"), ("nowhere",)])
RANGES = st.tuples(PORTS, PORTS).map(lambda pair: PortRange(min(pair), max(pair)))
FROM_PORTS = st.sampled_from([PortRange(), PortRange(), PortRange(40000, 40000), PortRange(1, 79)])
TERMS = st.one_of(st.just(ApplicationTerm()), st.just(ApplicationTerm()), st.just(ApplicationTerm(1)),
                  st.builds(ApplicationTerm, st.sampled_from([6, 17]), FROM_PORTS, RANGES))
SOME_PREFIXES = st.lists(st.sampled_from(PREFIXES).map(ip_network), max_size=2).map(tuple)
MATCHES = st.builds(AddressMatch, st.just(()), SOME_PREFIXES, st.booleans())
OPEN = st.sampled_from([(), (), ("any",), ("junos:HTTP",)])  # with the last, TCP's application decides
POLICIES = st.lists(st.builds(
    Policy, st.just("p"), ZONE_LISTS, ZONE_LISTS, st.one_of(st.just(ANYWHERE), MATCHES),
    st.one_of(st.just(ANYWHERE), MATCHES), st.lists(TERMS, min_size=1, max_size=2).map(lambda t: applications(*t)),
    st.sampled_from(Action), st.sampled_from([NO_SERVICES, PROXIED]), dynamic_applications=OPEN), max_size=4)
CONFIGURATIONS = st.builds(configuration, POLICIES, st.sampled_from([Action.DENY, Action.DENY, Action.PERMIT]))


@st.composite
def flows(draw: st.DrawFn, proto: int) -> FiveTuple:
    names = ADDRESSES[draw(st.sampled_from([4, 4, 6]))]
    source, destination = draw(st.permutations(names))[:2]
    return FiveTuple(ip_address(source), draw(PORTS), ip_address(destination), draw(PORTS), proto)


UPLINK = replace(ONE.hosts[4], addresses=(ip_network("0.0.0.0/0"), ip_network("::/0")))
ROUTED = replace(ONE, hosts=(*ONE.hosts[:4], UPLINK))


class World:
    """A configuration and a topology, asked about one flow."""

    def __init__(self, config, topology: Topology) -> None:
        self.config, self.topology = config, topology
        intents = decide(config, topology)
        assert pipeline.faults(intents) == []
        self.network = FakeNetwork(intents, topology)

    def view(self, way: FiveTuple) -> str:
        """What the policies say of a flow, seen as an initiator's: divert, permit or deny."""
        zones = [ZONES.zone_of(interface(self.topology, owner(self.topology, end))).name for end in (way.src, way.dst)]
        found = self.config.policies.lookup(*zones, way)
        if found and diverts(found) and way.proto == 6:
            return "divert"
        return "permit" if self.config.policies.action(*zones, way) is Action.PERMIT else "deny"

    def fate(self, way: FiveTuple, flags: int = 0x02) -> str:
        """What becomes of a packet that its source sends, with every detail of where it comes out checked."""
        source, destination = owner(self.topology, way.src), owner(self.topology, way.dst)
        sent = packet(way, flags)
        leaving = self.network.send(source.place, sent)
        if not leaving:
            return "deny"
        assert len(leaving) == 1
        if leaving[0].place.port == CONTROLLER:
            assert leaving[0].packet == sent
            return "deny"
        leg = self.topology.nf.leg(interface(self.topology, source))
        if leaving[0].place == leg.place:
            assert leaving[0].packet == {**sent, "eth_dst": leg.mac}
            return "divert"
        assert leaving[0].place == destination.place
        assert leaving[0].packet == {**sent, "eth_dst": destination.mac}
        return "permit"


def separate(topology: Topology, way: FiveTuple) -> bool:
    """Whether the two ends are behind different ports; a switch never sends a packet back where it came from."""
    return owner(topology, way.src).place != owner(topology, way.dst).place


@settings(max_examples=40, deadline=None)
@given(CONFIGURATIONS, st.sampled_from([ONE, TWO]), st.lists(flows(6), min_size=1, max_size=6))
def test_an_initial_tcp_packet_meets_what_the_policy_table_says(config, topology, ways):
    world = World(config, topology)
    for way in ways:
        if separate(topology, way):
            assert world.fate(way) == world.view(way)


@settings(max_examples=40, deadline=None)
@given(CONFIGURATIONS, st.sampled_from([ONE, TWO]), st.lists(flows(6), min_size=1, max_size=6))
def test_a_later_tcp_packet_is_diverted_or_passes_if_either_view_says_so(config, topology, ways):
    world = World(config, topology)
    for way in ways:
        if separate(topology, way):
            views = {world.view(way), world.view(way.reversed())}
            expected = next(answer for answer in ("divert", "permit", "deny") if answer in views)
            assert {world.fate(way, ACK_ONLY), world.fate(way, 0x12), world.fate(way, 0x04)} == {expected}


@settings(max_examples=30, deadline=None)
@given(CONFIGURATIONS, flows(17))
def test_udp_passes_both_ways_once_one_way_is_permitted(config, way):
    world = World(config, ONE)
    if separate(ONE, way):
        expected = "permit" if "permit" in {world.view(way), world.view(way.reversed())} else "deny"
        assert world.fate(way) == world.fate(way.reversed()) == expected


@settings(max_examples=30, deadline=None)
@given(CONFIGURATIONS, st.sampled_from([ONE, TWO]), flows(6), st.integers(0, 63), st.integers(0, 2))
def test_what_the_nf_sends_is_restored_and_never_diverted_again(config, topology, way, flags, leg):
    source, destination = owner(topology, way.src), owner(topology, way.dst)
    sent = packet(way, flags)
    leaving = World(config, topology).network.send(topology.legs()[leg].place, sent)
    assert [(each.place, each.packet) for each in leaving] == [
        (destination.place, {**sent, "eth_src": source.mac, "eth_dst": destination.mac})]


def fate(config, way: FiveTuple, flags: int = 0x02, **more: int) -> list[Leaving]:
    return FakeNetwork(decide(config, ONE), ONE).send(owner(ONE, way.src).place, packet(way, flags, **more))


def test_a_diverted_flow_reaches_both_legs():
    config = configuration([policy("web", services=PROXIED, application=applications(tcp_term(443)))])
    way = flow("10.0.0.1", "10.0.0.2")
    assert [(out.place.port, out.packet["eth_dst"]) for out in fate(config, way)] == [(11, 0x20)]
    assert [(out.place.port, out.packet["eth_dst"]) for out in fate(config, way.reversed(), 0x12)] == [(12, 0x21)]
    assert fate(config, way)[0].met[-2:] == (Purpose.DIVERT, Purpose.LEG)
    assert fate(config, way.reversed(), 0x12)[0].met[-2:] == (Purpose.REPLY_DIVERT, Purpose.LEG)


def test_a_permitted_flow_has_its_replies_and_no_flow_of_its_own_the_other_way():
    config = configuration([policy("ssh", application=applications(tcp_term(22)))])
    way = flow("10.0.0.1", "10.0.0.2", 22)
    assert [out.place.port for out in fate(config, way)] == [2]
    assert [out.place.port for out in fate(config, way.reversed(), 0x12)] == [1]
    assert fate(config, way.reversed()) == []  # a SYN from port 22 is no reply
    assert fate(config, flow("10.0.0.2", "10.0.0.1", 22)) == []


@pytest.mark.parametrize("first", ["divert", "permit", "deny"])
@pytest.mark.parametrize("second", ["divert", "permit", "deny"])
def test_the_first_policy_that_covers_a_packet_decides_in_both_views(first, second):
    made = {"divert": policy("a", services=PROXIED), "permit": policy("b"), "deny": policy("c", Action.DENY)}
    world = World(configuration([made[first], made[second]]), ONE)
    way = flow("10.0.0.1", "10.0.0.2")
    assert [world.fate(way), world.fate(way, ACK_ONLY), world.fate(way.reversed(), 0x12)] == [first] * 3


def test_ping_is_answered_and_not_returned():
    config = configuration([policy("ping", application=applications(ApplicationTerm(1, icmp_type=8)))])
    way = flow("10.0.0.1", "10.0.0.2", 0, 0, 1)
    ports = [[out.place.port for out in fate(config, each, icmpv4_type=kind, icmpv4_code=0)]
             for each in (way, way.reversed()) for kind in (8, 0)]
    assert ports == [[2], [], [], [1]]


def test_a_spoofed_source_address_is_dropped():
    config = configuration([], Action.PERMIT)
    sent = packet(flow("10.0.0.1", "10.0.0.3"))
    network = FakeNetwork(decide(config, ROUTED), ROUTED)
    assert network.switches["s1"].send(2, sent) == ([], (Purpose.SPOOFED,))  # the port of the router that owns 0/0
    assert [port for port, _ in network.switches["s1"].send(1, sent)[0]] == [3]


def test_excluded_addresses_are_what_is_left_of_the_whole_internet():
    excluded = AddressMatch(("bank",), (ip_network("192.0.2.0/24"), ip_network("2001:db8:b::/48")), negated=True)
    config = configuration([policy("web", services=PROXIED, destination=excluded)], Action.PERMIT)
    network = FakeNetwork(decide(config, ROUTED), ROUTED)
    ports = {name: network.send(ONE.hosts[0].place, packet(flow("10.0.0.1", name)))[0].place.port
             for name in ("192.0.2.7", "192.0.3.7", "223.255.255.255")}
    assert ports == {"192.0.2.7": 2, "192.0.3.7": 11, "223.255.255.255": 11}


def test_fragments_of_tcp_do_not_slip_past_a_policy_that_diverts():
    config = configuration([policy("web", services=PROXIED, application=applications(tcp_term(443)))], Action.PERMIT)
    network = FakeNetwork(decide(config, ONE), ONE)
    fragment = packet(flow("10.0.0.1", "10.0.0.2", 0, 0), 0)  # a switch reads ports of a fragment as 0
    assert network.switches["s1"].send(1, fragment) == ([], (Purpose.FRAGMENT,))


def test_a_diverting_policy_needs_a_leg_on_both_sides():
    config = configuration([policy("web", services=PROXIED)])
    two_legs = replace(ONE, nf=replace(ONE.nf, legs=ONE.nf.legs[:1]))
    with pytest.raises(TopologyError, match=r"topology: nf\.legs: policy 'web' .* interface 'ge-0/0/1\.0' needs a leg"):
        decide(config, two_legs)
    assert decide(configuration([policy("web")]), replace(ONE, nf=None))


def test_an_interface_in_no_zone_passes_nothing():
    config = replace(configuration([], Action.PERMIT), zone_map=replace(ZONES, zones={"trust": ZONES.zones["trust"]}))
    network = FakeNetwork(decide(config, ONE), ONE)
    assert network.send(owner(ONE, ip_address("10.0.0.1")).place, packet(flow("10.0.0.1", "10.0.0.2"))) == []
    assert network.send(owner(ONE, ip_address("10.0.0.2")).place, packet(flow("10.0.0.2", "10.0.0.1"))) == []
    assert idle_interfaces(config, ONE) == ["ge-0/0/1.0", "ge-0/0/2.0"]


def test_deciding_twice_gives_the_same_entries_once_each():
    config = configuration([policy("a", services=PROXIED), policy("b", application=applications(tcp_term(1, 1023)))])
    intents = decide(config, TWO)
    assert intents == decide(config, TWO)
    assert len({intent.key for intent in intents}) == len(intents)
