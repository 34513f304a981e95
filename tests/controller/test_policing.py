from ipaddress import ip_address, ip_network

from hypothesis import given
from hypothesis import strategies as st

from nf.controller.policing import port_masks, prefixes
from nf.controller.verdicts import diverts
from nf.policy.match import AddressMatch, PortRange
from nf.policy.policies import Action
from tests.controller.networks import PROXIED, policy

PORT = st.integers(0, 65535)
NETWORKS = st.lists(st.builds(lambda address, length: ip_network((address, length), strict=False),
                              st.integers(0, 0xFFFFFFFF), st.integers(0, 32)), max_size=4).map(tuple)
EVERY = [ip_network("0.0.0.0/0")]


@given(PORT, PORT, st.lists(PORT, max_size=20))
def test_port_masks_cover_each_port_of_the_range_once_and_no_other(one, other, samples):
    ports = PortRange(min(one, other), max(one, other))
    masks = port_masks(ports)
    assert sum(0x10000 - mask for _, mask in masks) == ports.high - ports.low + 1
    for port in (*samples, ports.low, ports.high, max(ports.low - 1, 0), min(ports.high + 1, 65535)):
        assert sum(port & mask == value for value, mask in masks) == (port in ports)


def test_port_masks_are_few():
    assert port_masks(PortRange()) == [(0, 0)]
    assert port_masks(PortRange(443, 443)) == [(443, 0xFFFF)]
    assert port_masks(PortRange(1024, 65535)) == [(1024, 0xFC00), (2048, 0xF800), (4096, 0xF000), (8192, 0xE000),
                                                  (16384, 0xC000), (32768, 0x8000)]
    assert len(port_masks(PortRange(1, 65534))) == 30


@given(NETWORKS, st.booleans(), st.lists(st.integers(0, 0xFFFFFFFF), min_size=1, max_size=20))
def test_prefixes_cover_what_the_address_match_covers(named, negated, samples):
    match = AddressMatch((), named, negated)
    covering = prefixes(match, 4, EVERY)
    edges = [int(end) for network in named for end in (network.network_address, network.broadcast_address)]
    for sample in (*samples, *edges):
        address = ip_address(sample)
        assert sum(address in network for network in covering) == match.covers(address)


def test_excluded_addresses_are_taken_from_those_in_use():
    owned = [ip_network("10.0.0.0/30"), ip_network("192.0.2.7")]
    match = AddressMatch(("bank",), (ip_network("10.0.0.1"), ip_network("2001:db8::/32")), negated=True)
    assert prefixes(match, 4, owned) == [ip_network("10.0.0.0"), ip_network("10.0.0.2/31"), ip_network("192.0.2.7")]
    assert prefixes(AddressMatch((), (), negated=True), 6, [ip_network("::/0")]) == [ip_network("::/0")]


def test_only_a_permit_with_services_diverts():
    assert diverts(policy("web", services=PROXIED))
    assert not diverts(policy("web"))
    assert not diverts(policy("web", Action.DENY, PROXIED))
