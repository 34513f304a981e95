"""Answers to rejected packets, judged by os-ken's own parsers and checksums."""

import struct
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from os_ken.lib.packet import ethernet, icmp, icmpv6, ipv4, ipv6, packet, tcp, udp
from os_ken.lib.packet.packet_utils import checksum

from nf.controller.packets import answer, read
from tests.helpers import frames

CLIENT, ROUTER = "02:00:00:00:01:01", "02:00:00:00:02:01"
V4, V6 = ("10.0.0.1", "10.0.0.101"), ("2001:db8::1", "2001:db8::101")


def frame(ends: tuple[str, str], inner, payload: bytes = b"", target: str = ROUTER) -> bytes:
    version = 6 if ":" in ends[0] else 4
    kinds = {tcp.tcp: 6, udp.udp: 17, icmp.icmp: 1, icmpv6.icmpv6: 58}
    number = kinds[type(inner)]
    whole = packet.Packet()
    whole.add_protocol(ethernet.ethernet(target, CLIENT, 0x86DD if version == 6 else 0x0800))
    whole.add_protocol(ipv6.ipv6(src=ends[0], dst=ends[1], nxt=number) if version == 6
                       else ipv4.ipv4(src=ends[0], dst=ends[1], proto=number))
    whole.add_protocol(inner)
    if payload:
        whole.add_protocol(payload)
    whole.serialize()
    return bytes(whole.data)


def syn(sequence: int = 1000, flags: int = tcp.TCP_SYN) -> tcp.tcp:
    return tcp.tcp(40000, 80, seq=sequence, bits=flags)


def answered(sent: bytes) -> packet.Packet:
    seen = read(sent)
    assert seen is not None
    reply = answer(seen)
    assert reply is not None
    return packet.Packet(reply)


def right_checksums(reply: packet.Packet) -> bool:
    """Whether IPv4's checksum and the one of what it carries come out as zero."""
    data, header = bytes(reply.data)[14:], reply.get_protocol(ipv4.ipv4)
    if header is not None:
        whole, number = data[20:], header.proto
        pseudo = data[12:20] + struct.pack("!BBH", 0, number, len(whole)) if number != 1 else b""
        return checksum(data[:20]) == 0 and checksum(pseudo + whole) == 0
    whole = data[40:]
    return checksum(data[8:40] + struct.pack("!II", len(whole), data[6]) + whole) == 0


@pytest.mark.parametrize(("ends", "kind"), [(V4, ipv4.ipv4), (V6, ipv6.ipv6)])
@pytest.mark.parametrize(("sequence", "payload", "expected"), [
    (1000, b"", 1001), (0xFFFFFFFF, b"", 0), (7, b"early data", 18)])
def test_a_syn_is_reset_from_the_other_end_with_the_right_numbers(ends, kind, sequence, payload, expected):
    reply = answered(frame(ends, syn(sequence), payload))
    link, network, segment = (reply.get_protocol(each) for each in (ethernet.ethernet, kind, tcp.tcp))
    assert (link.src, link.dst) == (ROUTER, CLIENT)
    assert (network.src, network.dst) == (ends[1], ends[0])
    assert (segment.src_port, segment.dst_port, segment.seq, segment.ack) == (80, 40000, 0, expected)
    assert segment.bits == tcp.TCP_RST | tcp.TCP_ACK
    assert right_checksums(reply)


@pytest.mark.parametrize(("ends", "kind", "type_and_code"), [
    (V4, icmp.icmp, (icmp.ICMP_DEST_UNREACH, icmp.ICMP_PORT_UNREACH_CODE)),
    (V6, icmpv6.icmpv6, (icmpv6.ICMPV6_DST_UNREACH, 4))])
@pytest.mark.parametrize("size", [0, 5, 1400])
def test_udp_hears_of_an_unreachable_port_with_its_packet_sent_back(ends, kind, type_and_code, size):
    sent = frame(ends, udp.udp(5353, 53), b"x" * size)
    reply = answered(sent)
    message = reply.get_protocol(kind)
    network = reply.get_protocol(ipv4.ipv4 if kind is icmp.icmp else ipv6.ipv6)
    assert (message.type if kind is icmp.icmp else message.type_, message.code) == type_and_code
    assert (network.src, network.dst) == (ends[1], ends[0])
    quoted = bytes(reply.data)[(42 if kind is icmp.icmp else 62):]
    assert quoted == sent[14:][:len(quoted)]
    assert len(quoted) == (min(28 + size, 548) if kind is icmp.icmp else min(48 + size, 1232))
    assert right_checksums(reply)


@pytest.mark.parametrize("sent", [
    frame(V4, syn(flags=tcp.TCP_ACK)), frame(V4, syn(flags=tcp.TCP_SYN | tcp.TCP_ACK)), frame(V4, syn(flags=tcp.TCP_RST)),
    frame(V4, icmp.icmp()), frame(("10.0.0.1", "224.0.0.251"), udp.udp(5353, 5353)),
    frame(V4, udp.udp(1, 2), target="ff:ff:ff:ff:ff:ff")])
def test_what_must_not_be_answered_is_not(sent):
    assert answer(read(sent)) is None


def test_padding_is_no_payload():
    reply = answered(frame(V4, syn()).ljust(60, b"\0"))
    assert reply.get_protocol(tcp.tcp).ack == 1001


def test_facts_of_a_packet():
    seen = read(frame(V4, icmp.icmp(icmp.ICMP_ECHO_REQUEST)))
    assert (str(seen.flow.src), seen.flow.sport, seen.flow.proto, seen.icmp) == ("10.0.0.1", 0, 1, (8, 0))
    assert read(frame(V6, udp.udp(1, 2))).flow.dst == ip_address(V6[1])
    assert read(frame(V4, udp.udp(1, 2))).icmp is None


@pytest.mark.parametrize("cut", [0, 13, 20, 33, 40, 53])
def test_what_is_cut_short_is_nothing(cut):
    assert read(frame(V4, syn())[:cut]) is None


def test_a_later_fragment_is_nothing():
    sent = bytearray(frame(V4, udp.udp(1, 2), b"data"))
    sent[21] = 1  # its offset
    assert read(bytes(sent)) is None


@given(st.binary(max_size=120), st.sampled_from([b"\x08\x00", b"\x86\xdd", b"\x08\x06"]))
def test_any_frame_is_judged(data, kind):
    seen = read(bytes(12) + kind + data)
    assert seen is None or answer(seen) is None or len(answer(seen)) > 50


@given(st.binary(max_size=80), st.integers(0, 15), st.sampled_from([1, 6, 17, 47]))
def test_any_packet_with_a_right_header_is_judged(data, words, number):
    ends = bytes.fromhex("0a0000010a000002")
    header = struct.pack("!BBHHHBBH", 0x40 | words, 0, 20 + len(data), 0, 0, 64, number, 0) + ends
    seen = read(bytes(12) + b"\x08\x00" + header + data)
    assert seen is None or answer(seen) is None or len(answer(seen)) >= 54


EXTENSIONS = st.lists(st.sampled_from([frames.HOP_BY_HOP, frames.ROUTING, frames.FRAGMENT, frames.DESTINATION_OPTIONS]))


@given(EXTENSIONS)
def test_a_syn_behind_extension_headers_is_seen_and_reset(kinds):
    sent = frames.ip(*V6, 6, frames.tcp(40000, 443), extensions=[frames.extension(kind) for kind in kinds])
    whole = frames.ethernet(sent, 1, 2)
    seen = read(whole)
    assert seen is not None
    assert (seen.flow.proto, seen.flow.sport, seen.flow.dport) == (6, 40000, 443)
    assert right_checksums(answered(whole))


@given(EXTENSIONS, st.integers(14, 200))
def test_extension_headers_cut_short_or_of_later_fragments_are_nothing(kinds, length):
    headers = [frames.extension(kind) for kind in kinds]
    sent = frames.ip(*V6, 6, frames.tcp(40000, 443), extensions=headers)
    assert length >= len(sent) + 14 or read(frames.ethernet(sent, 1, 2)[:length]) is None
    later = frames.ip(*V6, 6, frames.tcp(40000, 443), extensions=[*headers, (frames.FRAGMENT, bytes([0, 0, 8, 0, 0, 0, 1]))])
    assert read(frames.ethernet(later, 1, 2)) is None


@given(st.binary(max_size=80))
def test_whatever_extension_headers_say_of_their_length(rest):
    sent = frames.ip(*V6, 0, rest)
    seen = read(frames.ethernet(sent, 1, 2))
    assert seen is None or len(seen.payload) <= len(rest)
