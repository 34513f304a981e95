from dataclasses import replace
from ipaddress import ip_network
from itertools import permutations

import pytest

from nf.controller.topology import Place, Switch, Topology
from tests.controller.networks import ONE, TRUST, TWO


def test_a_route_is_the_port_of_the_first_switch_on_a_shortest_path():
    assert TWO.routes("s1") == {"s3": 20, "s2": 20}
    assert TWO.routes("s3") == {"s1": 21, "s2": 22}
    assert ONE.routes("s1") == {}


def test_a_switch_without_links_is_out_of_reach_and_parallel_links_use_the_lowest_port():
    ends = ((Place("a", 7), Place("b", 7)), (Place("b", 3), Place("a", 3)))
    assert Topology((Switch("a", 1), Switch("b", 2), Switch("c", 3)), links=ends).routes("a") == {"b": 3}


def test_ports_by_what_is_behind_them():
    assert (TWO.link_ports("s3"), TWO.link_ports("s1")) == ((21, 22), (20,))
    assert (TWO.leg_ports("s3"), TWO.leg_ports("s2")) == ((12,), (13,))
    assert TWO.nf.leg(TRUST).place == Place("s1", 11)
    assert TWO.nf.leg("ge-9/9/9.0") is None
    assert TWO.switch(2).name == "s2"
    assert TWO.switch(9) is None


def test_stations_are_the_single_addresses_of_a_host():
    own = [ip_network(text) for text in ("10.0.0.9/32", "2001:db8::9/128", "fe80::200:ff:fe00:9/128")]
    assert list(ONE.hosts[4].stations()) == own
    without = replace(ONE.hosts[4], addresses=(own[0],))
    assert list(without.stations()) == own[:1]


def ring(*names: str) -> Topology:
    ends = zip(names, (*names[1:], names[0]), strict=True)
    return Topology(tuple(Switch(name, number) for number, name in enumerate(names, 1)),
                    links=tuple((Place(a, 2), Place(b, 1)) for a, b in ends))


@pytest.mark.parametrize("names", list(permutations("abcd")))
def test_of_two_shortest_paths_both_ends_choose_the_same(names):
    square = ring(*names)
    beyond = {near.switch + str(near.port): far.switch for a, b in square.links for near, far in ((a, b), (b, a))}
    for one, other in ((names[0], names[2]), (names[1], names[3])):
        assert beyond[f"{one}{square.routes(one)[other]}"] == beyond[f"{other}{square.routes(other)[one]}"]


def test_the_tree_has_every_switch_and_no_loop():
    assert [ring("a", "b", "c").tree_ports(name) for name in "abc"] == [(1, 2), (1,), (2,)]
    assert [TWO.tree_ports(switch.name) for switch in TWO.switches] == [(20,), (20,), (21, 22)]
    assert ONE.tree_ports("s1") == ()
