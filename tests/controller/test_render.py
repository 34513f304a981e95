from nf.controller.intents import Field, Goto, Intent, Output, Purpose, SetField, Tell, WriteMetadata
from nf.controller.render import entries, entry
from nf.controller.steering import wanted
from tests.controller.networks import PROXIED, TWO, applications, configuration, policy, tcp_term


def text(match: tuple[Field, ...], *instructions: object) -> str:
    return entry(Intent(1, 2, 30, match, instructions, Purpose.DIVERT), 0x5258)


def test_an_entry_reads_as_ovs_ofctl_writes_it():
    match = (Field("metadata", 5, 0xFFF), Field("eth_type", 0x0800), Field("ipv4_src", 0x0A000000, 0xFFFFFF00),
             Field("ip_proto", 6), Field("tcp_dst", 0x400, 0xFC00), Field("tcp_flags", 2, 0x12))
    assert text(match, WriteMetadata(1, 3), Goto(4)) == (
        "cookie=0x5258,table=2,priority=30,metadata=0x5/0xfff,dl_type=0x800,nw_src=10.0.0.0/255.255.255.0,nw_proto=6,"
        "tcp_dst=0x400/0xfc00,tcp_flags=0x2/0x12 actions=write_metadata:0x1/0x3,goto_table:4")
    assert text((Field("in_port", 1),), SetField("eth_dst", 0x13), Output(3)) == (
        "cookie=0x5258,table=2,priority=30,in_port=1 actions=set_field:00:00:00:00:00:13->eth_dst,output:3")
    assert [text((), Tell(meter)).partition(" actions=")[2] for meter in (0, 2)] == [
        "CONTROLLER:65535", "meter:2,CONTROLLER:65535"]
    assert text((Field("eth_type", 0x86DD), Field("ipv6_src", 1 << 120, 0xFF << 120))).endswith(
        ",dl_type=0x86dd,ipv6_src=100::/ff00:: actions=drop")


def test_every_entry_is_a_line_below_its_switch():
    config = configuration([policy("web", services=PROXIED, application=applications(tcp_term(443)))])
    both = wanted(config, TWO)
    lines = list(entries(both.states["srx1"], both.generation, config, TWO))
    heads = [line for line in lines if line.startswith("#")]
    assert heads == [f"# switch {s.name}, datapath id {s.dpid}: {len(both.entries(s.dpid, 'srx1'))} entries"
                     for s in TWO.switches]
    assert len(lines) == len(both.states["srx1"]) + 3
    assert sum("policy trust->untrust web: diverted to the NF" in line for line in lines) == 6  # switches, IP versions
