"""What a running device says of itself."""

from pathlib import Path

import pytest

from tests.helpers.loopback_network import Network
from tests.helpers.waiting import until


def test_spus_as_the_platform_has_them(network: Network) -> None:
    answer = network.proxy.ask("monitoring")
    assert answer["platform"] == "srx5400-2spc2"
    flow = [spu for spu in answer["spus"] if spu["max-sessions"]]
    assert {spu["worker"] for spu in flow} == {0, 1}
    assert all(spu["alive"] and 0 <= spu["cpu"] <= 100 and spu["sessions"] <= spu["max-sessions"] for spu in flow)


def test_a_session(network: Network) -> None:
    until(network.proxy.is_idle, "earlier sessions are over")
    with network.client() as client:
        row, = until(lambda: [row for row in network.proxy.ask("sessions")["sessions"] if row["policy-name"]], "the row")
        ends = (row["source-address"], row["source-port"]), (row["destination-address"], row["destination-port"])
        assert ends == (client.getsockname(), network.origin.address)
        assert row["age"] >= 0
        assert (row["source-zone-name"], row["destination-zone-name"], row["protocol"]) == ("trust", "untrust", 6)


def test_counters_grow_by_what_happened(network: Network) -> None:
    until(network.proxy.is_idle, "earlier sessions are over")
    before = network.proxy.counters()
    for _ in range(3):
        network.client().close()
    until(lambda: network.proxy.counters()["decrypted"] == before.get("decrypted", 0) + 3, "three more")
    charged = sum(spu["bytes"] for spu in network.proxy.ask("monitoring")["spus"])
    assert charged > 3 * 1000


def test_workers_are_the_processes_there_are(network: Network) -> None:
    pids = network.proxy.workers()
    assert sorted(pids) == [0, 1]
    parent = network.proxy.process.pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii")
    assert sorted(map(int, children.split())) == sorted(pids.values())


@pytest.mark.parametrize("word", [None, 7, "", "session"])
def test_a_word_that_is_not_known_is_answered_with_those_that_are(network: Network, word: object) -> None:
    error = network.proxy.ask(word)["error"]  # type: ignore[arg-type]  # that is the point
    for known in ("monitoring", "sessions", "statistics", "workers"):
        assert known in error
