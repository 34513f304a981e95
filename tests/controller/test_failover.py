"""What switches are told of a chassis cluster: nothing before a node is primary, then one entry for each port."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from os_ken.ofproto import ofproto_v1_3 as of

from nf.controller.cookies import cookie, purpose_of
from nf.controller.intents import Intent, Purpose
from nf.controller.steering import wanted
from nf.controller.topology import Leg, NetworkFunction, Place
from nf.protocols.heartbeat import Heartbeat, write
from tests.controller.networks import DMZ, ONE, TRUST, UNTRUST
from tests.controller.running import CONFIG, Running

LEGS = tuple(Leg(name, 0x30 + number, Place("s1", 21 + number)) for number, name in enumerate((TRUST, UNTRUST, DMZ)))
SECOND = NetworkFunction("srx2", LEGS, 1)
CLUSTER = replace(ONE, nf=replace(ONE.nf, node=0), others=(SECOND,))
FIRST = CLUSTER.nodes[0]
PORTS = (1, 2, 3, 4, *(leg.place.port for leg in CLUSTER.legs()))
BEAT = cookie(Intent(1, 0, 1, (), (), Purpose.HEARTBEAT), wanted(CONFIG, CLUSTER).generation)


class Told(Running):
    """A controller of the cluster, and its switch."""

    def __init__(self) -> None:
        super().__init__(CLUSTER)
        self.its = self.switch(1, *PORTS)
        self.its.install()
        assert self.lines.get(timeout=10).startswith("switch s1 ready")

    @property
    def led_to(self) -> dict[int, int]:
        """The output port of each edge port's diversion, as the switch was last told."""
        legs = [mod for mod in self.its.flow_mods if mod.command == of.OFPFC_ADD and purpose_of(mod.cookie) is Purpose.LEG]
        return {dict(mod.match.items())["in_port"]: mod.instructions[0].actions[-1].port for mod in legs}

    def beat(self, node: NetworkFunction, *, primary: bool, leaving: bool = False) -> None:
        for leg in node.legs:
            beat = Heartbeat(leg.interface, bytes.fromhex(CONFIG.digest), 0, leaving, primary)
            self.its.packet_in(BEAT, leg.place.port, write(beat, leg.mac.to_bytes(6)))


@pytest.fixture
def told() -> Iterator[Told]:
    it = Told()
    yield it
    it.controller.stop()
    it.thread.join(10)


def test_traffic_moves_by_one_entry_for_each_port_and_nothing_is_removed(told):
    assert told.led_to == {}  # a switch that was told before, by a controller that is gone, keeps to what it has
    installed = len(told.its.flow_mods)
    told.beat(FIRST, primary=True)
    told.says("srx1 (node0) primary: 1 policy diverts to it")
    told.its.install()
    assert told.led_to == {1: 11, 2: 12, 3: 13, 4: 11}
    assert told.lines.get(timeout=10).startswith("switch s1 ready")
    told.beat(SECOND, primary=False)
    told.says("srx2 (node1) up")

    moved = len(told.its.flow_mods)
    told.beat(FIRST, primary=True, leaving=True)
    told.says("failover to srx2 (node1): 1 policy diverts to it (srx1 (node0): ended at s1:11, s1:12, s1:13)")
    told.its.install()
    assert told.led_to == {1: 21, 2: 22, 3: 23, 4: 21}
    for mods in (told.its.flow_mods[installed:moved], told.its.flow_mods[moved:]):
        assert {purpose_of(mod.cookie) for mod in mods if mod.command == of.OFPFC_ADD} == {Purpose.LEG}
        assert {purpose_of(mod.cookie) for mod in mods if mod.command == of.OFPFC_DELETE} == {
            Purpose.FAIL_OPEN, Purpose.FAIL_CLOSED}  # none of which are there


def test_where_both_nodes_are_down_policies_fail_as_configured(told):
    told.beat(FIRST, primary=True)
    told.says("srx1 (node0) primary: 1 policy diverts to it")
    for node in CLUSTER.nodes:
        told.beat(node, primary=False, leaving=True)
    ended = "ended at s1:11, s1:12, s1:13"
    told.says(f"srx1 (node0) down ({ended})")
    told.says("chassis cluster down: 1 policy fails closed, 0 open "
              f"(srx1 (node0): {ended}; srx2 (node1): {ended.replace(':1', ':2')})")
