from ipaddress import IPv4Interface, IPv6Interface, ip_address, ip_network

import pytest

from nf.config import ConfigError, load
from nf.policy.zones import Route


def test_interfaces_zones_and_routes() -> None:
    zones = load("""set interfaces ge-0/0/1 unit 5 family inet address 192.0.2.1/24
set interfaces ge-0/0/1 unit 5 family inet6 address 2001:db8::1/64
set interfaces ge-0/0/2 unit 0 family bridge
set routing-options static route 0.0.0.0/0 next-hop [ 192.0.2.254 192.0.2.253 ]
set routing-options rib inet6.0 static route ::/0 next-hop 2001:db8::fe
set security zones security-zone t interfaces ge-0/0/2 tcp-rst
set security zones security-zone t interfaces ge-0/0/1.5""", "t").zone_map
    assert zones.interfaces["ge-0/0/1.5"].addresses == (IPv4Interface("192.0.2.1/24"), IPv6Interface("2001:db8::1/64"))
    assert zones.interfaces["ge-0/0/2.0"].addresses == ()
    assert zones.zones["t"].interfaces == ("ge-0/0/2.0", "ge-0/0/1.5"), "unit 0 where none is written"
    assert zones.zones["t"].tcp_rst
    assert not zones.zones["t"].application_tracking
    assert Route(ip_network("::/0"), ip_address("2001:db8::fe")) in zones.routes
    assert len(zones.routes) == 3


INBOUND = "host-inbound-traffic system-services "


@pytest.mark.parametrize(("zone", "interface", "pinged"), [
    ("", "", False), (INBOUND + "ping", "", True), (INBOUND + "all", "", True), (INBOUND + "ssh", "", False),
    (INBOUND + "any-service", "", True), (INBOUND + "ping", INBOUND + "ssh", False), ("", INBOUND + "ping", True),
    (INBOUND + "ssh", INBOUND + "all", True),
    (f"{INBOUND}all\nset security zones security-zone t {INBOUND}ping except", "", False)])
def test_an_interfaces_own_word_on_pings_goes_before_its_zones(zone: str, interface: str, pinged: bool) -> None:
    lines = [f"set security zones security-zone t {zone}"] * bool(zone)
    lines.append(f"set security zones security-zone t interfaces ge-0/0/0.0 {interface}")
    found = load("\n".join(lines), "t").zone_map.zones["t"]
    assert found.pinged_at == (("ge-0/0/0.0",) if pinged else ())


def test_what_else_may_come_in_is_answered_by_nobody_and_that_is_said() -> None:
    lines = "".join(f"set security zones security-zone t {where}host-inbound-traffic {what}\n" for where, what in (
        ("", "system-services ping"), ("", "system-services all"), ("", "protocols all"), ("", "system-services ssh"),
        ("interfaces ge-0/0/0.0 ", "system-services ssh"), ("interfaces ge-0/0/0.0 ", "protocols ospf")))
    said = [(remark.line, remark.statement, remark.message) for remark in load(lines, "t").warnings]
    assert said == [(4, "host-inbound-traffic system-services ssh", "no effect yet (2 statements)"),
                    (6, "host-inbound-traffic protocols ospf", "no effect yet")]


def test_route_by_interface_has_no_effect() -> None:
    remark, = load("set routing-options static route 0.0.0.0/0 next-hop ge-0/0/0.0", "t").warnings
    assert remark.statement == "next-hop ge-0/0/0.0"


@pytest.mark.parametrize(("text", "word", "said"), [
    ("set security zones security-zone a interfaces ge-0/0/0.0\nset security zones security-zone b interfaces ge-0/0/0",
     "ge-0/0/0", "this interface is already in zone a"),
    ("\nset interfaces ge-0/0/0 unit 0 family inet6 address 10.0.0.1/24", "10.0.0.1/24",
     "family inet6 takes IPv6 addresses"),
    ("\nset routing-options static route 0.0.0.0/0 next-hop ::1", "::1", "an IPv4 next hop is expected for 0.0.0.0/0"),
])
def test_mistakes(text: str, word: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(text, "t")
    assert (caught.value.line, caught.value.word, caught.value.message) == (2, word, said)
