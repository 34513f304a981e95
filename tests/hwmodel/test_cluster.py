"""Two nodes: copies by messages, what they cost, and what a failover leaves."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hwmodel.chassis import FastPath, FirstPath
from hwmodel.cluster import SESSION_CLOSE, SESSION_CREATE, Cluster
from hwmodel.platform import load_platform
from hwmodel.session import ICMP, Packet, Session
from tests.hwmodel.hardware import flow, small_platform, syn


def opened(cluster: Cluster, client: int, now: float = 0.0) -> Session:
    placement = cluster.receive(syn(client), now)
    assert isinstance(placement, FirstPath)
    return placement.session


def test_every_session_is_on_both_nodes_by_one_message_each_way() -> None:
    cluster = Cluster(load_platform("srx1600"))
    sessions = [opened(cluster, client) for client in range(10)]
    cluster.close(sessions[0].id, 1.0)
    assert len(cluster.primary.sessions()) == len(cluster.secondary.sessions()) == 9
    sent, received = cluster.statistics(0), cluster.statistics(1)
    assert sent.sent == received.received == {SESSION_CREATE: 10, SESSION_CLOSE: 1}
    assert sent.received == received.sent == {}
    assert sent.bytes_sent == 11 * 1270


def test_the_labs_load_keeps_the_backup_as_busy_as_it_was() -> None:
    cluster = Cluster(load_platform("srx1600"))
    for client in range(2500):  # a tenth of the load, for a second
        cluster.close(opened(cluster, client, client / 2500).id, client / 2500)
    [backup] = cluster.secondary.status(1.0)
    assert 5.0 <= 10 * 100 * backup.cpu_seconds / 4 <= 7.0


@settings(deadline=None)
@given(st.sets(st.integers(0, 19)), st.sets(st.integers(0, 19)))
def test_after_a_failover_all_go_on_but_the_decrypted(decrypted: set[int], closed: set[int]) -> None:
    cluster = Cluster(small_platform((100, 100)))
    sessions = [opened(cluster, client) for client in range(20)]
    for client in decrypted:
        cluster.decrypts(sessions[client].id)
    for client in closed:
        cluster.close(sessions[client].id, 1.0)
    found = cluster.fail(2.0)
    assert {session.c2s.five_tuple for session in found.lost} == {flow(client) for client in decrypted - closed}
    assert set(found.kept) == {sessions[client].id for client in set(range(20)) - decrypted - closed}
    assert (cluster.active, len(cluster.primary.sessions()), cluster.secondary.sessions()) == (1, len(found.kept), ())
    for client in set(range(20)) - decrypted - closed:
        assert isinstance(cluster.receive(Packet(flow(client), opens=False), 3.0), FastPath)


def test_a_node_that_comes_back_gets_all_sessions_anew() -> None:
    cluster = Cluster(small_platform((100, 100)))
    opened(cluster, 1)
    cluster.fail(1.0)
    opened(cluster, 2)
    assert cluster.secondary.sessions() == ()
    cluster.rejoin(2.0)
    cluster.rejoin(2.0)
    assert len(cluster.secondary.sessions()) == 2
    assert len(cluster.fail(3.0).kept) == 2


@pytest.mark.parametrize("sync", [False, True])
def test_pings_are_kept_only_when_asked_for(sync: bool) -> None:
    cluster = Cluster(small_platform((100,)), sync_icmp=sync)
    cluster.receive(Packet(replace(flow(), proto=ICMP)), 0.0)
    assert len(cluster.secondary.sessions()) == int(sync)
    assert len(cluster.fail(1.0).lost) == int(not sync)


def test_a_session_without_room_on_the_backup_is_lost_with_its_node() -> None:
    cluster = Cluster(small_platform((4,)))
    for client in range(4):
        cluster.secondary.receive(syn(100 + client), 0.0)
    opened(cluster, 1)
    assert len(cluster.fail(1.0).lost) == 1
