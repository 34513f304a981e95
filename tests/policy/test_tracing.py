"""What traceoptions want."""

from ipaddress import ip_address

import pytest

from hwmodel.session import FiveTuple
from nf.policy.tracing import Flag, PacketFilter, TraceOptions

FLOW = FiveTuple(ip_address("192.0.2.10"), 35090, ip_address("2001:db8::5"), 443)
EVERYTHING = {"cli-configuration", "termination", "initiation", "proxy"}


@pytest.mark.parametrize(("flags", "subjects", "only_selected"), [
    (set(), EVERYTHING, True), ({"all"}, EVERYTHING, False), ({"proxy"}, {"proxy"}, False),
    ({"selected-profile"}, EVERYTHING, True), ({"selected-profile", "initiation"}, {"initiation"}, True),
    ({"all", "proxy"}, EVERYTHING, False)])
def test_flags(flags: set[Flag], subjects: set[str], only_selected: bool) -> None:
    options = TraceOptions(flags=frozenset(flags))
    assert (options.subjects, options.only_selected) == (subjects, only_selected)


@pytest.mark.parametrize(("condition", "covers"), [
    (PacketFilter(), True), (PacketFilter(source_ip=FLOW.src, source_port=35090), True),
    (PacketFilter(destination_ip=FLOW.dst, destination_port=443), True), (PacketFilter(destination_ip=FLOW.src), False),
    (PacketFilter(source_ip=FLOW.src, destination_port=80), False)])
def test_every_condition_must_hold(condition: PacketFilter, covers: bool) -> None:
    assert condition.covers(FLOW) is covers
