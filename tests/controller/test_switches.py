import pytest
from os_ken.ofproto import ofproto_v1_3 as of

from nf.controller import launch, switches
from nf.controller.cookies import MARK, MARK_MASK, cookie, of_purpose, purpose_of, stale
from nf.controller.intents import Purpose
from nf.controller.pipeline import METERS
from tests.controller.running import COUNT, S1_PORTS, WANTED


def test_a_switch_gets_exactly_its_entries_and_is_reported_after_its_barrier_reply(running):
    switch = running.switch(1, *S1_PORTS)
    switch.confirm()
    assert switch.flow_mods == []
    flags = of.OFPMF_PKTPS | of.OFPMF_BURST
    assert [mod[:3] for mod in switch.meter_mods] == [
        (command, flags, number) for number in METERS for command in (of.OFPMC_ADD, of.OFPMC_MODIFY)]
    xid = switch.until(of.OFPT_BARRIER_REQUEST)
    assert running.lines.empty()
    switch.send(of.OFPT_BARRIER_REPLY, b"", xid)
    running.says(f"switch s1 ready: {COUNT[1]} entries")
    former = list(stale(WANTED.generation))
    over = [of_purpose(purpose) for purpose in (Purpose.FAIL_OPEN, Purpose.FAIL_CLOSED)]
    added = switch.flow_mods[len(former):-len(over)]
    removed = [mod for mod in switch.flow_mods if mod not in added]
    assert [(mod.command, mod.cookie, mod.cookie_mask, mod.table_id) for mod in removed] == [
        (of.OFPFC_DELETE, value, mask, of.OFPTT_ALL) for value, mask in (*former, *over)]
    assert [(mod.command, mod.table_id, mod.priority, mod.cookie, len(mod.match.items())) for mod in added] == [
        (of.OFPFC_ADD, intent.table, intent.priority, cookie(intent, WANTED.generation), len(intent.match))
        for intent in WANTED.entries(1, "srx1")]
    switch.close()
    running.says("switch s1 disconnected; it goes on with the entries that it has")


def test_ports_that_the_topology_names_and_the_switch_lacks_are_told(running):
    running.switch(2, 1, 20).install()
    running.says(f"switch s2 ready: {COUNT[2]} entries")
    running.says("switch s2 has no port 2, 13 yet, which topology names")
    running.says("srx1 down: 1 policy fails closed, 0 open (port down at s2:13)")


def test_a_switch_that_is_not_in_the_topology_is_left_alone(running):
    stranger = running.switch(0x99)
    stranger.until(of.OFPT_MULTIPART_REQUEST)
    running.says("switch with datapath id 0x99 is not in topology: left alone")
    assert stranger.flow_mods == []


def test_a_refused_entry_withdraws_all_of_them(running):
    switch = running.switch(1, *S1_PORTS)
    switch.confirm()
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


def test_a_meter_that_is_there_already_is_no_refusal(running):
    switch = running.switch(1, *S1_PORTS)
    switch.refuse(switch.until(of.OFPT_METER_MOD), of.OFPET_METER_MOD_FAILED, of.OFPMMFC_METER_EXISTS)
    switch.install()
    running.says(f"switch s1 ready: {COUNT[1]} entries")


def test_a_switch_without_meters_tells_only_heartbeats(running):
    switch = running.switch(1, *S1_PORTS)
    for _ in range(2 * len(METERS)):
        switch.refuse(switch.until(of.OFPT_METER_MOD), of.OFPET_BAD_REQUEST, of.OFPBRC_BAD_TYPE)
    switch.install()
    running.says("switch s1 has no meters (OFPET_BAD_REQUEST(1) OFPBRC_BAD_TYPE(1)): "
                 "it neither logs nor answers what it denies, nor who asks for an address of the SRX")
    running.says(f"switch s1 ready: {COUNT[1]} entries")
    kinds = {(purpose_of(mod.cookie), each.type) for mod in switch.flow_mods for each in mod.instructions}
    assert of.OFPIT_METER not in {kind for _, kind in kinds}
    assert (Purpose.HEARTBEAT, of.OFPIT_APPLY_ACTIONS) in kinds
    assert not {purpose for purpose, _ in kinds} & {Purpose.REFUSED, Purpose.REPLY_REFUSED}


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(launch, "_ECHO_SECONDS", 0.2)


@pytest.mark.usefixtures("impatient")
def test_a_silent_switch_is_let_go_and_may_come_back(running):
    silent = running.switch(1, *S1_PORTS)
    silent.install()
    running.says(f"switch s1 ready: {COUNT[1]} entries")
    silent.answers_echo = False
    with pytest.raises(EOFError):
        silent.until(of.OFPT_ROLE_REQUEST)
    running.says("switch s1 silent, no echo reply: disconnected; it goes on with the entries that it has")
    running.switch(1, *S1_PORTS).install()
    running.says(f"switch s1 ready: {COUNT[1]} entries")
