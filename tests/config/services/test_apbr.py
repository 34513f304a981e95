"""Routing by application: profiles, where they are attached, and the routing instances that they lead to."""

from ipaddress import ip_address, ip_network

import pytest

from hwmodel.session import FiveTuple
from nf.config import ConfigError, load
from nf.policy.apbr import Apbr, ApbrProfile, ApbrRule, RoutingInstance
from nf.policy.unified import Known
from nf.policy.url_categories import UrlCategory
from nf.policy.zones import Route, Zone

PROFILE = """
security {
    utm { custom-objects { url-pattern p { value www.video.test; } custom-url-category video { value p; } } }
    zones { security-zone trust { advance-policy-based-routing-profile %s; } security-zone guests; }
    advance-policy-based-routing {
        profile PF1 {
            rule R1 { match { dynamic-application junos:FTP; dynamic-application-group junos:p2p; }
                      then { routing-instance RI1; } disable-midstream-routing; }
            rule R2 { match { category video; } then { routing-instance { RI2; } } }
        }
        profile PF2 { rule R { match { dynamic-application junos:HTTP; } then { routing-instance RI1; } } }
        tunables { max-route-change 2; drop-on-zone-mismatch; enable-logging; }
        from-zone guests { policy web {
            match { source-address any; destination-address any; application junos-http; }
            then { application-services { advance-policy-based-routing-profile PF2; } } } }
    }
}
routing-instances {
    RI1 { instance-type forwarding; routing-options { static { route 0.0.0.0/0 next-hop 10.0.0.9; } } }
    RI2 { instance-type forwarding; }
}
"""


def apbr(text: str = PROFILE % "PF1") -> Apbr:
    found = load(text, "t").services["apbr"]
    assert isinstance(found, Apbr)
    return found


@pytest.mark.parametrize("spelling", ["PF1", "profile PF1"])
def test_a_zones_profile_in_both_spellings(spelling: str) -> None:
    assert apbr(PROFILE % spelling).zones == {"trust": "PF1"}


def test_rules_and_where_they_lead() -> None:
    found = apbr()
    assert found.profiles["PF1"] == ApbrProfile("PF1", (
        ApbrRule("R1", frozenset({"junos:FTP", "junos:p2p"}), (), "RI1", midstream=False),
        ApbrRule("R2", frozenset(), (UrlCategory("video", ("p",), ("www.video.test",)),), "RI2")))
    assert found.instances["RI1"] == RoutingInstance("RI1", (Route(ip_network("0.0.0.0/0"), ip_address("10.0.0.9")),))
    assert (found.most_changes, found.drops_mismatch, found.logs) == (2, True, True)
    assert found.profiles["PF1"].rule(Known(frozenset({"junos:HTTP"}), "www.video.test")) is found.profiles["PF1"].rules[1]


def test_a_policy_chooses_by_address_and_port() -> None:
    found, client, server = apbr(), ip_address("192.0.2.1"), ip_address("203.0.113.1")
    for port, profile in ((80, "PF2"), (443, None)):
        given = found.profile(Zone("guests"), FiveTuple(client, 1, server, port))
        assert (given.name if given else None) == profile


@pytest.mark.parametrize(("old", "new", "word", "message"), [
    ("junos:FTP", "junos:FTTP", "junos:FTTP", "no such dynamic-application"),
    ("{ category video", "{ category films", "films", "no such category"),
    ("routing-instance RI1", "routing-instance RI9", "RI9", "no such routing instance"),
    ("routing-profile PF1", "routing-profile PF9", "PF9", "names a profile that is not there"),
    ("from-zone guests", "from-zone guest", "guest", "no such zone"), ("next-hop 10.0.0.9", "next-hop up", "up", "next hop")])
def test_mistakes(old: str, new: str, word: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        load((PROFILE % "PF1").replace(old, new, 1), "t")
    assert caught.value.word == word
