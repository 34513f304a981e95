"""Learning on any connected network: whatever is sent arrives once, and at its addressee alone once that has spoken."""

from hypothesis import given, settings
from hypothesis import strategies as st

from nf.controller import learning
from nf.controller.intents import Output, Purpose
from nf.controller.topology import Place, Switch, Topology
from tests.controller.fake_switch import CONTROLLER, FakeNetwork
from tests.controller.graphs import topologies

EVERYONE = 0xFFFFFFFFFFFF


class Segment:
    """Switches that learn as the controller has them: told of a new sender, they get the entries for it."""

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self.fake = FakeNetwork(learning.wanted(topology).states[""], topology)
        self.dpids = {switch.name: switch.dpid for switch in topology.switches}
        self.told = 0

    def send(self, place: Place, source: int, target: int) -> list[Place]:
        """Where a frame comes out; the controller has then learnt from it."""
        frame = {"eth_src": source, "eth_dst": target, "eth_type": 0x0800}
        out = [each for each in self.fake.send(place, frame) if each.place.port != CONTROLLER]
        self._learn(place, source, target)
        return [each.place for each in out]

    def _learn(self, place: Place, source: int, target: int) -> None:
        leaving, met = self.fake.switches[place.switch].send(place.port, {"eth_src": source, "eth_dst": target})
        for port, _ in leaving:
            beyond = self.fake.links.get(Place(place.switch, port))
            if beyond:
                self._learn(beyond, source, target)
        if Purpose.SENDER_NEW in met:
            self.told += 1
            tables = self.fake.switches[place.switch].tables
            for intent in learning.learnt(self.dpids[place.switch], place.port, source):
                tables[intent.table] = [each for each in tables[intent.table] if each.key != intent.key] + [intent]


def stations(topology: Topology) -> dict[int, Place]:
    """Everybody who may send, by MAC address; legs that share a port are two stations at one place."""
    return {each.mac: each.place for each in (*topology.hosts, *topology.legs())}


@settings(max_examples=60, deadline=None)
@given(topologies(), st.randoms(use_true_random=False))
def test_a_broadcast_reaches_every_other_place_once(topology, random):
    segment, everyone = Segment(topology), stations(topology)
    mac = random.choice(sorted(everyone))
    reached = segment.send(everyone[mac], mac, EVERYONE)
    assert sorted(map(str, reached)) == sorted(map(str, {*everyone.values()} - {everyone[mac]}))


@settings(max_examples=60, deadline=None)
@given(topologies(), st.randoms(use_true_random=False))
def test_who_has_spoken_is_found_and_nobody_else_hears_it(topology, random):
    segment, everyone = Segment(topology), stations(topology)
    source, target = random.sample(sorted(everyone), 2)
    segment.send(everyone[target], target, EVERYONE)
    reached = segment.send(everyone[source], source, target)
    assert reached == [everyone[target]] * (everyone[source] != everyone[target])
    assert segment.send(everyone[target], target, source) == [everyone[source]] * (everyone[source] != everyone[target])


@settings(max_examples=30, deadline=None)
@given(topologies())
def test_the_controller_is_told_of_a_sender_once_a_switch(topology):
    segment, (mac, place) = Segment(topology), next(iter(stations(topology).items()))
    for _ in range(3):
        segment.send(place, mac, EVERYONE)
    assert segment.told == len(topology.switches)


def test_who_has_moved_is_found_at_the_new_place():
    topology = Topology((Switch("s1", 1, {1: "a", 2: "b", 3: "c"}),))
    segment = Segment(topology)
    segment.send(Place("s1", 1), 7, EVERYONE)
    assert segment.send(Place("s1", 3), 8, 7) == [Place("s1", 1)]
    segment.send(Place("s1", 2), 7, EVERYONE)
    assert segment.send(Place("s1", 3), 8, 7) == [Place("s1", 2)]


def test_what_no_bridge_passes_on():
    topology = Topology((Switch("s1", 1, {1: "a", 2: "b"}),))
    segment = Segment(topology)
    assert segment.send(Place("s1", 1), 7, 0x0180C200000E) == []  # LLDP
    assert segment.send(Place("s1", 1), EVERYONE, 8) == []
    assert segment.told == 0


def test_a_sender_is_a_station_in_a_whole_header():
    header = bytes.fromhex("ffffffffffff 020000000101 0806")
    assert learning.sender(header) == 0x020000000101
    assert learning.sender(header[:-1]) is None
    assert learning.sender(bytes.fromhex("020000000101 ffffffffffff 0806")) is None


def test_a_switch_alone_floods_to_all_its_ports():
    assert [each.instructions for each in learning.wanted_alone(5).states[""] if each.purpose is Purpose.FLOOD] == [
        (Output(learning.ALL),)]
    assert {each.dpid for each in learning.wanted_alone(5).states[""]} == {5}
    assert learning.wanted_alone(5).generation != learning.wanted_alone(6).generation


def test_an_addressee_is_remembered_longer_than_a_sender():
    assert learning.ADDRESSEE_SECONDS >= 2 * learning.SENDER_SECONDS
