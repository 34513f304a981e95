"""What the modelled box shows of a real session."""

from tests.helpers.loopback_network import Network
from tests.helpers.waiting import until


def test_a_session_is_on_one_thread_in_the_caches_and_in_the_central_points_table(network: Network) -> None:
    proxy = network.proxy
    until(proxy.is_idle, "earlier sessions are over")
    with network.client() as client:
        client.sendall(b"x")
        client.recv(1)
        until(lambda: proxy.ask("cp-sessions")["pics"][0]["valid"] == 1, "the worker has told of the session")
        assert proxy.ask("np-cache")["wings"] == 2
        [central_point] = proxy.ask("cp-sessions")["pics"]
        assert central_point["total"] == 1
        assert central_point["maximum"] == 2 * central_point["maximum-inet6"]
    until(proxy.is_idle, "the session is over")
    assert proxy.ask("np-cache")["wings"] == 0
    busy = [thread for spu in proxy.ask("monitoring")["spus"] for thread in spu["threads"] if thread["last-hour"] > 0]
    assert len(busy) <= proxy.ask("statistics")["counters"]["decrypted"]


def test_cards_and_a_forwarding_process(network: Network) -> None:
    inventory = network.proxy.ask("inventory")
    assert {spu["fpc"] for spu in inventory["spus"]} <= {card["slot"] for card in inventory["cards"]}
    assert network.proxy.ask("forwarding")["real-time-threads"] is None


def test_flow_status_names_the_distribution(network: Network) -> None:
    assert network.proxy.ask("flow-status") == {
        "distribution": "hash_based", "tracing": False, "drop-flow": {"max-sessions": 0.0, "timeout": 4.0}}
