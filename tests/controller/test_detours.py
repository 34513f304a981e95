"""Another way for one session, in the packets: both directions of the server's side, and nothing else."""

from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.session import FiveTuple
from nf.controller.detours import Detour, Detours, NoWay
from nf.controller.pipeline import faults
from nf.controller.steering import decide
from nf.controller.topology import Kind, Leg, NetworkFunction, Place, Switch, Topology
from nf.policy.apbr import Apbr, RoutingInstance
from nf.policy.systems import LogicalSystem, Systems
from nf.policy.zones import Route
from tests.controller.fake_switch import FakeNetwork, Leaving
from tests.controller.networks import ACK_ONLY, PROXIED, TRUST, UNTRUST, ZONES, configuration, flow, host, packet, policy

SPINES = ("spine1", "spine2")
LEAVES = (Switch("leaf1", 1, {1: TRUST}), Switch("leaf2", 2, {1: UNTRUST, 2: UNTRUST}), Switch("leaf3", 3))
OUTER = Leg(UNTRUST, 0x21, Place("leaf3", 2))
FABRIC = Topology(
    (*LEAVES, *(Switch(name, 10 + number) for number, name in enumerate(SPINES, 1))),
    (host(1, "leaf1", 1), host(2, "leaf2", 1, "192.0.2.0/24"), host(3, "leaf2", 2)),
    tuple((Place(leaf.name, 200 + number), Place(spine, leaf.dpid)) for leaf in LEAVES
          for number, spine in enumerate(SPINES, 1)),
    NetworkFunction("srx1", (Leg(TRUST, 0x20, Place("leaf3", 1)), OUTER)),
    paths={"spine2": ("spine2",), "loop": ("spine2", "leaf1", "spine2"), "far": ("spine2", "leaf1", "spine1")})
SESSION = flow("10.0.0.1", "192.0.2.7")
CLIENT, SERVER, OTHER = Place("leaf1", 1), Place("leaf2", 1), Place("leaf2", 2)
LEG_IN, LEG_OUT = Place("leaf3", 1), Place("leaf3", 2)


def of(sport: int) -> FiveTuple:
    return flow(str(SESSION.src), str(SESSION.dst), sport=sport)


def systems(instance: RoutingInstance) -> Systems:
    return Systems((LogicalSystem(zone_map=ZONES, services={"apbr": Apbr(instances={instance.name: instance})}),))


EXIT = systems(RoutingInstance("exit", (Route(ip_network("0.0.0.0/0"), ip_address("10.0.0.3")),)))


class Network:
    def __init__(self, instance: str = "", topology: Topology = FABRIC, known: Systems = EXIT) -> None:
        way = Detours(known, topology).way(SESSION, OUTER, instance) if instance else Detour(())
        assert isinstance(way, Detour)
        assert faults(way.entries) == []
        self.moved = moved = way.entries
        self.fake = FakeNetwork([*decide(configuration([policy("p", services=PROXIED)]), topology), *moved], topology)

    def sent(self, place: Place, back: bool = False, sport: int = SESSION.sport) -> Leaving:
        tuple_ = of(sport)
        (out,) = self.fake.send(place, packet(tuple_.reversed() if back else tuple_, ACK_ONLY))
        return out


def spines(leaving: Leaving) -> set[str]:
    return {place.switch for place in leaving.crossed} & set(SPINES)


def test_the_servers_side_goes_over_the_other_spine_both_ways() -> None:
    for instance, spine in (("", "spine1"), ("spine2", "spine2")):
        network = Network(instance)
        there, back = network.sent(LEG_OUT), network.sent(SERVER, back=True)
        assert (there.place, spines(there)) == (SERVER, {spine})
        assert (back.place, spines(back), back.packet["eth_dst"]) == (LEG_OUT, {spine}, 0x21)


def test_the_clients_side_and_other_sessions_stay() -> None:
    usual, moved = Network(), Network("spine2")
    for place, back, sport in ((CLIENT, False, SESSION.sport), (LEG_IN, True, SESSION.sport), (LEG_OUT, False, 9),
                               (SERVER, True, 9)):
        assert moved.sent(place, back, sport) == usual.sent(place, back, sport)


def test_it_takes_as_few_entries_as_can_be() -> None:
    assert sorted(entry.dpid for entry in Network("spine2").moved) == [2, 3], "the spine goes on as ever"
    far = Network("far")
    there, back = far.sent(LEG_OUT), far.sent(SERVER, back=True)
    assert ([place.switch for place in there.crossed], there.place) == (["leaf3", "spine2", "leaf1", "spine1"], SERVER)
    assert ([place.switch for place in back.crossed], back.place) == (["leaf2", "spine1", "leaf1", "spine2"], LEG_OUT)


def test_a_next_hop_of_the_routing_instance_is_another_exit() -> None:
    network = Network("exit")
    there = network.sent(LEG_OUT)
    assert (there.place, there.packet["eth_dst"]) == (OTHER, 3)
    back = network.sent(OTHER, back=True)
    assert (back.place, back.packet["eth_dst"]) == (LEG_OUT, 0x21)
    by_the_old_one = network.sent(SERVER, back=True)
    assert (by_the_old_one.place, by_the_old_one.packet["eth_dst"]) == (LEG_OUT, 0x21)
    assert network.fake.send(OTHER, packet(of(9).reversed(), ACK_ONLY)) == [], "others' answers are spoofed"


@pytest.mark.parametrize(("instance", "reason"), [
    ("loop", "meets a switch twice"), ("nowhere", "neither a [[path]] nor a next hop")])
def test_what_cannot_be_done_says_why(instance: str, reason: str) -> None:
    found = Detours(EXIT, FABRIC).way(SESSION, OUTER, instance)
    assert isinstance(found, NoWay)
    assert reason in found.reason


def beside(kind: Kind, switch: str, other: str = "", **more: tuple[str, ...]) -> Topology:
    """The fabric with a function that the way `x` leads through."""
    own = (Leg("", 0, Place(switch, 111)), Leg("", 0, Place(other or switch, 112)))
    if kind is Kind.PROXY:
        own = tuple(replace(leg, mac=0x30 + number) for number, leg in enumerate(own))
    return replace(FABRIC, others=(NetworkFunction("x1", own, kind=kind),), paths={"x": ("x1",), **more})


def function_on(topology: Topology, **more: Any) -> Network:
    return Network("x", topology, **more)


@given(st.sampled_from(list(Kind)[1:]), st.sampled_from([s.name for s in FABRIC.switches]),
       st.sampled_from([s.name for s in FABRIC.switches]), st.sampled_from(["", *SPINES]), st.sampled_from(["", *SPINES]))
def test_both_ways_lead_through_a_function_wherever_it_is(kind: Kind, near: str, far: str, before: str, behind: str) -> None:
    topology = beside(kind, near, far, y=tuple(filter(None, (before, "x1", behind))))
    way = Detours(EXIT, topology).way(SESSION, OUTER, "y")
    if isinstance(way, NoWay):
        assert "meets a switch twice" in way.reason
        return
    assert (way.functions, way.from_first) == ({"x1"}, kind is Kind.PROXY)
    network = Network("y", topology)
    ports, macs = (Place(near, 111), Place(far, 112)), (0x30, 0x31)
    for back, ways in ((False, (LEG_OUT, *ports, SERVER)), (True, (SERVER, *ports[::-1], LEG_OUT))):
        here, packet_ = ways[0], packet(SESSION.reversed() if back else SESSION, ACK_ONLY)
        for there in ways[1::2]:
            (out,) = network.fake.send(here, packet_)
            assert out.place == there
            if there in ports:
                assert kind is Kind.WIRE or out.packet["eth_dst"] == macs[ports.index(there)]
                here, packet_ = ways[2], out.packet
        assert (out.packet["eth_src"], out.packet["eth_dst"]) == ((2, 0x21) if back else (1, 2))


def test_what_a_function_says_of_itself_goes_nowhere() -> None:
    network = function_on(beside(Kind.WIRE, "spine2"))
    for sport in (SESSION.sport, 9):
        for back in (False, True):
            wrong = Place("spine2", 112 if back else 111)
            assert network.fake.send(wrong, packet(of(sport).reversed() if back else of(sport))) == []


def test_a_function_and_another_exit_go_together() -> None:
    known = systems(RoutingInstance("x", EXIT.all[0].services["apbr"].instances["exit"].routes))
    network = function_on(beside(Kind.WIRE, "spine2"), known=known)
    (out,) = network.fake.send(Place("spine2", 112), network.sent(LEG_OUT).packet)
    assert (out.place, out.packet["eth_dst"]) == (OTHER, 3)
    (back,) = network.fake.send(Place("spine2", 111), network.sent(OTHER, back=True).packet)
    assert back.place == LEG_OUT
