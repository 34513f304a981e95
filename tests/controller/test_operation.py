from dataclasses import replace

import pytest
from os_ken.lib.packet import tcp
from os_ken.ofproto import ofproto_v1_3 as of

from nf.controller.cookies import cookie, of_purpose, purpose_of
from nf.controller.intents import Intent, Purpose
from nf.controller.rerouting import IDLE
from nf.controller.steering import Nobody
from nf.protocols import ways
from nf.protocols.heartbeat import Heartbeat, write
from nf.protocols.ways import Moved
from tests.controller.networks import TRUST, UNTRUST, flow
from tests.controller.running import COUNT, REFUSING, S1_PORTS, WANTED, Running
from tests.controller.test_packets import frame

ACTION = 16  # bytes before the frame
S2_PORTS, S3_PORTS = (1, 2, 13, 20), (12, 21, 22)
BEAT = cookie(Intent(1, 0, 1, (), (), Purpose.HEARTBEAT), WANTED.generation)
OTHERS = write(Heartbeat(TRUST, bytes(32), 0), bytes(6))  # runs another configuration
DOWN = {"s1": len(WANTED.entries(1, Nobody.DOWN))}


def beat(name: str) -> bytes:
    return write(Heartbeat(name, bytes.fromhex("ab" * 32), 0), bytes(6))


def ready(running: Running, dpid: int, *ports: int):
    switch = running.switch(dpid, *ports)
    switch.install()
    running.says(f"switch s{dpid} ready: {COUNT[dpid]} entries")
    return switch


def test_a_leg_without_link_has_the_fail_modes_put_in_force(running):
    switch = ready(running, 1, *S1_PORTS)
    switch.flow_mods.clear()
    switch.port_status(11, of.OFPPR_MODIFY, of.OFPPS_LINK_DOWN)
    switch.confirm()
    running.says("srx1 down: 1 policy fails closed, 0 open (port down at s1:11)")
    added = switch.flow_mods[:]
    assert {(mod.command, purpose_of(mod.cookie)) for mod in added} == {(of.OFPFC_ADD, Purpose.FAIL_CLOSED)}
    assert len(added) == len(WANTED.new(1, Nobody.DOWN, "srx1")) > 0
    switch.confirm()
    assert [(mod.command, mod.cookie, mod.cookie_mask) for mod in switch.flow_mods[len(added):]] == [
        (of.OFPFC_DELETE, *of_purpose(purpose)) for purpose in (Purpose.DIVERT, Purpose.REPLY_DIVERT)]
    running.says(f"switch s1 ready: {DOWN['s1']} entries")


def test_a_removed_leg_is_as_good_as_dead(running):
    switch = ready(running, 1, *S1_PORTS)
    switch.port_status(11, of.OFPPR_DELETE)
    switch.install()
    running.says("srx1 down: 1 policy fails closed, 0 open (port down at s1:11)")
    running.says(f"switch s1 ready: {DOWN['s1']} entries")
    running.says("switch s1 has no port 11 yet, which topology names")


def test_a_switch_that_joins_while_the_nf_is_down_gets_the_entries_for_that(running):
    first = ready(running, 1, *S1_PORTS)
    first.port_status(11, of.OFPPR_DELETE)
    first.install()
    running.says("srx1 down: 1 policy fails closed, 0 open (port down at s1:11)")
    running.says(f"switch s1 ready: {DOWN['s1']} entries")
    running.says("switch s1 has no port 11 yet, which topology names")
    second = running.switch(2, *S2_PORTS)
    second.install()
    running.says(f"switch s2 ready: {len(WANTED.entries(2, Nobody.DOWN))} entries")
    added = {purpose_of(mod.cookie) for mod in second.flow_mods if mod.command == of.OFPFC_ADD}
    assert Purpose.FAIL_CLOSED in added
    assert Purpose.DIVERT not in added


def test_another_configuration_and_exchanged_legs_are_told_once(running):
    switch = ready(running, 1, *S1_PORTS)
    switch.packet_in(BEAT, 11, OTHERS)
    running.says("srx1 degraded: it runs another configuration than the controller "
                 "(digest 000000000000, expected abababababab)")
    switch.packet_in(BEAT, 11, OTHERS)
    switch.packet_in(BEAT, 11, beat(UNTRUST))
    running.says("srx1 degraded: at s1:11 is its leg 'ge-0/0/1.0', expected 'ge-0/0/0.0'")
    switch.packet_in(BEAT, 11, beat(TRUST))
    running.says("srx1 no longer degraded")


def test_it_is_up_once_every_leg_was_heard(running):
    places = {1: (11, TRUST, S1_PORTS), 3: (12, UNTRUST, S3_PORTS), 2: (13, "ge-0/0/2.0", S2_PORTS)}
    switches = {dpid: ready(running, dpid, *ports) for dpid, (_, _, ports) in places.items()}
    for dpid, (port, name, _) in places.items():
        switches[dpid].packet_in(BEAT, port, beat(name))
    running.says("srx1 up: 1 policy diverts to it")


@pytest.mark.parametrize("number", [BEAT ^ 1 << 48, 0, of_purpose(Purpose.REFUSED)[0]])
def test_only_the_entry_for_heartbeats_brings_heartbeats(running, number):
    switch = ready(running, 1, *S1_PORTS)
    switch.packet_in(number, 11, OTHERS)
    switch.port_status(11, of.OFPPR_DELETE)  # what it says next shows that it has read the former
    running.says("srx1 down: 1 policy fails closed, 0 open (port down at s1:11)")


def test_a_rejected_client_is_logged_and_answered(running):
    switch = ready(running, 1, *S1_PORTS)
    sent = frame(("10.0.0.1", "10.0.0.2"), tcp.tcp(40000, 23, bits=tcp.TCP_SYN))
    switch.packet_in(of_purpose(Purpose.REFUSED)[0], 1, sent)
    switch.until(of.OFPT_PACKET_OUT)
    record = running.logged.get(timeout=10)
    assert dict(record.fields)["policy-name"] == REFUSING.name
    (reply,) = switch.packet_outs
    assert reply[4:8] == bytes([0, 0, 0, 1]), "out of the port where it came in"
    assert reply[-54:-42] == sent[6:12] + sent[:6]


def test_a_moved_session_has_entries_for_as_long_as_it_lives_and_a_switch_that_comes_back_gets_them(running):
    third = ready(running, 3, *S3_PORTS)
    third.flow_mods.clear()
    session = Moved(flow("10.0.0.1", "10.0.0.2"), "RI1")
    (taken,), (over,) = (list(ways.write([row], bytes.fromhex("000000000021"))) for row in (
        session, replace(session, over=True)))
    third.packet_in(BEAT, 12, taken)
    third.until(of.OFPT_FLOW_MOD)
    added, = third.flow_mods
    assert (added.command, added.idle_timeout, purpose_of(added.cookie)) == (of.OFPFC_ADD, IDLE, Purpose.MOVED)
    third.socket.close()
    running.says("switch s3 disconnected; it goes on with the entries that it has")
    again = ready(running, 3, *S3_PORTS)
    assert any(purpose_of(mod.cookie) is Purpose.MOVED for mod in again.flow_mods), "before it is ready"
    again.flow_mods.clear()
    again.packet_in(BEAT, 12, over)
    again.until(of.OFPT_FLOW_MOD)
    removed, = again.flow_mods
    assert (removed.command, removed.priority) == (of.OFPFC_DELETE_STRICT, added.priority)
    again.packet_in(BEAT, 12, next(ways.write([replace(session, instance="RI9")], bytes.fromhex("000000000021"))))
    running.says("sessions keep their way: routing instance RI9 has neither a [[path]] nor a next hop in topology")


def test_a_first_packet_is_let_go_when_every_switch_has_its_entries_and_at_once_where_it_gets_none(running):
    third = ready(running, 3, *S3_PORTS)
    session = Moved(flow("10.0.0.1", "10.0.0.2"), "RI1", first=True, asks=True)
    leg = bytes.fromhex("000000000021")
    asked, = ways.write([session], leg)
    third.packet_in(BEAT, 12, asked)
    third.until(of.OFPT_PACKET_OUT)
    assert ways.read_answers(third.packet_outs.pop()[ACTION:]) == (replace(session, first=False),), "s2 is away"
    second = ready(running, 2, *S2_PORTS)
    third.packet_in(BEAT, 12, asked)
    replies = [(switch, switch.until(of.OFPT_BARRIER_REQUEST)) for switch in (third, second)]
    assert not third.packet_outs
    for switch, xid in replies:
        switch.send(of.OFPT_BARRIER_REPLY, b"", xid)
    third.until(of.OFPT_PACKET_OUT)
    answer, = (out[ACTION:] for out in third.packet_outs)
    assert (answer[:6], ways.read_answers(answer)) == (leg, (session,))
