"""The real controller and a real Open vSwitch when something dies or is denied; the NF's heartbeats are sent by hand."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from os_ken.lib.packet import arp, icmp, packet, tcp, udp

from nf.controller.topology import Place
from nf.controller.topology_file import load as load_topology
from tests.controller.networks import flow
from tests.controller.networks import packet as packet_fields
from tests.controller.test_packets import frame
from tests.network.controller_lab import Lab
from tests.network.test_controller_ovs import JUNOS, TOPOLOGY, P, Q

pytestmark = [pytest.mark.network, pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("ovs-vswitchd"), reason="needs root and Open vSwitch")]

REFUSING = f"""{JUNOS}
{P} refuse match source-address any destination-address any application any
{P} refuse then reject
{P} refuse then log session-init
{Q} inward apply-macro srxnf fail-mode open
"""
LEGS = load_topology(TOPOLOGY, "topology").legs()
WAY = ("10.0.0.1", "10.0.0.2")
# Sends frames (hexadecimal, in the arguments) from a device, and prints the first frame that comes back within a second.
EXCHANGE = """import socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)); s.bind((sys.argv[1], 0)); s.settimeout(1)
for sent in sys.argv[3:] * int(sys.argv[2]): s.send(bytes.fromhex(sent))
try:
    while True:
        data, (_, _, kind, *_) = s.recvfrom(2000)
        if kind != socket.PACKET_OUTGOING and data[:2] != b"33": break  # nor what the switch's own devices say by multicast
except TimeoutError: data = b""
print(data.hex())
"""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    it = Lab(tmp_path, TOPOLOGY)
    (tmp_path / "exchange.py").write_text(EXCHANGE)
    yield it
    it.shell.kill()
    it.shell.wait()


def exchange(lab: Lab, device: str, times: int, *frames: bytes) -> bytes:
    sent = " ".join(each.hex() for each in frames)
    return bytes.fromhex(lab.run(f"{sys.executable} {lab.directory}/exchange.py {device} {times} {sent}"))


def hears(lab: Lab, line: str) -> None:
    lab.wait(f"grep -qF '{line}' {lab.said()}")


def denied(lab: Lab) -> list[dict[str, str]]:
    return [json.loads(line) for line in (lab.directory / "denied.jsonl").read_text().splitlines()]


def test_a_leg_without_link_is_noticed_at_once_and_nothing_more_is_diverted(lab: Lab) -> None:
    lab.beat(REFUSING, *LEGS)
    lab.start(REFUSING)
    hears(lab, "srx1 up: 2 policies divert to it")
    https = packet_fields(flow(*WAY))
    assert lab.trace(1, https) == [(11, https["eth_src"], 0x21)]
    lab.run("ip link set q12 down")
    hears(lab, "srx1 down: 1 policy fails closed, 1 open (port down at s1:12)")
    lab.wait(f"test $(grep -c 's1 ready' {lab.said()}) = 2")
    assert lab.trace(1, https) == []
    lab.stop("TERM")


CLOSED = [packet_fields(flow(f"{net}1", f"{net}2")) for net in ("10.0.0.", "2001:db8::")]
OPEN = [packet_fields(flow(f"{net}2", f"{net}3")) for net in ("10.0.0.", "2001:db8::")]
ANSWERS = [packet_fields(flow(f"{net}3", f"{net}2", 40000, 443), 0x12) for net in ("10.0.0.", "2001:db8::")]


def ports(lab: Lab, in_port: int, sent: list[dict[str, int]]) -> list[list[int]]:
    return [[port for port, _, _ in lab.trace(in_port, each)] for each in sent]


def test_fail_modes_hold_for_both_ip_versions_while_a_port_flaps(lab: Lab) -> None:
    """Nothing is diverted before the NF has been heard of twice in a row; what fails open passes all the while."""
    lab.beat(REFUSING, *LEGS)
    lab.start(REFUSING)
    hears(lab, "srx1 up")
    assert (ports(lab, 1, CLOSED), ports(lab, 2, OPEN), ports(lab, 3, ANSWERS)) == ([[11]] * 2, [[12]] * 2, [[13]] * 2)
    lab.run("ip link set q12 down")
    hears(lab, "srx1 down")
    lab.wait(f"test $(grep -c 's1 ready' {lab.said()}) = 2")
    for state in ("up", "down") * 5:
        lab.run(f"ip link set q12 {state}; sleep 0.5")
        assert (ports(lab, 1, CLOSED), ports(lab, 2, OPEN), ports(lab, 3, ANSWERS)) == ([[]] * 2, [[3]] * 2, [[2]] * 2)
    assert lab.run(f"grep -c 'srx1 down\\|srx1 up' {lab.said()}") == "2"
    lab.run("ip link set q12 up")
    lab.wait(f"test $(grep -c 's1 ready' {lab.said()}) = 3")
    assert (ports(lab, 1, CLOSED), ports(lab, 2, OPEN), ports(lab, 3, ANSWERS)) == ([[11]] * 2, [[12]] * 2, [[13]] * 2)
    assert lab.differences() == ""
    lab.stop("TERM")


def test_heartbeats_count_only_where_a_leg_is(lab: Lab) -> None:
    """A client plays the third leg, in vain; then the leg itself beats."""
    first, second, third = LEGS
    lab.beat(REFUSING, first, second, replace(third, place=Place("s1", 1)))
    lab.start(REFUSING)
    hears(lab, "srx1 down: 1 policy fails closed, 1 open (no heartbeat at s1:13)")
    lab.run("kill $heart")
    lab.beat(REFUSING, *LEGS)
    hears(lab, "srx1 up: 2 policies divert to it")
    lab.wait(f"test $(grep -c 's1 ready' {lab.said()}) = 3")
    assert lab.differences() == ""
    lab.stop("TERM")


def test_a_rejected_datagram_is_answered_and_logged(lab: Lab) -> None:
    lab.start(REFUSING)
    sent = frame(WAY, udp.udp(40000, 5353), b"a question")
    reply = packet.Packet(exchange(lab, "q1", 1, sent))
    message = reply.get_protocol(icmp.icmp)
    assert (message.type, message.code) == (icmp.ICMP_DEST_UNREACH, icmp.ICMP_PORT_UNREACH_CODE)
    (line,) = denied(lab)
    assert {"name": "RT_FLOW_SESSION_DENY", "policy-name": "refuse", "protocol-id": "17", "source-address": "10.0.0.1",
            "destination-port": "5353"}.items() <= line.items()
    lab.stop("TERM")


def test_the_switch_has_the_controller_answer_for_the_srxs_addresses(lab: Lab) -> None:
    lab.start(f"""{REFUSING}
set interfaces ge-0/0/0 unit 0 family inet address 10.0.0.254/24
set security zones security-zone trust host-inbound-traffic system-services ping
""")
    question = f"ffffffffffff00000000000108060001080006040001000000000001{0x0A000001:08x}000000000000{0x0A0000FE:08x}"
    reply = packet.Packet(exchange(lab, "q1", 1, bytes.fromhex(question)))
    assert (reply.get_protocol(arp.arp).src_ip, reply.get_protocol(arp.arp).src_mac) == ("10.0.0.254", "02:52:58:00:00:02")
    ping = frame(("10.0.0.1", "10.0.0.254"), icmp.icmp(8, 0, data=icmp.echo(7, 1, b"x" * 30)), target="02:52:58:00:00:02")
    echoed = packet.Packet(exchange(lab, "q1", 1, ping)).get_protocol(icmp.icmp)
    assert (echoed.type, echoed.data.data) == (icmp.ICMP_ECHO_REPLY, b"x" * 30)
    assert exchange(lab, "q2", 1, bytes.fromhex(question)) == b""  # it is another interface's
    lab.stop("TERM")


def test_a_flood_of_denied_connections_reaches_the_controller_through_a_meter(lab: Lab) -> None:
    lab.start(REFUSING)
    reply = packet.Packet(exchange(lab, "q1", 3000, frame(WAY, tcp.tcp(40000, 8, bits=tcp.TCP_SYN))))
    assert reply.get_protocol(tcp.tcp).bits == tcp.TCP_RST | tcp.TCP_ACK
    assert "pktps burst" in lab.run("ovs-ofctl -O OpenFlow13 dump-meters s1")
    lab.stop("TERM")
    assert 50 <= len(denied(lab)) <= 1000


def test_a_silent_switch_is_told_and_gets_its_entries_again(lab: Lab) -> None:
    lab.start(REFUSING)
    lab.run("kill -STOP $(cat /run/ovs/ovs-vswitchd.pid)")
    hears(lab, "switch s1 silent, no echo reply: disconnected; it goes on with the entries that it has")
    lab.run("kill -CONT $(cat /run/ovs/ovs-vswitchd.pid)")
    lab.wait(f"test $(grep -c 's1 ready' {lab.said()}) -ge 2")
    lab.stop("TERM")
