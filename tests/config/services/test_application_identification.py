"""Custom applications, groups and limits of application identification."""

from ipaddress import ip_address, ip_network

import pytest

from hwmodel.session import FiveTuple
from nf.config import ConfigError, load
from nf.policy.appid import AddressMapping, ApplicationIdentification, CustomApplication, Member, Signature
from nf.policy.match import PortRange

TEXT = r"""
services { application-identification {
    application shop {
        cacheable; priority high; order 7; risk 4;
        over HTTP { signature s { port-range [ 80 8000-8010 ]; member m01 {
            context http-header-host; pattern ".*\[shop\]\.test"; direction client-to-server; depth 64; } } }
    }
    application ours { address-mapping a { filter { ip 198.51.100.0/24; port-range { tcp [ 9000 ]; } } } }
    application-group mine { applications { shop; junos:FTP; } application-groups { inner; } }
    application-group inner { applications { ours; } }
    application-system-cache { security-services; no-miscellaneous-services; }
    application-system-cache-timeout 60;
    inspection-limit { tcp { byte-limit 4000; } }
} }
"""


def facts(text: str) -> ApplicationIdentification:
    found = load(text, "t").services["application_identification"]
    assert isinstance(found, ApplicationIdentification)
    return found


def test_everything_that_it_says() -> None:
    shop = CustomApplication(
        "shop", (Signature("s", "HTTP", (Member("http-header-host", r".*(?i:shop)\.test", "client-to-server", 64),),
                           (PortRange(80, 80), PortRange(8000, 8010))),), (), "high", 7, 4, cacheable=True)
    ours = CustomApplication("ours", (), (AddressMapping(ip_network("198.51.100.0/24"), (PortRange(9000, 9000),)),))
    assert facts(TEXT) == ApplicationIdentification(
        (shop, ours), {"mine": frozenset({"shop", "junos:FTP", "ours"}), "inner": frozenset({"ours"})}, 4000,
        cache_for_security=True, cache_for_others=False, cache_timeout=60)


def test_an_address_mapping_is_of_servers() -> None:
    mapping = facts(TEXT).applications[1].addresses[0]
    client = ip_address("192.0.2.1")
    assert mapping.covers(FiveTuple(client, 1, ip_address("198.51.100.7"), 9000))
    assert not mapping.covers(FiveTuple(client, 1, ip_address("198.51.100.7"), 9001))
    assert not mapping.covers(FiveTuple(client, 1, ip_address("203.0.113.7"), 9000))


@pytest.mark.parametrize(("statement", "word", "message"), [
    ("application junos:HTTP { risk 1; }", "junos:HTTP", "the name of a predefined application"),
    ("application a { over HTTP { signature s { member m { context stream; pattern \"(\"; } } } }", "(",
     "no regular expression"),
    ("application a { over HTTP { signature s { member m { context stream; } } } }", "m", "a context and a pattern"),
    ("application a { over HTTP { signature s { port-range 80; } } }", "s", "1 to 5 members"),
    ("application a { over TCP { signature s { port-range 9-8; member m { context stream; pattern a; } } } }", "9-8", "a port"),
    ("application-group g { applications { junos:FTPP; } }", "junos:FTPP", "no such application"),
    ("application-group g { application-groups { junos:webb; } }", "junos:webb", "no such application-group")])
def test_mistakes(statement: str, word: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        load(f"services {{ application-identification {{ {statement} }} }}", "t")
    assert caught.value.word == word


@pytest.mark.parametrize(("statement", "message"), [
    ("application a { icmp-mapping { type 8; } }", "only what TCP carries"),
    ("application a { over UDP { signature s { member m { context stream; pattern a; } } } }", "never matches"),
    ("application a { over HTTP { signature s { member m { context http-body; pattern a; } } } }", "known are")])
def test_what_never_matches_is_told(statement: str, message: str) -> None:
    warnings = load(f"services {{ application-identification {{ {statement} }} }}", "t").warnings
    assert any(message in warning.message for warning in warnings)
