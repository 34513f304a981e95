"""Which node of a cluster gets the traffic, for whatever becomes of either."""

from hypothesis import given
from hypothesis import strategies as st

from nf.controller.liveness import PATIENCE
from nf.controller.redundancy import Redundancy
from nf.controller.steering import Nobody
from nf.policy.chassis_cluster import RedundancyGroup
from nf.protocols.heartbeat import Heartbeat
from tests.controller.networks import PAIR

DIGEST = "ab" * 32
SWITCHES = ("s1", "s2", "s3")
FIRST, SECOND = (node.name for node in PAIR.nodes)
OTHER = {FIRST: SECOND, SECOND: FIRST}
PORTS = {leg.place.port: True for leg in PAIR.legs()}


class Cluster:
    """Two nodes at switches that carry their entries from time 0."""

    def __init__(self, **priorities: int) -> None:
        group = RedundancyGroup({0: priorities.get("first", 200), 1: priorities.get("second", 100)})
        self.redundancy, self.now = Redundancy(PAIR.nodes, DIGEST, group), 0.0
        for switch in SWITCHES:
            self.redundancy.watch(switch, PORTS, 0.0)

    def second(self, beating: set[str], claiming: set[str]) -> object:
        """A second in which some nodes beat, and some of these say that they are primary; who gets the traffic after it."""
        self.now += 1.0
        for node in PAIR.nodes:
            if node.name in beating:
                for leg in node.legs:
                    beat = Heartbeat(leg.interface, bytes.fromhex(DIGEST), 0, primary=node.name in claiming)
                    self.redundancy.heard(leg.place, beat, self.now)
        self.redundancy.tick(self.now)
        return self.redundancy.decide()

    def seconds(self, count: int, beating: set[str], claiming: set[str]) -> object:
        return [self.second(beating, claiming) for _ in range(count)][-1]


BOTH = {FIRST, SECOND}
LOST = int(PATIENCE) + 1  # seconds


def test_the_node_that_says_so_gets_the_traffic_whatever_the_priorities_are():
    assert Cluster().second(BOTH, {SECOND}) == SECOND
    assert Cluster().second({FIRST}, {FIRST}) == FIRST  # though nothing is known of the other


def test_nothing_is_concluded_before_both_are_known_where_none_says_so():
    cluster = Cluster()
    assert cluster.second({SECOND}, set()) is Nobody.UNDECIDED
    assert cluster.seconds(LOST, {SECOND}, set()) == SECOND
    assert Cluster().second(BOTH, set()) == FIRST
    assert Cluster(second=201).second(BOTH, set()) == SECOND


def test_a_primary_that_is_about_to_live_is_waited_for():
    cluster = Cluster()
    assert cluster.seconds(LOST, set(), set()) is Nobody.DOWN
    assert cluster.second({SECOND}, set()) is Nobody.DOWN
    assert cluster.second(BOTH, {FIRST}) is Nobody.DOWN
    assert cluster.second(BOTH, {FIRST}) == FIRST


def test_a_lost_primary_is_replaced_and_does_not_get_the_traffic_back_by_coming_back():
    cluster = Cluster()
    cluster.seconds(2, BOTH, {FIRST})
    assert cluster.seconds(LOST, {SECOND}, set()) == SECOND
    assert "srx1 (node0): no heartbeat" in cluster.redundancy.why_down
    assert cluster.seconds(LOST, BOTH, {SECOND}) == SECOND
    assert cluster.redundancy.why_down == ""


def test_where_both_say_so_it_stays_where_it_is():
    cluster = Cluster()
    cluster.second(BOTH, {SECOND})
    assert cluster.seconds(3, BOTH, BOTH) == SECOND


def test_a_node_with_a_dead_leg_gets_nothing_even_if_it_says_that_it_is_primary():
    cluster = Cluster()
    cluster.seconds(2, BOTH, {FIRST})
    cluster.redundancy.port(PAIR.nodes[0].legs[0].place, up=False)
    assert cluster.redundancy.decide() == SECOND


@given(st.lists(st.tuples(st.sets(st.sampled_from([FIRST, SECOND])), st.sets(st.sampled_from([FIRST, SECOND]))), max_size=30))
def test_traffic_goes_to_a_node_that_lives_if_any_does(history: list[tuple[set[str], set[str]]]):
    cluster = Cluster()
    cluster.second(BOTH, {FIRST})
    for beating, claiming in history:
        found = cluster.second(beating, claiming)
        up = {name for name, state in cluster.redundancy.up.items() if state}
        claiming_up = up & {name for name in up if cluster.redundancy.claims(name)}
        assert found in ((claiming_up or up) | ({Nobody.DOWN} if not claiming_up else set()))
        assert up or found is Nobody.DOWN
    assert cluster.seconds(LOST, set(), set()) is Nobody.DOWN
