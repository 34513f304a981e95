import pytest

from nf.config import ConfigError, load

PAIR = """set security policies from-zone t to-zone u policy p match source-address any destination-address any application any
set security policies from-zone t to-zone u policy p then permit
"""


def remarks(text: str) -> list[tuple[int, str]]:
    return [(remark.line, f"{remark.statement}: {remark.message}") for remark in load(text, "t").warnings]


def test_a_zone_that_policies_name_has_an_interface() -> None:
    zones = "set security zones security-zone t interfaces ge-0/0/0.0\nset security zones security-zone u\n"
    assert remarks(zones + PAIR) == [(2, "security-zone u: policies name it, but no interface is in it")]
    assert remarks(zones) == []
    assert remarks(zones.replace(" interfaces ge-0/0/0.0", "") + PAIR) == [], "a text for the engine on one address"


def test_interfaces_of_zones_are_configured() -> None:
    zones = "set security zones security-zone t interfaces [ ge-0/0/0.0 ge-0/0/1 ]\n"
    assert remarks(zones) == [], "a text without interfaces says nothing about them"
    assert remarks(zones + "set interfaces ge-0/0/0 unit 0") == [
        (1, "security-zone t interfaces ge-0/0/1: this interface is not configured under interfaces")]
    assert remarks(zones + "set interfaces ge-0/0/0 unit 0\nset interfaces ge-0/0/1 unit 0") == []


def test_tagged_interfaces_get_no_traffic() -> None:
    text = "set interfaces ge-0/0/0 unit 100 vlan-id 100 family inet address 10.0.0.1/24"
    (line, remark), = remarks(text)
    assert (line, remark.partition(",")[0]) == (
        1, "interfaces ge-0/0/0.100 vlan-id: no traffic reaches this interface: tagged frames are dropped")


def test_counts_hold_for_lists_and_for_what_groups_add() -> None:
    streams = "".join(f"set security log stream s{number} host 10.0.0.1\n" for number in range(9))
    with pytest.raises(ConfigError) as caught:
        load(streams, "t")
    assert str(caught.value) == "t:9: 's8': 'stream' takes 8 entries at most"
    inherited = """set groups g services ssl proxy profile p root-ca [ b c ]
set apply-groups g
set services ssl proxy profile p root-ca a"""
    with pytest.raises(ConfigError, match="'root-ca' takes 2 entries at most"):
        load(inherited, "t")
