"""Two nodes that hear each other, or do not: there is one primary, and it changes only for a reason."""

from hypothesis import given
from hypothesis import strategies as st

from nf.policy.chassis_cluster import RedundancyGroup
from nf.policy.redundancy import NO_NODE, UNFIT, Election, Role

PATIENCE = 3.0
GROUP = RedundancyGroup({0: 200, 1: 100})


class Pair:
    """Two nodes with a second's step; one that is not up neither speaks nor decides."""

    def __init__(self, group: RedundancyGroup = GROUP) -> None:
        self.now, self.group = 0.0, group
        self.nodes = [Election(node, group, PATIENCE, 0.0) for node in (0, 1)]
        self.up, self.fit = [True, True], [True, True]

    def seconds(self, count: int, *, linked: bool = True) -> "Pair":
        for _ in range(count):
            self.now += 1.0
            for node in (0, 1):
                if self.up[node]:
                    self._hear(self.nodes[node], self.nodes[1 - node], self.up[1 - node] and linked)
                    self.nodes[node].decide(self.now, fit=self.fit[node])
        return self

    def _hear(self, node: Election, other: Election, heard: bool) -> None:
        if heard:
            node.heard(other.own, self.now)
        else:
            node.lost()

    def restart(self, node: int) -> None:
        self.nodes[node], self.up[node] = Election(node, self.group, PATIENCE, self.now), True

    @property
    def roles(self) -> tuple[Role, Role]:
        return self.nodes[0].own.role, self.nodes[1].own.role


FIRST, SECOND = (Role.PRIMARY, Role.SECONDARY), (Role.SECONDARY, Role.PRIMARY)


def test_the_better_node_becomes_primary_and_a_tie_is_the_lower_nodes():
    assert Pair().seconds(2).roles == FIRST
    assert Pair(RedundancyGroup({0: 1, 1: 2})).seconds(2).roles == SECOND
    assert Pair(RedundancyGroup()).seconds(2).roles == FIRST


def test_a_node_alone_waits_for_the_other_and_then_goes_on_without_it():
    pair = Pair()
    pair.up[1] = False
    assert pair.seconds(2).roles[0] is Role.HOLD
    assert pair.seconds(2).roles[0] is Role.PRIMARY


def test_a_node_that_comes_back_stays_secondary():
    pair = Pair().seconds(2)
    pair.up[0] = False
    pair.seconds(2)
    assert pair.roles[1] is Role.PRIMARY
    pair.restart(0)
    assert pair.seconds(10).roles == SECOND
    assert pair.nodes[1].failovers == 2  # from the beginning: to node 0, and then to node 1


def test_one_that_may_preempt_takes_over_after_its_delay():
    pair = Pair(RedundancyGroup({0: 200, 1: 100}, preempt=True, preempt_delay=5)).seconds(2)
    pair.up[0] = False
    pair.seconds(2)
    pair.restart(0)
    assert pair.seconds(4).roles == SECOND
    assert pair.seconds(4).roles == FIRST


def test_a_node_that_cannot_carry_traffic_is_replaced_and_not_before_the_other_can():
    pair = Pair().seconds(2)
    pair.fit = [False, False]
    assert pair.seconds(2).roles == FIRST
    pair.fit[1] = True
    assert pair.seconds(2).roles == SECOND
    assert pair.nodes[0].own.priority == UNFIT
    pair.fit[0] = True
    assert pair.seconds(2).roles == SECOND


def test_an_operator_chooses_on_either_node_until_he_takes_it_back_or_that_node_is_lost():
    for asked in (0, 1):
        pair = Pair().seconds(2)
        pair.nodes[asked].chosen(1)
        assert pair.seconds(2).roles == SECOND
        assert [node.own.priority for node in pair.nodes] == [200, 255]
        pair.nodes[1 - asked].chosen(NO_NODE)
        assert pair.seconds(2).roles == SECOND  # taking it back is no failover
        assert [node.own.priority for node in pair.nodes] == [200, 100]
        pair.nodes[asked].chosen(1)
        pair.seconds(1).up[1] = False
        assert pair.seconds(2).roles[0] is Role.PRIMARY
        pair.restart(1)
        assert pair.seconds(3).roles == FIRST


def test_two_that_did_not_hear_each_other_agree_once_they_do():
    pair = Pair().seconds(5, linked=False)
    assert pair.roles == (Role.PRIMARY, Role.PRIMARY)
    assert pair.seconds(2).roles == FIRST


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.sampled_from([NO_NODE, 0, 1, None])),
                max_size=40), st.booleans())
def test_whatever_happens_there_is_one_primary_once_it_is_over(history, preempt):
    pair = Pair(RedundancyGroup({0: 200, 1: 100}, preempt))
    for first, second, linked, fit, chosen in history:
        for node, up in enumerate((first, second)):
            if up and not pair.up[node]:
                pair.restart(node)
            pair.up[node] = up
        pair.fit = [fit, True]
        if chosen is not None:
            pair.nodes[0].chosen(chosen)
        pair.seconds(1, linked=linked)
    for node in (0, 1):
        if not pair.up[node]:
            pair.restart(node)
    pair.fit = [True, True]
    assert pair.seconds(8).roles in (FIRST, SECOND)
