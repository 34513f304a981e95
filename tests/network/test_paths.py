"""Over leaves and spines on real switches: every packet crosses each switch of its path once, and no other."""

import os

import pytest

import scenarios
from nf.controller import pipeline
from scenarios import launch
from scenarios.messages import Done, Job
from scenarios.observe import FlowEntry

pytestmark = [pytest.mark.network, pytest.mark.skipif(os.geteuid() != 0 or launch.obstacle("") is not None,
                                                      reason="needs root and what a lab runs")]
LEGS = ("02:00:00:00:11:00", "02:00:00:00:11:01")
LEAST = 4 * 5  # packets of four sessions in one direction


@pytest.fixture(scope="module")
def done() -> Done:
    scenario = scenarios.load("leaf_spine")
    return launch.run(Job(scenario, scenario.platform), lambda step: None, lambda done, ways: None)


def counted(done: Done, switch: str, table: pipeline.Table, *words: str) -> int:
    """Packets that the entries of a table with these words in match or actions have counted."""
    def fits(entry: FlowEntry) -> bool:
        said = f"{entry.match},{entry.actions},".replace("actions=", "")
        return (entry.switch, entry.table) == (switch, table.number) and all(f"{word}," in said for word in words)

    return sum(entry.packets for entry in done.observation.flows if fits(entry))


def test_what_is_diverted_reaches_the_legs_once(done: Done) -> None:
    assert done.differences == ()
    for leaf, leg in zip(("leaf1", "leaf2"), LEGS, strict=True):
        diverted = counted(done, leaf, pipeline.DIVERT)
        assert diverted >= LEAST
        assert counted(done, "spine1", pipeline.TRANSIT, f"dl_dst={leg}") == diverted
        assert counted(done, "leaf3", pipeline.TRANSIT, f"dl_dst={leg}") == diverted


def test_what_the_nf_sends_reaches_the_stations_once(done: Done) -> None:
    client, server = ("leaf1", "02:00:00:00:01:01", "1"), ("leaf2", "02:00:00:00:02:01", "101")
    for leaf, station, last in (client, server):
        addresses = (f"nw_dst=10.0.0.{last}", f"ipv6_dst=2001:db8::{last}")
        sent = sum(counted(done, "leaf3", pipeline.FORWARD, address) for address in addresses)
        beside = sum(counted(done, "leaf1", pipeline.FORWARD, address) for address in addresses)  # what the NF never sees
        assert sent >= LEAST
        assert counted(done, leaf, pipeline.TRANSIT, f"dl_dst={station}") == sent + beside


def test_nothing_takes_another_path(done: Done) -> None:
    assert not sum(entry.packets for entry in done.observation.flows if entry.switch == "spine2")
    for leaf in ("leaf1", "leaf2", "leaf3"):
        assert not counted(done, leaf, pipeline.CLASSIFY, "in_port=202")
    assert not counted(done, "leaf3", pipeline.DIVERT)
