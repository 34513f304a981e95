import pytest

from nf.controller import pipeline
from nf.controller.intents import Field, Goto, Intent, Output, Purpose, SetField, Tell, WriteMetadata

IPV4, TCP = Field("eth_type", 0x0800), Field("ip_proto", 6)


def entry(table: int, match: tuple[Field, ...] = (), *instructions: object) -> Intent:
    return Intent(1, table, 1, match, instructions, Purpose.DIVERT)


def test_tables_are_numbered_in_order_and_lead_only_onwards():
    assert [table.number for table in pipeline.TABLES] == list(range(len(pipeline.TABLES)))
    numbers = {table.name: table.number for table in pipeline.TABLES}
    assert all(numbers[name] > table.number for table in pipeline.TABLES for name in table.next)


@pytest.mark.parametrize(("intent", "fault"), [
    (entry(4, (Field("vlan_vid", 5),)), "divert: does not match vlan_vid"),
    (entry(2, (TCP,)), "steer: ip_proto without its eth_type"),
    (entry(2, (IPV4, Field("ip_proto", 17), Field("tcp_dst", 80))), "steer: tcp_dst without its ip_proto"),
    (entry(2, (IPV4, TCP, Field("tcp_dst", 81, 0xFFFE))), "steer: tcp_dst has bits outside its mask"),
    (entry(2, (IPV4, IPV4)), "steer: a field is matched twice"),
    (entry(2, (IPV4,), Goto(5)), "steer: does not go to restore"),
    (entry(3, (IPV4,), Goto(2)), "return: does not go to steer"),
    (entry(2, (IPV4,), Output(1)), "steer: does not Output"),
    (entry(4, (), Tell(1)), "divert: does not Tell"),
    (entry(1, (), SetField("eth_dst", 1)), "destination: does not SetField"),
])
def test_an_entry_that_breaks_the_rules_is_found(intent, fault):
    assert pipeline.faults([intent]) == [fault]


def test_every_table_misses_by_dropping():
    misses = list(pipeline.misses(7))
    assert [(miss.dpid, miss.table, miss.priority, miss.match, miss.instructions) for miss in misses] == [
        (7, number, 0, (), ()) for number in range(8)]
    assert pipeline.faults(misses) == []


def test_metadata_parts_do_not_overlap():
    written = [pipeline.from_zone(pipeline.MAX_ZONES), pipeline.to_zone(pipeline.MAX_ZONES),
               WriteMetadata(pipeline.PERMITTED, pipeline.PERMITTED), WriteMetadata(pipeline.REFUSED, pipeline.REFUSED)]
    assert sum(each.mask for each in written) == 0x3FFFFFF
    three, five = (pipeline.ZoneMatch(number, pipeline.MAX_ZONES) for number in (3, 5))
    assert pipeline.in_zones(three, five, pipeline.PERMITTED) == (Field("metadata", 0x1005003, 0x1FFFFFF),)
    assert pipeline.in_zones(pipeline.ANY_ZONE, five) == (Field("metadata", 0x5000, 0xFFF000),)
    assert pipeline.in_zones(pipeline.ANY_ZONE, pipeline.ANY_ZONE) == ()
