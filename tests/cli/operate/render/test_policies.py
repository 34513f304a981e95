"""Policies and zones in the layout of the devices."""

from typing import Any

import pytest

from nf.cli.operate.grammar import OperatorError
from nf.cli.operate.render.policies import hit_count, policies, zones

ANY = {"names": ["any"], "excluded": False}
INSPECT: dict[str, Any] = {
    "index": 1, "name": "inspect", "global": False, "from-zones": ["trust"], "to-zones": ["untrust"], "source": ANY,
    "destination": {"names": ["mail", "web"], "excluded": True}, "applications": ["junos-https"], "action": "permit",
    "dynamic-applications": [], "url-categories": [],
    "log": ["at-create"], "services": [["ssl-proxy", "fp"], ["idp", ""]], "hits": 12}
GLOBAL = {**INSPECT, "index": 2, "name": "rest", "global": True, "from-zones": [], "to-zones": [], "destination": ANY,
          "action": "deny", "log": [], "services": [], "hits": 0}
BOX = {"logical-system": "root-logical-system", "kind": "root"}
INNER = {"logical-system": "one", "kind": "tenant"}
ANSWER = {"systems": [{**BOX, "default": "deny", "default-hits": 3}], "policies": [{**INSPECT, **BOX}, {**GLOBAL, **BOX}]}
BOTH = {"systems": [*ANSWER["systems"], {**INNER, "default": "permit", "default-hits": 1}],
        "policies": [*ANSWER["policies"], {**GLOBAL, **INNER, "index": 3, "hits": 8}]}


def test_policies_by_pair_of_zones() -> None:
    assert policies(ANSWER, {}) == [
        "Default policy: deny-all", "From zone: trust, To zone: untrust",
        "  Policy: inspect, State: enabled, Index: 1, Scope Policy: 0, Sequence number: 1", "    Source addresses: any",
        "    Destination addresses(excluded): mail, web", "    Applications: junos-https",
        "    Application services: ssl-proxy fp, idp", "    Action: permit, log", "From zones: any, To zones: any",
        "  Policy: rest, State: enabled, Index: 2, Scope Policy: 0, Sequence number: 1", "    Source addresses: any",
        "    Destination addresses: any", "    Applications: junos-https", "    Action: deny"]


def test_what_a_policy_waits_for() -> None:
    waiting = {**INSPECT, **BOX, "dynamic-applications": ["junos:SSL", "junos:HTTP"], "url-categories": ["banks"]}
    lines = policies({**ANSWER, "policies": [waiting]}, {})
    at = lines.index("    Applications: junos-https")
    assert lines[at + 1:at + 3] == ["    Dynamic Applications: junos:SSL, junos:HTTP", "    Url-categories: banks"]


def test_hits() -> None:
    assert hit_count(ANSWER, {}) == [
        "Logical system: root-logical-system",
        " Index  From zone  To zone   Name            Policy count  Action",
        " 0      all-zone   all-zone  default-policy  3             Deny",
        " 1      trust      untrust   inspect         12            Permit",
        " 2      any        any       rest            0             Deny"]
    assert not any("default-policy" in line for line in hit_count(ANSWER, {"policy-name": "rest"}))


def test_zones() -> None:
    zone = {**BOX, "name": "trust", "tcp-rst": True, "application-tracking": True, "interfaces": ["ge-0/0/0.0"]}
    assert zones({"zones": [zone]}, {}) == [
        "Security zone: trust", "  Send reset for non-SYN session TCP packets: On", "  Policy configurable: Yes",
        "  Application tracking: On", "  Interfaces bound: 1", "  Interfaces:", "    ge-0/0/0.0"]
    with pytest.raises(OperatorError, match="no security zone dmz"):
        zones({"zones": []}, {"zone": "dmz"})


def test_each_system_by_itself() -> None:
    lines = policies(BOTH, {"logical-system": "all"})
    assert [line for line in lines if not line.startswith(" ")] == [
        "Default policy: deny-all", "From zone: trust, To zone: untrust", "From zones: any, To zones: any",
        "Tenant: one", "Default policy: permit-all", "From zones: any, To zones: any"]
    hits = hit_count(BOTH, {"logical-system": "all"})
    assert hits[5:] == ["Tenant: one", " Index  From zone  To zone   Name            Policy count  Action",
                        " 0      all-zone   all-zone  default-policy  1             Permit",
                        " 3      any        any       rest            8             Deny"]
    zone = {**INNER, "name": "dmz", "tcp-rst": False, "application-tracking": False, "interfaces": []}
    assert zones({"zones": [zone]}, {})[:2] == ["Tenant: one", "Security zone: dmz"]
