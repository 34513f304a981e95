import pytest

from nf.controller.liveness import PATIENCE, Liveness
from nf.controller.topology import Place
from nf.protocols.heartbeat import Heartbeat
from tests.controller.networks import DMZ, ONE, TRUST, TWO, UNTRUST

DIGEST = "ab" * 32
PORTS = {11: True, 12: True, 13: True}
LEGS = {leg.place: leg.interface for leg in ONE.legs()}
JUST_BEFORE = PATIENCE - 0.01


def beat(interface: str, digest: str = DIGEST, leaving: bool = False) -> Heartbeat:
    return Heartbeat(interface, bytes.fromhex(digest), 0, leaving)


class Watched(Liveness):
    """The legs of one switch, watched from time 0."""

    def __init__(self) -> None:
        super().__init__(ONE.nf, DIGEST)
        self.watch("s1", PORTS, 0.0)

    def all_beat(self, now: float) -> None:
        for place, interface in LEGS.items():
            self.heard(place, beat(interface), now)


def test_nothing_is_known_before_every_leg_was_heard():
    legs = Watched()
    for place, interface in LEGS.items():
        assert legs.up is None
        legs.heard(place, beat(interface), 0.1)
    assert legs.up is True
    assert legs.faults == ()


def test_one_leg_that_misses_three_beats_takes_the_nf_down():
    legs = Watched()
    legs.all_beat(0.0)
    for now in (1.0, 2.0, 3.0):
        for place, interface in list(LEGS.items())[1:]:
            legs.heard(place, beat(interface), now)
    legs.tick(JUST_BEFORE)
    assert legs.up is True
    legs.tick(PATIENCE)
    assert legs.up is False
    assert legs.why_down == "no heartbeat at s1:11"


def test_an_nf_that_was_never_heard_is_down_after_the_same_patience():
    legs = Watched()
    legs.tick(JUST_BEFORE)
    assert legs.up is None
    legs.tick(PATIENCE)
    assert (legs.up, legs.why_down) == (False, "no heartbeat at s1:11, s1:12, s1:13")


def test_it_is_up_again_after_two_beats_in_a_row_from_every_dead_leg():
    legs = Watched()
    legs.all_beat(0.0)
    legs.tick(PATIENCE)
    legs.all_beat(10.0)
    assert legs.up is False
    legs.tick(10.0 + PATIENCE)  # and no second one
    legs.all_beat(20.0)
    assert legs.up is False
    legs.all_beat(21.0)
    assert legs.up is True


def test_a_port_that_goes_down_is_known_at_once():
    legs = Watched()
    legs.all_beat(0.0)
    legs.port(Place("s1", 1), up=False)  # a client's
    assert legs.up is True
    legs.port(Place("s1", 12), up=False)
    assert (legs.up, legs.why_down) == (False, "port down at s1:12")
    legs.tick(PATIENCE)
    assert legs.why_down == "no heartbeat at s1:11, s1:13; port down at s1:12"
    legs.port(Place("s1", 12), up=True)
    assert legs.up is False


@pytest.mark.parametrize("ports", [{11: True, 13: True}, {11: True, 12: False, 13: True}])
def test_a_leg_whose_port_is_not_there_or_has_no_link_is_dead(ports):
    legs = Liveness(ONE.nf, DIGEST)
    legs.watch("s1", ports, 0.0)
    assert (legs.up, legs.why_down) == (False, "port down at s1:12")


def test_good_bye_is_believed():
    legs = Watched()
    legs.all_beat(0.0)
    legs.heard(Place("s1", 13), beat(DMZ, leaving=True), 0.5)
    assert (legs.up, legs.why_down) == (False, "ended at s1:11, s1:12, s1:13")


def test_nothing_follows_from_the_silence_of_a_switch():
    legs = Watched()
    legs.all_beat(0.0)
    legs.unwatch("s1")
    legs.tick(100.0)
    assert legs.up is True
    legs.watch("s1", PORTS, 100.0)
    legs.tick(100.0 + JUST_BEFORE)
    assert legs.up is True
    legs.tick(100.0 + PATIENCE)
    assert legs.up is False


def test_legs_of_other_switches_go_on():
    legs = Liveness(TWO.nf, DIGEST)
    for switch in ("s1", "s2", "s3"):
        legs.watch(switch, PORTS, 0.0)
    for leg in TWO.legs():
        legs.heard(leg.place, beat(leg.interface), 0.0)
    legs.unwatch("s3")
    legs.tick(PATIENCE)
    assert legs.why_down == "no heartbeat at s1:11, s2:13"


def test_a_heartbeat_from_anywhere_else_means_nothing():
    legs = Watched()
    legs.heard(Place("s1", 1), beat(TRUST, "cd" * 32), 0.0)
    legs.heard(Place("s9", 11), beat(TRUST, "cd" * 32), 0.0)
    assert (legs.up, legs.faults) == (None, ())


def test_another_configuration_is_a_fault_until_it_is_the_same():
    legs = Watched()
    for place, interface in LEGS.items():
        legs.heard(place, beat(interface, "cd" * 32), 0.0)
    assert legs.up is True
    (fault,) = legs.faults
    assert fault == "it runs another configuration than the controller (digest cdcdcdcdcdcd, expected abababababab)"
    legs.all_beat(1.0)
    assert legs.faults == ()


def test_exchanged_legs_are_a_fault():
    legs = Watched()
    legs.heard(Place("s1", 11), beat(UNTRUST), 0.0)
    assert legs.faults == ("at s1:11 is its leg 'ge-0/0/1.0', expected 'ge-0/0/0.0'",)


def test_without_an_nf_there_is_nothing_to_lose():
    legs = Liveness(None, "")
    legs.watch("s1", {}, 0.0)
    legs.tick(100.0)
    assert legs.up is True
