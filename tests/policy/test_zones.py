from ipaddress import ip_address, ip_interface, ip_network

from nf.policy.zones import Interface, Route, Zone, ZoneMap

INSIDE = Interface("ge-0/0/0.0", (ip_interface("10.0.0.1/8"), ip_interface("2001:db8::1/64")))
LAB = Interface("ge-0/0/1.0", (ip_interface("10.1.0.1/24"),))
OUTSIDE = Interface("ge-0/0/2.0", (ip_interface("192.0.2.1/24"),))
MAP = ZoneMap(
    {"trust": Zone("trust", ("ge-0/0/0.0", "ge-0/0/1.0")), "untrust": Zone("untrust", ("ge-0/0/2.0",))},
    {interface.name: interface for interface in (INSIDE, LAB, OUTSIDE)},
    (Route(ip_network("0.0.0.0/0"), ip_address("192.0.2.254")),
     Route(ip_network("172.16.0.0/12"), ip_address("10.9.9.9")),
     Route(ip_network("198.51.100.0/24"), ip_address("203.0.113.1"))))


def test_zone_of_an_interface() -> None:
    zone = MAP.zone_of("ge-0/0/1.0")
    assert zone is MAP.zones["trust"]
    assert MAP.zone_of("ge-0/0/9.0") is None


def test_the_longest_connected_prefix_wins() -> None:
    assert MAP.interface_towards(ip_address("10.1.0.7")) is LAB
    assert MAP.interface_towards(ip_address("10.2.0.7")) is INSIDE
    assert MAP.interface_towards(ip_address("2001:db8::7")) is INSIDE


def test_the_longest_route_wins_where_nothing_is_connected() -> None:
    assert MAP.interface_towards(ip_address("172.16.0.1")) is INSIDE
    assert MAP.interface_towards(ip_address("8.8.8.8")) is OUTSIDE


def test_no_interface_without_route_or_with_a_next_hop_that_is_not_connected() -> None:
    assert MAP.interface_towards(ip_address("2001:db9::1")) is None
    assert MAP.interface_towards(ip_address("198.51.100.1")) is None
    assert ZoneMap().interface_towards(ip_address("10.0.0.1")) is None
