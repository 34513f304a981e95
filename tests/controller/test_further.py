"""Functions that ways lead through: a wire by its ports, another SRX by its heartbeats."""

from nf.controller.further import Further, News
from nf.controller.liveness import PATIENCE
from nf.controller.topology import Kind, Leg, NetworkFunction, Place
from nf.protocols.heartbeat import Heartbeat

NEAR, FAR = Place("s1", 11), Place("s2", 12)
LEGS = Leg("ge-0/0/0.0", 0x30, NEAR), Leg("ge-0/0/1.0", 0x31, FAR)
IDS, SRX2 = NetworkFunction("ids1", LEGS, kind=Kind.WIRE), NetworkFunction("srx2", LEGS, kind=Kind.PROXY)


def test_a_wire_is_there_while_both_ports_are_up() -> None:
    further = Further([IDS])
    further.watch("s1", {11: True}, 0.0)
    further.watch("s2", {12: True}, 0.0)
    assert further.news(0.0) == []
    further.port(FAR, False)
    assert further.news(1.0) == [News("ids1", False, "port down at s2:12")]
    assert further.news(2.0) == []
    further.unwatch("s1")
    further.port(FAR, True)
    assert further.news(3.0) == [News("ids1", True)]


def test_a_wire_whose_port_is_missing_is_not_there() -> None:
    further = Further([IDS])
    further.watch("s1", {}, 0.0)
    assert further.news(0.0) == [News("ids1", False, "port down at s1:11")]


def test_another_srx_is_there_while_it_is_heard_whatever_its_configuration() -> None:
    further = Further([SRX2])
    for switch, port in (("s1", 11), ("s2", 12)):
        further.watch(switch, {port: True}, 0.0)
    for place, leg in zip((NEAR, FAR), LEGS, strict=True):
        further.heard(place, Heartbeat(leg.interface, bytes(32), 0), 1.0)
    assert further.news(1.0) == []
    (news,) = further.news(1.0 + PATIENCE)
    assert (news.name, news.up) == ("srx2", False)
    assert "no heartbeat" in news.why
