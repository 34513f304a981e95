from dataclasses import replace
from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nf.config.configuration import Configuration
from nf.controller import pipeline
from nf.controller.cookies import cookie, describe
from nf.controller.intents import Intent, Purpose
from nf.controller.steering import decide, idle_interfaces
from nf.controller.topology import Leg, Place, Topology, TopologyError
from nf.controller.verdicts import diverts
from nf.controller.zoning import zoning
from nf.policy.policies import Action, Policy, PolicyTable
from nf.policy.systems import LogicalSystem, Systems
from nf.policy.zones import Interface, Zone, ZoneMap
from tests.controller.fake_switch import FakeNetwork
from tests.controller.networks import ONE, TWO, UNTRUST, flow, host, interface, owner, packet, policy
from tests.controller.test_steering import POLICIES, World, flows, separate

# h1 and h4 are in the box's zone trust, h2 (and the router h9) in the system one's untrust, h3 and h5 in its trust.
MORE = replace(ONE.switches[0], ports={**ONE.switches[0].ports, 5: "ge-0/0/3.0"})
DIVIDED = replace(ONE, switches=(MORE,), hosts=(*ONE.hosts, host(5, "s1", 5)), nf=replace(
    ONE.nf, legs=(*ONE.nf.legs, Leg("ge-0/0/3.0", 0x30, Place("s1", 14)))))
OUTER_ZONES = ZoneMap({"trust": Zone("trust", ("ge-0/0/0.0",))})
INNER_ZONES = ZoneMap({"trust": Zone("trust", ("ge-0/0/2.0", "ge-0/0/3.0")), "untrust": Zone("untrust", (UNTRUST,))})
ADDRESSES = st.sampled_from(["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"])


def divided(outer: tuple[Policy, ...], inner: tuple[Policy, ...], default: Action = Action.DENY) -> Configuration:
    one = LogicalSystem("one", "logical-system", INNER_ZONES, PolicyTable(inner, default))
    return Configuration(zone_map=OUTER_ZONES, policies=PolicyTable(outer, default), logical_systems={"one": one})


class Divided(World):
    """Two systems on one switch."""

    def view(self, way):
        systems = self.config.systems
        source, destination = (interface(self.topology, owner(self.topology, end)) for end in (way.src, way.dst))
        if systems.of(source) is not systems.of(destination):
            return "deny"
        table = systems.of(source).policies
        zones = [systems.zone_of(name).name for name in (source, destination)]
        found = table.lookup(*zones, way)
        if found and diverts(found):
            return "divert"
        return "permit" if table.action(*zones, way) is Action.PERMIT else "deny"


@settings(max_examples=60, deadline=None)
@given(st.builds(divided, POLICIES.map(tuple), POLICIES.map(tuple), st.sampled_from(Action).filter(
    lambda action: action is not Action.REJECT)), st.sampled_from([DIVIDED, TWO]), st.lists(flows(6), min_size=1, max_size=8))
def test_each_system_has_its_own_policies_and_nothing_crosses(config, topology, ways):
    world = Divided(config, topology)
    for way in ways:
        if separate(topology, way):
            assert world.fate(way) == world.view(way)


@settings(max_examples=40, deadline=None)
@given(st.builds(divided, POLICIES.map(tuple), POLICIES.map(tuple), st.just(Action.PERMIT)), st.integers(0, 255),
       ADDRESSES, ADDRESSES)
def test_no_tcp_packet_crosses_whatever_its_flags(config, flags, source, destination):
    systems, way = config.systems, flow(source, destination)
    ends = [systems.of(interface(DIVIDED, owner(DIVIDED, end))).name for end in (way.src, way.dst)]
    if ends[0] != ends[1]:
        network = FakeNetwork(decide(config, DIVIDED), DIVIDED)
        assert network.send(owner(DIVIDED, way.src).place, packet(way, flags)) == []


def test_numbers_of_a_system_share_their_upper_bits():
    found = zoning(divided((), ()).systems, DIVIDED)
    outer, inner = found.territories
    assert {number & ~inner.every.mask for number in inner.numbers.values()} == {1, 2}
    assert {number & inner.every.mask for number in inner.numbers.values()} == {inner.every.value}
    assert {number & outer.every.mask for number in outer.numbers.values()} == {outer.every.value}
    assert len(set(found.by_interface.values())) == 3


def test_one_system_matches_nothing_for_any_zone():
    only, = zoning(Systems((LogicalSystem(zone_map=OUTER_ZONES),)), ONE).territories
    assert only.every == pipeline.ANY_ZONE


def test_more_zones_than_numbers():
    many = {f"z{n}": Zone(f"z{n}", (f"ge-0/0/{n}.0",)) for n in range(2047)}
    inner = tuple(LogicalSystem(f"s{n}", "tenant", ZoneMap({"t": Zone("t", (f"ge-1/0/{n}.0",))})) for n in range(2))
    switch = replace(ONE.switches[0], ports=dict(enumerate(
        [*(f"ge-0/0/{n}.0" for n in range(2047)), "ge-1/0/0.0", "ge-1/0/1.0"], 1)))
    topology = Topology((switch,))
    zoning(Systems((LogicalSystem(zone_map=ZoneMap(many)), inner[0])), topology)
    with pytest.raises(TopologyError, match="2049 zones in 3 systems"):
        zoning(Systems((LogicalSystem(zone_map=ZoneMap(many)), *inner)), topology)


def test_policies_are_counted_over_all_systems_and_named_with_theirs():
    config = divided((policy("a"),), (policy("b", zones=("trust", "untrust")),))
    entries = [intent for intent in decide(config, DIVIDED) if intent.policy]
    assert {intent.policy for intent in entries} == {2}, "the box has no zone untrust"
    intent = Intent(1, 2, 3, (), (), Purpose.PERMIT, 2)
    assert describe(cookie(intent, 1), config).startswith("logical-system one policy trust->untrust b: ")


def test_a_system_whose_interfaces_have_no_port_has_no_entries():
    stray = LogicalSystem("two", "tenant", ZoneMap({"t": Zone("t", ("ge-9/0/0.0",))}, {"x.0": Interface("x.0")}),
                          PolicyTable((policy("p", zones=("t", "t")),), Action.PERMIT))
    config = replace(divided((), ()), tenants={"two": stray})
    assert len(zoning(config.systems, TWO).territories) == 2
    assert not [intent for intent in decide(config, TWO) if intent.policy]
    assert idle_interfaces(config, TWO) == []


def who_hears(network, sender, asked):
    sent = {"eth_src": 0xAA, "eth_dst": 0xFFFFFFFFFFFF, "eth_type": 0x0806,
            "arp_spa": int(ip_address(f"10.0.0.{sender}")), "arp_tpa": int(ip_address(asked))}
    place = next(each.place for each in DIVIDED.hosts if each.name == f"h{sender}")
    return {out.place.port for out in network.send(place, sent)}


@pytest.mark.parametrize(("sender", "asked", "ports"), [
    (1, "10.0.0.4", {4}), (1, "10.0.0.2", {4}), (1, "10.0.0.3", {4}), (1, "10.0.0.77", {4}),
    (2, "10.0.0.3", {3}), (2, "10.0.0.1", {3, 5}), (2, "10.0.0.77", {3, 5})])
def test_systems_do_not_hear_each_other(sender, asked, ports):
    intents = decide(divided((), (), Action.PERMIT), DIVIDED)
    assert pipeline.faults(intents) == []
    assert who_hears(FakeNetwork(intents, DIVIDED), sender, asked) == ports


def test_a_port_without_zone_is_not_heard_where_there_are_systems():
    config = replace(divided((), ()), zone_map=ZoneMap({"trust": Zone("trust", ("ge-7/0/0.0",))}), tenants={
        "two": LogicalSystem("two", "tenant", ZoneMap({"t": Zone("t", ("ge-0/0/2.0",))}))}, logical_systems={
        "one": LogicalSystem("one", "logical-system", ZoneMap({"t": Zone("t", (UNTRUST,))}))})
    network = FakeNetwork(decide(config, DIVIDED), DIVIDED)
    assert who_hears(network, 1, "10.0.0.4") == who_hears(network, 3, "10.0.0.2") == set()
