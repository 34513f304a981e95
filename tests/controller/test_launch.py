import logging
import signal
import socket
import threading
from collections.abc import Iterator
from queue import Queue

import pytest
from os_ken.ofproto import ofproto_v1_3 as of

from nf.controller import switches
from nf.controller.cookies import MARK, MARK_MASK, cookie, generation, stale
from nf.controller.launch import Controller, ListenError, run
from nf.controller.steering import decide
from tests.controller.networks import PROXIED, TWO, applications, configuration, policy, tcp_term
from tests.controller.openflow_switch import OpenFlowSwitch

CONFIG = configuration([policy("web", services=PROXIED, application=applications(tcp_term(443)))])
WANTED = decide(CONFIG, TWO)
COUNT = {switch.dpid: sum(intent.dpid == switch.dpid for intent in WANTED) for switch in TWO.switches}
S1_PORTS = (1, 4, 11, 20)


class Running:
    """A controller in a thread of its own, and what it has to say."""

    def __init__(self) -> None:
        self.lines: Queue[str] = Queue()
        self.switches: list[OpenFlowSwitch] = []
        self.controller = Controller(CONFIG, TWO, "127.0.0.1:0", self.lines.put)
        self.thread = threading.Thread(target=self.controller.serve, daemon=True)
        self.thread.start()
        self.says(f"ready: OpenFlow 1.3 on 127.0.0.1:{self.controller.address[1]}")

    def says(self, line: str) -> None:
        assert self.lines.get(timeout=10) == line

    def switch(self, dpid: int, *ports: int) -> OpenFlowSwitch:
        self.switches.append(OpenFlowSwitch(self.controller.address, dpid, ports))
        return self.switches[-1]


@pytest.fixture
def running() -> Iterator[Running]:
    it = Running()
    yield it
    it.controller.stop()
    it.thread.join(10)
    assert not it.thread.is_alive()
    assert it.lines.empty()


def test_a_switch_gets_exactly_its_entries_and_is_reported_after_its_barrier_reply(running):
    switch = running.switch(1, *S1_PORTS)
    xid = switch.until(of.OFPT_BARRIER_REQUEST)
    assert running.lines.empty()
    switch.send(of.OFPT_BARRIER_REPLY, b"", xid)
    running.says(f"switch s1 ready: {COUNT[1]} entries")
    current = generation(WANTED)
    deleted = [mod for mod in switch.flow_mods if mod.command == of.OFPFC_DELETE]
    added = switch.flow_mods[len(deleted):]
    assert [(mod.cookie, mod.cookie_mask, mod.table_id) for mod in deleted] == [
        (value, mask, of.OFPTT_ALL) for value, mask in stale(current)]
    assert [(mod.table_id, mod.priority, mod.cookie, len(mod.match.items())) for mod in added] == [
        (intent.table, intent.priority, cookie(intent, current), len(intent.match)) for intent in WANTED
        if intent.dpid == 1]
    switch.close()
    running.says("switch s1 disconnected; it goes on with the entries that it has")


def test_ports_that_the_topology_names_and_the_switch_lacks_are_told(running):
    running.switch(2, 1, 20).install()
    running.says(f"switch s2 ready: {COUNT[2]} entries")
    running.says("switch s2 has no port 2, 13 yet, which topology names")


def test_a_switch_that_is_not_in_the_topology_is_left_alone(running):
    stranger = running.switch(0x99)
    stranger.until(of.OFPT_MULTIPART_REQUEST)
    running.says("switch with datapath id 0x99 is not in topology: left alone")
    assert stranger.flow_mods == []


def test_a_refused_entry_withdraws_all_of_them(running):
    switch = running.switch(1, *S1_PORTS)
    switch.until(of.OFPT_FLOW_MOD)
    switch.refuse(switch.until(of.OFPT_FLOW_MOD))
    xid = switch.until(of.OFPT_BARRIER_REQUEST)
    running.says("switch s1 degraded: it refuses an entry (OFPET_FLOW_MOD_FAILED(5) OFPFMFC_TABLE_FULL(1)), "
                 "so it gets none")
    switch.until(of.OFPT_FLOW_MOD)
    switch.send(of.OFPT_BARRIER_REPLY, b"", xid)
    last = switch.flow_mods[-1]
    assert (last.command, last.cookie, last.cookie_mask) == (of.OFPFC_DELETE, MARK, MARK_MASK)


def test_a_second_connection_of_a_switch_takes_over_from_the_first(running):
    first, second = running.switch(1, *S1_PORTS), None
    first.install()
    running.says(f"switch s1 ready: {COUNT[1]} entries")
    second = running.switch(1, *S1_PORTS)
    second.install()
    running.says("switch s1 connected again from 127.0.0.1: the newer connection holds")
    assert first.ended()
    running.says(f"switch s1 ready: {COUNT[1]} entries")


def test_a_switch_without_barrier_reply_is_disconnected(running, monkeypatch):
    monkeypatch.setattr(switches, "BARRIER_SECONDS", 0.0)
    silent = running.switch(1, *S1_PORTS)
    with pytest.raises(EOFError):
        silent.until(of.OFPT_ROLE_REQUEST)  # which never comes: it answers all but the barrier, until it is hung up on
    running.says("switch s1 not ready: no barrier reply in 0 s, disconnected")
    running.says("switch s1 disconnected; it goes on with the entries that it has")


# cut-off messages, nonsense lengths, and counts that promise more than is there
GARBAGE = [b"\x04\x00\x00\x08\0\0\0\0" + b"\x04\x06\x00\x0a\0\0\0\0\xff\xff", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 9,
           b"\x04\x00\x00\x10\0\0\0\0" + b"\x00\x01\xff\xff\0\0\0\0", b"\xff" * 70000]


@pytest.mark.parametrize("data", GARBAGE)
def test_garbage_ends_its_own_connection_at_most(running, data, caplog):
    caplog.set_level(logging.CRITICAL)
    with socket.create_connection(running.controller.address, timeout=10) as garbage:
        garbage.sendall(data)
        running.switch(1, *S1_PORTS).install()
        said = [running.lines.get(timeout=10)]
        while "ready" not in said[-1]:
            said.append(running.lines.get(timeout=10))
        assert said[-1] == f"switch s1 ready: {COUNT[1]} entries"
    while not running.lines.empty():
        said.append(running.lines.get())
    assert all("sent what is not OpenFlow" in line for line in said if "ready" not in line)


@pytest.mark.parametrize(("listen", "message"), [
    ("6653", r"'6653': expected an address and a port, such as 127\.0\.0\.1:6653 or \[::1\]:6653"),
    ("127.0.0.1:65536", r"'127\.0\.0\.1:65536': expected an address and a port"),
    ("192.0.2.1:6653", r"cannot listen on 192\.0\.2\.1:6653: Cannot assign requested address")])
def test_an_unusable_address_is_told_in_one_line(listen, message):
    with pytest.raises(ListenError, match=message):
        Controller(CONFIG, TWO, listen, print)


def test_a_signal_ends_the_program_cleanly():
    before = signal.getsignal(signal.SIGTERM)
    lines = []

    def report(line: str) -> None:
        lines.append(line)
        if line.startswith("ready"):
            signal.raise_signal(signal.SIGTERM)

    run(CONFIG, TWO, "127.0.0.1:0", report)
    assert len(lines) == 1
    assert signal.getsignal(signal.SIGTERM) is before
