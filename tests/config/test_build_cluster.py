import pytest

from nf.config import ConfigError, load
from nf.policy.chassis_cluster import ChassisCluster, RedundancyGroup

CLUSTER = """
set chassis cluster reth-count 2
set chassis cluster heartbeat-interval 2000
set chassis cluster heartbeat-threshold 4
set chassis cluster redundancy-group 0 node 0 priority 100
set chassis cluster redundancy-group 1 node 0 priority 200
set chassis cluster redundancy-group 1 node 1 priority 150
set chassis cluster redundancy-group 1 preempt delay 30
"""


def test_what_both_nodes_go_by():
    groups = {0: RedundancyGroup({0: 100}), 1: RedundancyGroup({0: 200, 1: 150}, preempt=True, preempt_delay=30)}
    cluster = load(CLUSTER, "c").cluster
    assert cluster == ChassisCluster(groups, 2, 2.0, 4)
    assert (cluster.patience, cluster.group(0).priority(1), cluster.group(1).priority(1)) == (8.0, 1, 150)
    assert load("", "c").cluster == ChassisCluster()


def test_what_does_nothing_is_told():
    text = CLUSTER + ("set security flow sync-icmp-session\n"
                      "set chassis cluster redundancy-group 2 node 0 priority 7\n"
                      "set security zones security-zone trust interfaces reth2.0\n"
                      "set chassis cluster redundancy-group 1 interface-monitor ge-0/0/0 weight 255\n")
    told = [(remark.line, remark.statement, remark.message) for remark in load(text, "c").warnings]
    assert told == [
        (2, "interfaces reth2", "is beyond 'chassis cluster reth-count 2': a device has no such interface"),
        (9, "security flow sync-icmp-session", "no effect yet"),
        (10, "chassis cluster redundancy-group 2", "elects a primary node that gets no traffic: all interfaces are in group 1"),
        (12, "chassis cluster redundancy-group interface-monitor", "no effect yet")]


def test_a_heartbeat_needs_time():
    with pytest.raises(ConfigError, match=r"c:4: '0': expected 1 or more"):
        load(CLUSTER.replace("threshold 4", "threshold 0"), "c")
