"""What the device says of its policies."""

from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import pytest

from nf.config import load
from nf.dataplane.device import UNKNOWN
from nf.dataplane.policy_answers import LOOKED_AT, names, policies, zones
from nf.dataplane.selection import RequestError
from nf.policy.policies import PolicyTable
from nf.policy.systems import Systems

PAIR = "set security policies from-zone trust to-zone untrust"
TEXT = "".join(f"""
{PAIR} policy p{number} match source-address any
{PAIR} policy p{number} match destination-address any
{PAIR} policy p{number} match application junos-https
{PAIR} policy p{number} then permit
{PAIR} policy p{number} then log session-close""" for number in range(3)) + """
set security policies global policy rest match source-address any
set security policies global policy rest match destination-address any
set security policies global policy rest match application any
set security policies global policy rest then deny
set security zones security-zone trust interfaces ge-0/0/0.0
set security zones security-zone untrust interfaces ge-0/0/1.0
set interfaces ge-0/0/0 unit 0
set interfaces ge-0/0/1 unit 0
set interfaces ge-0/0/3 unit 0
set logical-systems one security policies global policy own match source-address any destination-address any application any
set logical-systems one security policies global policy own then permit
set logical-systems one security zones security-zone trust interfaces ge-0/0/2.0
set tenants two interfaces ge-0/0/3.0
set tenants two security zones security-zone dmz interfaces ge-0/0/3.0
"""


@pytest.fixture
def device() -> SimpleNamespace:
    """What an answer needs of the central point: its configuration, and its books."""
    path = SimpleNamespace(systems=load(TEXT, "test").systems)
    return SimpleNamespace(about=UNKNOWN, first_path=path, ledger=SimpleNamespace(hits=Counter({0: 4, 2: 9, 5: 3, -1: 2})))


def test_policies_in_order_with_their_hits(device: SimpleNamespace) -> None:
    answer = policies(device, {"show": "policies"})
    assert [(one["index"], one["name"], one["hits"]) for one in answer["policies"]] == [
        (1, "p0", 0), (2, "p1", 9), (3, "p2", 0), (4, "rest", 0)]
    assert answer["systems"] == [
        {"logical-system": "root-logical-system", "kind": "root", "default": "deny", "default-hits": 4}]
    assert answer["next"] is None
    assert answer["policies"][0]["log"] == ["at-close"]
    assert answer["policies"][3]["global"]


@pytest.mark.parametrize(("wanted", "indices"), [
    ({"policy-name": "p1"}, [2]), ({"from-zone": "trust"}, [1, 2, 3]), ({"to-zone": "trust"}, []),
    ({"policy-name": []}, [])])
def test_filters(device: SimpleNamespace, wanted: dict[str, object], indices: list[int]) -> None:
    assert [one["index"] for one in policies(device, wanted)["policies"]] == indices


def test_portions(device: SimpleNamespace) -> None:
    box = device.first_path.systems.root
    device.first_path.systems = Systems((replace(box, policies=PolicyTable(box.policies.policies * LOOKED_AT)),))
    indices: list[int] = []
    after: int | None = 0
    while after is not None:
        answer = policies(device, {"after": after})
        indices += [one["index"] for one in answer["policies"]]
        after = answer["next"]
    assert indices == list(range(1, 4 * LOOKED_AT + 1))


def test_zones_and_names(device: SimpleNamespace) -> None:
    assert [zone["name"] for zone in zones(device, {})["zones"]] == ["trust", "untrust"]
    assert [list(zone["interfaces"]) for zone in zones(device, {"zone": "trust"})["zones"]] == [["ge-0/0/0.0"]]
    assert zones(device, {"zone": "dmz"})["zones"] == []
    found = names(device, {})
    assert found["policy"] == ["p0", "p1", "p2", "rest", "own"]
    assert (found["zone"], found["logical-system"], found["tenant"]) == (["trust", "untrust", "dmz"], ["all", "one"], ["two"])
    assert "ge-0/0/3.0" in found["interface"]


def test_of_logical_systems_and_tenants(device: SimpleNamespace) -> None:
    answer = policies(device, {"logical-system": "one"})
    assert [(one["index"], one["name"], one["hits"]) for one in answer["policies"]] == [(5, "own", 3)]
    assert [one["default-hits"] for one in answer["systems"]] == [2]
    assert [one["name"] for one in zones(device, {"logical-system": "two"})["zones"]] == ["dmz"]
    everywhere = zones(device, {"logical-system": "all"})["zones"]
    assert [(one["logical-system"], one["name"]) for one in everywhere] == [
        ("root-logical-system", "trust"), ("root-logical-system", "untrust"), ("one", "trust"), ("two", "dmz")]


@pytest.mark.parametrize("name", ["three", [], 7])
def test_systems_that_are_not_there(device: SimpleNamespace, name: object) -> None:
    with pytest.raises(RequestError, match="no logical system or tenant"):
        policies(device, {"logical-system": name})
