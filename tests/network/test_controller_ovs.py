"""The real controller on a real Open vSwitch: does the switch do what the fake switch says, and keep what it has?"""

import os
import shutil
from collections.abc import Iterator
from ipaddress import ip_address
from itertools import product
from pathlib import Path

import pytest

from nf.config import load as load_configuration
from nf.controller.steering import decide
from nf.controller.topology_file import load as load_topology
from tests.controller.fake_switch import FakeSwitch
from tests.controller.networks import flow, packet
from tests.helpers import frames
from tests.network.controller_lab import Lab

pytestmark = [pytest.mark.network, pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("ovs-vswitchd"), reason="needs root and Open vSwitch")]

TOPOLOGY = """
[[switch]]
name = "s1"
dpid = 1
ports = { 1 = "ge-0/0/0.0", 2 = "ge-0/0/1.0", 3 = "ge-0/0/2.0", 4 = "ge-0/0/0.0" }
[[host]]
name = "client1"
mac = "00:00:00:00:00:01"
ip = ["10.0.0.1", "2001:db8::1"]
switch = "s1"
port = 1
[[host]]
name = "server1"
mac = "00:00:00:00:00:02"
ip = ["10.0.0.2", "2001:db8::2"]
switch = "s1"
port = 2
[[host]]
name = "dmz1"
mac = "00:00:00:00:00:03"
ip = ["10.0.0.3", "2001:db8::3"]
switch = "s1"
port = 3
[[host]]
name = "client2"
mac = "00:00:00:00:00:04"
ip = "10.0.0.4"
switch = "s1"
port = 4
[[host]]
name = "router"
mac = "00:00:00:00:00:09"
ip = ["10.0.0.9", "192.0.2.0/24"]
switch = "s1"
port = 2
[[nf]]
name = "srx1"
legs = [ { interface = "ge-0/0/0.0", switch = "s1", port = 11, mac = "00:00:00:00:00:21" },
         { interface = "ge-0/0/1.0", switch = "s1", port = 12, mac = "00:00:00:00:00:22" },
         { interface = "ge-0/0/2.0", switch = "s1", port = 13, mac = "00:00:00:00:00:23" } ]
"""
P = "set security policies from-zone trust to-zone untrust policy"
Q = "set security policies from-zone untrust to-zone dmz policy"
DENY = f"""{P} no-telnet match source-address any destination-address any application junos-telnet
{P} no-telnet then deny
"""
JUNOS = f"""set security zones security-zone trust interfaces ge-0/0/0.0
set security zones security-zone untrust interfaces ge-0/0/1.0
set security zones security-zone dmz interfaces ge-0/0/2.0
set security address-book global address router 192.0.2.0/24
set security address-book global address server 10.0.0.2/32
set applications application high protocol tcp destination-port 8000-8999
set services ssl proxy profile p root-ca ca
set services ssl proxy profile p trusted-ca all
{DENY}{P} web match source-address any destination-address router destination-address-excluded application junos-https
{P} web then permit application-services ssl-proxy profile-name p
{P} plain match source-address any destination-address server application [ junos-http high ]
{P} plain match application [ junos-dns-udp junos-icmp-ping ]
{P} plain then permit
{Q} inward match source-address any destination-address any application any
{Q} inward then permit application-services ssl-proxy profile-name p
"""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    it = Lab(tmp_path, TOPOLOGY)
    it.beat(JUNOS, *load_topology(TOPOLOGY, "topology").legs())
    yield it
    it.shell.stdin.close()
    it.shell.wait(20)


def packets() -> Iterator[tuple[int, dict[str, int]]]:
    """Packets of every kind from edge ports and from the NF's legs, some of them spoofed."""
    home = {1: 1, 2: 2, 3: 3, 4: 4, 9: 2, 7: 2}  # port by the last byte of the address
    ends = {1: "10.0.0.1", 2: "10.0.0.2", 3: "10.0.0.3", 4: "10.0.0.4", 9: "10.0.0.9", 7: "192.0.2.7"}
    for (a, source), (b, destination) in product(ends.items(), ends.items()):
        if a == b:
            continue
        way = flow(source, destination)
        for dport, flags in product((23, 80, 443, 8123), (0x02, 0x10)):
            there = flow(source, destination, dport)
            yield home[a], packet(there, flags)
            yield home[b], packet(there.reversed(), 0x12)
        yield 11 + (a + b) % 3, packet(way, 0x10)
        yield (home[a] % 4) + 1, packet(way)
        yield home[a], packet(way, vlan_vid=0x1064)
        yield home[a], packet(flow(source, destination, 53, proto=17))
        yield home[b], packet(flow(source, destination, 53, proto=17).reversed())
        yield home[a], packet(flow(source, destination, 0, 0, 1), icmpv4_type=8, icmpv4_code=0)
        yield home[b], packet(flow(destination, source, 0, 0, 1), icmpv4_type=0, icmpv4_code=0)
        arp = {"eth_src": a, "eth_dst": 0xFFFFFFFFFFFF, "eth_type": 0x0806, "arp_spa": int(way.src),
               "arp_tpa": int(way.dst)}
        yield home[a], arp
        yield home[a], {**arp, "arp_spa": int(ip_address("10.0.0.77"))}
    for a, b in ((1, 2), (2, 1), (2, 3), (3, 2)):
        way = flow(f"2001:db8::{a}", f"2001:db8::{b}")
        yield home[a], packet(way)
        yield home[b], packet(way.reversed(), 0x12)
        yield 11, packet(way, 0x10)
        for source in (str(way.src), "2001:db8::4", "fe80::7", "::"):
            yield home[a], packet(flow(source, str(way.dst), 0, 0, 58), icmpv6_type=135, icmpv6_code=0,
                                  ipv6_nd_target=int(way.dst))
        yield home[a], packet(flow(str(way.src), str(way.dst), 0, 0, 58), icmpv6_type=136, icmpv6_code=0,
                              ipv6_nd_target=int(way.src))


def test_open_vswitch_does_what_the_fake_switch_says(lab):
    topology = load_topology(TOPOLOGY, "topology")
    lab.start(JUNOS)
    fake = FakeSwitch(decide(load_configuration(JUNOS, "junos"), topology))
    fates: set[int] = set()
    for in_port, sent in packets():
        expected = [(port, out["eth_src"], out["eth_dst"]) for port, out in fake.send(in_port, sent)[0]]
        assert lab.trace(in_port, sent) == expected, (in_port, sent)
        fates |= {port for port, _, _ in expected} or {0}
    assert fates == {0, 1, 2, 3, 4, 11, 12, 13}
    assert lab.differences() == ""
    lab.stop("TERM")


def test_a_controller_that_starts_again_disturbs_nothing(lab):
    lab.start(JUNOS)
    counted = "ovs-ofctl -O OpenFlow13 dump-flows s1 | grep arp_tpa=10.0.0.2 | grep -o 'n_packets=[0-9]*'"
    before = int(lab.run(counted).partition("=")[2])
    frame = f"ffffffffffff00000000000108060001080006040001000000000001{0x0A000001:08x}000000000000{0x0A000002:08x}"
    lab.send("q1", frame)
    lab.wait(f"{counted} | grep -qx n_packets={before + 1}")
    lab.stop("KILL")
    assert lab.run(counted) == f"n_packets={before + 1}"
    lab.start(JUNOS)
    assert lab.run(counted) == f"n_packets={before + 1}"
    assert lab.differences() == ""
    lab.stop("TERM")


def test_another_configuration_leaves_nothing_of_the_former(lab):
    lab.start(JUNOS)
    lab.run("ovs-ofctl -O OpenFlow13 add-flow s1 cookie=7,table=9,actions=drop")  # somebody else's
    lab.stop("TERM")
    lab.start(JUNOS.replace(DENY, ""))
    assert lab.differences().split() == ["-table=9", "cookie=0x7", "actions=drop"]
    lab.stop("TERM")


def test_a_switch_that_lost_its_entries_gets_them_back(lab):
    lab.start(JUNOS)
    lab.run(lab.BRIDGE)
    lab.wait(f"test $(grep -c 's1 ready' {lab.said()}) = 2")
    assert lab.differences() == ""
    lab.stop("TERM")


OPTIONS = {  # what a SYN may carry and most do not
    "a large and a small MSS": bytes.fromhex("0204ffff0204000c"), "window scale 14": bytes.fromhex("03030e01"),
    "SACK, timestamps, fast open": bytes.fromhex("0402080a" + "00" * 8 + "2202"), "unknown": bytes.fromhex("fd06aaaaaaaa"),
    "forty bytes of padding": bytes([1]) * 40}
EXTENSIONS = ([frames.HOP_BY_HOP], [frames.DESTINATION_OPTIONS],
              [frames.HOP_BY_HOP, frames.ROUTING, frames.DESTINATION_OPTIONS])
SHAPES = {**{name: ("10.0.0.1", "10.0.0.2", {}, options) for name, options in OPTIONS.items()},
          "IPv4 options": ("10.0.0.1", "10.0.0.2", {"options": bytes([1]) * 8}, b""),
          **{f"IPv6 extension headers {kinds}": (
              "2001:db8::1", "2001:db8::2", {"extensions": list(map(frames.extension, kinds))}, b"") for kinds in EXTENSIONS}}


def test_no_option_or_extension_header_makes_a_difference(lab):
    """Both ways of what is decrypted goes to the NF, at any port of the policy; what is denied stays denied."""
    lab.start(JUNOS.replace("junos-https", "[ junos-https alternative ]")
              + "set applications application alternative protocol tcp destination-port 8443\n")
    for name, (client, server, more, options) in SHAPES.items():
        for port, (there, back) in {443: ([11], [12]), 8443: ([11], [12]), 23: ([], []), 8123: ([2], [1])}.items():
            if port == 8123 and ":" in client:
                continue  # policy plain speaks of an IPv4 server
            request = frames.ip(client, server, 6, frames.tcp(40000, port, options=options), **more)
            answer = frames.ip(server, client, 6, frames.tcp(port, 40000, frames.SYN | frames.ACK, options), **more)
            assert lab.trace_frame(1, frames.ethernet(request, 1, 2)) == there, (name, port)
            assert lab.trace_frame(2, frames.ethernet(answer, 2, 1)) == back, (name, port)
            assert lab.trace_frame(1, frames.ethernet(request, 1, 2, vlan=100)) == [], (name, port)
    lab.stop("TERM")


def test_a_segment_in_fragments_is_neither_decrypted_nor_passed(lab):
    """Not even its first fragment, whatever the port: Open vSwitch shows no port of any fragment."""
    lab.start(JUNOS)
    for port, whole in ((443, [11]), (8123, [2])):
        segment = frames.tcp(40000, port, payload=bytes(40))
        assert lab.trace_frame(1, frames.ethernet(frames.ip("10.0.0.1", "10.0.0.2", 6, segment), 1, 2)) == whole
        for offset, data in ((0, segment[:32]), (4, segment[32:]), (1, segment[8:])):
            more = offset == 0
            sent = frames.ip("10.0.0.1", "10.0.0.2", 6, data, fragment=0x2000 * more | offset)
            assert lab.trace_frame(1, frames.ethernet(sent, 1, 2)) == [], (port, offset)
            header = bytes(1) + (offset << 3 | more).to_bytes(2) + bytes(4)
            sent = frames.ip("2001:db8::1", "2001:db8::2", 6, data, extensions=[(frames.FRAGMENT, header)])
            assert lab.trace_frame(1, frames.ethernet(sent, 1, 2)) == [], (port, offset)
    lab.stop("TERM")


def test_a_syn_in_fragments_reaches_nobody(lab):
    """Its first fragment ends before the flags, so no switch can tell what it opens."""
    lab.start(JUNOS)
    ends = f"{0x0A000001:08x}{0x0A000002:08x}"
    segment = "9c400050" + "00000001" + "00000000" + "5002ffff00000000"  # 40000 to 80, SYN
    pieces = (("001c", "2000", segment[:16]), ("0020", "0001", segment[16:]))
    for length, offset, data in pieces:
        lab.send("q1", f"00000000000200000000000108004500{length}0001{offset}40060000{ends}{data}")
    dropped = "ovs-ofctl -O OpenFlow13 dump-flows s1 | grep 'tcp,.*tp_src=0,tp_dst=0' | grep n_packets=2"
    lab.wait(dropped)
    lab.stop("TERM")
