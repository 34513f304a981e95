"""Both legs of the NF at one port: a MAC address and a pulse for each."""

from dataclasses import replace

from nf.controller.liveness import PATIENCE, Liveness
from nf.controller.steering import decide
from nf.controller.topology import Leg, NetworkFunction, Place
from nf.protocols.heartbeat import Heartbeat
from tests.controller.fake_switch import FakeNetwork
from tests.controller.networks import ONE, PROXIED, SYN_ACK, TRUST, UNTRUST, configuration, flow, packet, policy

ARM = Place("s1", 11)
NF = NetworkFunction("srx1", (Leg(TRUST, 0x20, ARM), Leg(UNTRUST, 0x21, ARM)))
DIGEST = "00" * 32


def heartbeat(interface: str) -> Heartbeat:
    return Heartbeat(interface, bytes.fromhex(DIGEST), 1)


def test_what_is_diverted_is_addressed_to_the_leg_that_it_is_for():
    switch = replace(ONE.switches[0], ports={1: TRUST, 2: UNTRUST})
    topology = replace(ONE, switches=(switch,), hosts=ONE.hosts[:2], nf=NF)
    network = FakeNetwork(decide(configuration([policy("web", services=PROXIED)]), topology), topology)
    way = flow("10.0.0.1", "10.0.0.2")
    for port, sent, leg in ((1, packet(way), 0x20), (2, packet(way.reversed(), SYN_ACK), 0x21)):
        (out,) = network.send(Place("s1", port), sent)
        assert (out.place, out.packet["eth_dst"]) == (ARM, leg)
    assert [each.place for each in network.send(ARM, packet(way))] == [Place("s1", 2)]


def test_each_leg_must_be_heard_of():
    liveness = Liveness(NF, DIGEST)
    liveness.watch("s1", {11: True}, 0.0)
    liveness.heard(ARM, heartbeat(TRUST), 0.1)
    assert liveness.up is None
    liveness.heard(ARM, heartbeat(UNTRUST), 0.1)
    assert (liveness.up, liveness.faults) == (True, ())
    liveness.heard(ARM, heartbeat(TRUST), PATIENCE)
    liveness.tick(PATIENCE + 0.1)
    assert (liveness.up, liveness.why_down) == (False, "no heartbeat at s1:11")


def test_when_the_port_is_down_both_are():
    liveness = Liveness(NF, DIGEST)
    liveness.watch("s1", {11: False}, 0.0)
    assert (liveness.up, liveness.why_down) == (False, "port down at s1:11")
