from hypothesis import given, settings
from hypothesis import strategies as st
from os_ken.ofproto import ofproto_v1_3 as of

from nf.controller.cookies import MARK, cookie
from nf.controller.intents import Field, Goto, Intent, Output, Purpose, SetField, WriteMetadata
from nf.controller.openflow import flow_mod, parser, refusal, withdraw
from nf.controller.steering import decide
from tests.controller.networks import PROXIED, TWO, applications, configuration, policy, tcp_term
from tests.controller.openflow_switch import Desc

WANTED = decide(configuration([policy("web", services=PROXIED, application=applications(tcp_term(1, 1023)))]), TWO)


def on_the_wire(message):
    """What a switch reads of a message."""
    message.xid = 1
    message.serialize()
    data = bytes(message.buf)
    return parser.OFPFlowMod.parser(Desc, 4, data[1], len(data), 1, data)


@settings(deadline=None)
@given(st.sampled_from(WANTED))
def test_an_entry_survives_the_wire(intent):
    read = on_the_wire(flow_mod(Desc, intent, cookie(intent, 7)))
    assert (read.table_id, read.priority, read.cookie) == (intent.table, intent.priority, cookie(intent, 7))
    assert (read.command, read.idle_timeout, read.hard_timeout, read.flags) == (of.OFPFC_ADD, 0, 0, 0)
    assert {name for name, _ in read.match.items()} == {field.name for field in intent.match}
    assert sum(len(getattr(each, "actions", [0])) for each in read.instructions if each.type != of.OFPIT_METER) == len(
        intent.instructions)


def test_every_kind_of_field_and_instruction_keeps_its_value():
    match = (Field("eth_type", 0x0800), Field("ipv4_src", 0x0A000000, 0xFFFFFF00), Field("ip_proto", 6),
             Field("tcp_dst", 0x400, 0xFC00), Field("tcp_flags", 2, 0x12), Field("eth_dst", 0x13))
    does = (SetField("eth_src", 0x0A0B0C0D0E0F), Output(3), WriteMetadata(5, 0xFF), Goto(6))
    read = on_the_wire(flow_mod(Desc, Intent(1, 2, 3, match, does, Purpose.DIVERT), 1))
    assert dict(read.match.items()) == {
        "eth_type": 0x0800, "ipv4_src": ("10.0.0.0", "255.255.255.0"), "ip_proto": 6, "tcp_dst": (0x400, 0xFC00),
        "tcp_flags": (2, 0x12), "eth_dst": "00:00:00:00:00:13"}
    actions, metadata, goto = read.instructions
    assert [(actions.actions[0].key, actions.actions[0].value), actions.actions[1].port] == [
        ("eth_src", "0a:0b:0c:0d:0e:0f"), 3]
    assert (metadata.metadata, metadata.metadata_mask, goto.table_id) == (5, 0xFF, 6)


def test_fields_stand_after_those_that_they_need():
    match = (Field("eth_type", 0x86DD), Field("ip_proto", 58), Field("icmpv6_type", 136), Field("ipv6_nd_target", 1))
    read = on_the_wire(flow_mod(Desc, Intent(1, 0, 3, match, (), Purpose.NEIGHBOUR), 1))
    assert [name for name, _ in read.match.items()] == ["eth_type", "ip_proto", "icmpv6_type", "ipv6_nd_target"]


def test_withdrawing_takes_every_entry_of_ours_from_every_table():
    read = on_the_wire(withdraw(Desc))
    assert (read.command, read.table_id, read.cookie, read.cookie_mask, list(read.match.items())) == (
        of.OFPFC_DELETE, of.OFPTT_ALL, MARK, 0xFFFF << 48, [])


def test_a_refusal_in_words():
    error = parser.OFPErrorMsg(Desc, of.OFPET_BAD_MATCH, of.OFPBMC_BAD_PREREQ, b"")
    assert refusal(error) == "OFPET_BAD_MATCH(4) OFPBMC_BAD_PREREQ(9)"
