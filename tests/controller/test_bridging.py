"""A controller that only learns, and switches that speak OpenFlow to it over real sockets."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue

import pytest
from os_ken.ofproto import ofproto_v1_3 as of

from nf.controller.bridging import Bridging
from nf.controller.cookies import cookie, generation_of, purpose_of
from nf.controller.intents import Purpose
from nf.controller.launch import Server
from nf.controller.learning import ADDRESSEE_SECONDS, SENDER_SECONDS, wanted, wanted_alone
from nf.controller.steering import Wanted
from nf.controller.topology import Topology
from tests.controller.networks import TWO
from tests.controller.openflow_switch import OpenFlowSwitch

FRAME = bytes.fromhex("ffffffffffff 020000000101 0806").ljust(60, b"\0")


class Learning:
    """A controller in a thread of its own, and what it has to say."""

    def __init__(self, topology: Topology | None) -> None:
        self.lines: Queue[str] = Queue()
        self.switches: list[OpenFlowSwitch] = []
        self.server = Server(Bridging(topology, self.lines.put), "127.0.0.1:0", self.lines.put)
        self.thread = threading.Thread(target=self.server.serve, daemon=True)
        self.thread.start()
        assert self.says().startswith("ready: OpenFlow 1.3")

    def says(self) -> str:
        return self.lines.get(timeout=3)

    def switch(self, dpid: int, *ports: int) -> OpenFlowSwitch:
        self.switches.append(OpenFlowSwitch(self.server.address, dpid, ports))  # kept, or its connection would end
        self.switches[-1].install()
        return self.switches[-1]


@contextmanager
def running(topology: Topology | None) -> Iterator[Learning]:
    it = Learning(topology)
    try:
        yield it
    finally:
        it.server.stop()
        it.thread.join(10)
    assert not it.thread.is_alive()


@pytest.fixture(params=[None, TWO], ids=["no topology", "topology"])
def learning(request: pytest.FixtureRequest) -> Iterator[Learning]:
    with running(request.param) as it:
        yield it


def new_sender(entries: Wanted) -> int:
    """The cookie of the entry that tells of new senders."""
    own = entries.states[entries.first]
    return next(cookie(each, entries.generation) for each in own if each.purpose is Purpose.SENDER_NEW)


def test_a_new_sender_becomes_two_entries_and_its_former_place_is_forgotten(learning, request):
    topology = request.node.callspec.params["learning"]
    entries = wanted(topology) if topology else wanted_alone(1)
    switch = learning.switch(1, 1, 4, 11, 20)
    name, count = "s1" if topology else "0x1", len(entries.entries(1, entries.first))
    assert learning.says() == f"switch {name} ready: {count} entries"
    installed, number = len(switch.flow_mods), new_sender(entries)
    switch.packet_in(number, 4, FRAME)
    switch.packet_in(number + (1 << 16), 4, FRAME)  # of another purpose: nothing is learnt from it
    switch.packet_in(number, 4, FRAME[:13])
    switch.packet_in(number, 20, FRAME)
    first, second = (learnt(switch, installed + start) for start in (0, 3))
    for (gone, known, reached), port in ((first, 4), (second, 20)):
        assert gone.command == of.OFPFC_DELETE
        assert purpose_of(gone.cookie) is Purpose.SENDER_KNOWN
        assert dict(gone.match.items()) == {"eth_src": "02:00:00:00:01:01"}
        assert dict(known.match.items()) == {"in_port": port, "eth_src": "02:00:00:00:01:01"}
        assert dict(reached.match.items()) == {"eth_dst": "02:00:00:00:01:01"}
        assert reached.instructions[0].actions[0].port == port
        assert (known.hard_timeout, reached.hard_timeout) == (SENDER_SECONDS, ADDRESSEE_SECONDS)
        assert {generation_of(known.cookie), generation_of(reached.cookie)} == {generation_of(number)}
    switch.close()
    assert "disconnected" in learning.says()


def learnt(switch: OpenFlowSwitch, start: int) -> list[object]:
    """Three messages: the first comes before a barrier."""
    while len(switch.flow_mods) < start + 3:
        switch.until(of.OFPT_FLOW_MOD)
    return switch.flow_mods[start:start + 3]


def test_without_a_topology_any_switch_is_welcome_and_loops_are_warned_of():
    with running(None) as learning:
        said = []
        for dpid in (7, 8, 9):
            learning.switch(dpid, 1)
            said += [learning.says()]
            if "warning" in said[-1]:
                said += [learning.says()]
    assert said == ["switch 0x7 ready: 4 entries",
                    "warning: several switches and no --topology: links between them must not form a loop",
                    "switch 0x8 ready: 4 entries", "switch 0x9 ready: 4 entries"]


def test_with_a_topology_others_are_left_alone():
    with running(TWO) as learning:
        stranger = OpenFlowSwitch(learning.server.address, 77, (1,))
        stranger.until(of.OFPT_MULTIPART_REQUEST)
        assert learning.says() == "switch with datapath id 0x4d is not in topology: left alone"


def test_a_connection_that_ends_before_its_features_are_known_ends_nothing_else(learning):
    OpenFlowSwitch(learning.server.address, 1).close()
    learning.switch(2, 1)
    assert " ready: " in learning.says()
