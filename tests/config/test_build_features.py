"""What a configuration costs a modelled box beside its policies."""

from hwmodel.platform.features import Features, Nat, Screen
from nf.config import load

SCREEN = "set security screen ids-option s "
RULE = "set security nat {0} rule-set r rule one match destination-address 192.0.2.1/32\n"


def test_screens_count_where_a_zone_names_them() -> None:
    words = "tcp syn-flood timeout 20", "icmp ip-sweep", "ip tear-drop", "limit-session source-ip-based 9"
    text = "".join(f"{SCREEN}{each}\n" for each in words)
    assert load(text, "t").features == Features()
    assert load(text + "set security zones security-zone trust screen s", "t").features.screens == {
        Screen.SYN_FLOOD, Screen.IP_SWEEP, Screen.LIMIT_SESSION}


def test_rules_of_address_translation() -> None:
    assert load(RULE.format("static") + RULE.format("source"), "t").features.rules == {
        Nat.STATIC, Nat.REVERSE_STATIC, Nat.SOURCE}
    assert load(RULE.format("destination"), "t").features.rules == {Nat.DESTINATION}


def test_they_change_nothing_here() -> None:
    assert load(RULE.format("source"), "t").digest == load("", "t").digest
