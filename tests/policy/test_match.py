from ipaddress import IPv4Address, ip_address, ip_network

from hypothesis import given
from hypothesis import strategies as st

from hwmodel.session import UDP, FiveTuple
from nf.policy.match import AddressMatch, Application, ApplicationMatch, ApplicationTerm, PortRange

TLS = Application("junos-https", (ApplicationTerm(6, destination_ports=PortRange(443, 443)),))
ANY = Application("any", (ApplicationTerm(),))


def flow(dport: int, proto: int = 6, sport: int = 40000) -> FiveTuple:
    return FiveTuple(ip_address("10.0.0.1"), sport, ip_address("192.0.2.1"), dport, proto)


@given(st.ip_addresses(v=4), st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_excluded_addresses_are_exactly_the_others(address: IPv4Address, base: int, length: int) -> None:
    prefix = ip_network((base, length), strict=False)
    assert AddressMatch(("a",), (prefix,)).covers(address) == (address in prefix)
    assert AddressMatch(("a",), (prefix,), negated=True).covers(address) == (address not in prefix)


def test_address_families_do_not_mix() -> None:
    every_v4 = AddressMatch(("any-ipv4",), (ip_network("0.0.0.0/0"),))
    assert not every_v4.covers(ip_address("::1"))
    assert not AddressMatch((), ()).covers(ip_address("10.0.0.1"))


@given(st.integers(0, 65535), st.integers(0, 65535), st.integers(0, 65535))
def test_port_ranges_hold_both_ends(a: int, b: int, port: int) -> None:
    low, high = sorted((a, b))
    assert (port in PortRange(low, high)) == (low <= port <= high)
    assert low in PortRange(low, high)
    assert port in PortRange()


def test_terms_look_at_protocol_and_both_ports() -> None:
    term = ApplicationTerm(UDP, PortRange(1024, 2000), PortRange(53, 53))
    assert term.covers(flow(53, UDP, 1024))
    assert not term.covers(flow(53, UDP, 1023))
    assert not term.covers(flow(54, UDP, 1024))
    assert not term.covers(flow(53, 6, 1024))


def test_the_first_application_that_covers_a_flow_names_it() -> None:
    match = ApplicationMatch(("junos-https", "any"), (TLS, ANY))
    assert match.find(flow(443)) is TLS
    assert match.find(flow(443, UDP)) is ANY
    assert ApplicationMatch(("junos-https",), (TLS,)).find(flow(80)) is None
    assert list(match.terms()) == [*TLS.terms, *ANY.terms]
