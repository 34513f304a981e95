"""A simulated cluster says what two live chassis say."""

from heapq import heappop, heappush

import pytest

from hwmodel.chassis import FirstPath
from hwmodel.cluster import Cluster
from hwmodel.session import Packet
from hwmodel.sessions import DECRYPTED
from hwmodel.standby import simulate_cluster
from hwmodel.workload import Workload, draw

MIXED = Workload(arrival_rate=200.0, duration=6.0, mean_life=1.5, tls_share=0.5)


@pytest.mark.parametrize("platform", ["srx1600", "srx5400-2spc2"])
def test_messages_costs_and_the_failover_are_those_of_two_chassis(platform: str) -> None:
    report, standby = simulate_cluster(platform, MIXED, seed=3, fail_at=4.0)
    sessions, cluster, leaving = draw(MIXED, 3), Cluster(report.platform), list[tuple[float, int]]()
    for number, at in enumerate(sessions.at.tolist()):
        if at >= 4.0:
            break
        while leaving and leaving[0][0] <= at:
            cluster.close(heappop(leaving)[1], at)
        placed = cluster.receive(Packet(sessions.flow(number)), at)
        assert isinstance(placed, FirstPath)
        heappush(leaving, (at + float(sessions.life[number]), placed.session.id))
        if sessions.flags[number] & DECRYPTED:
            cluster.decrypts(placed.session.id)
    while leaving and leaving[0][0] < 4.0:
        cluster.close(heappop(leaving)[1], 4.0)
    backup = cluster.secondary
    seconds = sum(spu.cpu_seconds for spu in backup.status(4.0))
    assert sum(cluster.statistics(0).sent.values()) == standby.messages
    assert seconds == pytest.approx(standby.mean_load * 4.0 * report.platform.threads)
    over = cluster.fail(4.0)
    assert standby.failover is not None
    assert (len(over.kept), len(over.lost)) == (standby.failover.kept, standby.failover.lost)
    assert standby.failover.decrypted == standby.failover.lost > 100


def test_the_measured_pair_comes_out() -> None:
    """25,000 sessions a second, 49,141 messages, 5 to 7 % of the backup's CPU (the lab's own figures)."""
    lab = Workload(arrival_rate=2500.0, duration=20.0, mean_life=0.5, tls_share=0.0)
    _, standby = simulate_cluster("srx1600", lab)
    assert standby.failover is None
    assert standby.message_rate == pytest.approx(4914.1, rel=0.05)
    assert 0.5 < 100 * standby.mean_load < 0.7


def test_what_was_lost_asks_for_nothing_more() -> None:
    steady = Workload(arrival_rate=200.0, duration=8.0, mean_life=60.0, tls_share=1.0)
    whole, _ = simulate_cluster("srx1600", steady)
    broken, standby = simulate_cluster("srx1600", steady, fail_at=4.0)
    assert standby.until == 4.0
    assert broken.series.sessions[0][3] == pytest.approx(whole.series.sessions[0][3])
    assert broken.series.sessions[0][4] < whole.series.sessions[0][4] / 3
