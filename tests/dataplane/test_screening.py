"""Which zone a session counts in, and what is said and counted of limits."""

from types import SimpleNamespace
from typing import Any

from hwmodel import Refusal
from nf.config import load
from nf.dataplane.screening import Screening
from nf.log.records import LogRecord
from nf.policy.zones import Interface
from tests.hwmodel.hardware import flow

TEXT = """
set security screen ids-option few limit-session source-ip-based 2 destination-ip-based 9
set security zones security-zone trust screen few
set security zones security-zone trust interfaces ge-0/0/0.0
set security zones security-zone untrust interfaces ge-0/0/1.0
set logical-systems LS1 security screen ids-option own limit-session source-ip-based 5
set logical-systems LS1 security screen ids-option own alarm-without-drop
set logical-systems LS1 security zones security-zone trust screen own
set logical-systems LS1 security zones security-zone trust interfaces ge-0/0/2.0
"""
PLACE = {"source-zone-name": "trust", "interface-name": "ge-0/0/0.0", "action": "drop"}
SOURCE, DESTINATION = Refusal.SOURCE_LIMIT, Refusal.DESTINATION_LIMIT


def duties(text: str) -> Any:
    found, wiring = load(text, "t"), SimpleNamespace(ingress=lambda leg: Interface(f"ge-0/0/{leg}.0"))
    return SimpleNamespace(flow=found.flow, wiring=wiring, first_path=SimpleNamespace(systems=found.systems))


def screening(text: str = TEXT) -> tuple[Screening, list[LogRecord]]:
    said: list[LogRecord] = []
    return Screening(duties(text), said.extend), said


def test_legs_count_in_the_zones_whose_screens_limit() -> None:
    screens, _ = screening()
    assert [screens.zone(leg) for leg in range(4)] == ["trust", "", "LS1 trust", ""]
    screens.renew(duties(""))
    assert [screens.zone(leg) for leg in range(4)] == [""] * 4


def test_every_meeting_is_counted_and_one_a_second_is_logged() -> None:
    screens, said = screening()
    for now in (0.0, 0.5, 0.99, 1.0):
        screens.exceeded(SOURCE, flow(), 0, now)
    screens.exceeded(DESTINATION, flow(), 0, 1.0)
    assert screens.met == {("trust", SOURCE): 4, ("trust", DESTINATION): 1}
    assert [dict(record.fields) for record in said] == [
        {"attack-name": "Src IP session limit!", "source-address": "10.0.0.1", **PLACE},
        {"attack-name": "Src IP session limit!", "source-address": "10.0.0.1", **PLACE},
        {"attack-name": "Dst IP session limit!", "destination-address": "198.18.0.1", **PLACE}]
    assert {(record.app, record.name, record.priority) for record in said} == {("RT_IDS", "RT_SCREEN_SESSION_LIMIT", 11)}


def test_a_logical_systems_zone_is_named_with_it() -> None:
    screens, said = screening()
    screens.exceeded(SOURCE, flow(), 2, 0.0)
    screens.exceeded(SOURCE, flow(), 3, 0.0)  # nobody's
    [record] = said
    assert record.name == "RT_SCREEN_SESSION_LIMIT_LS"
    assert dict(record.fields)["logical-system-name"] == "LS1"
    assert dict(record.fields)["action"] == "alarm-without-drop"
