from ipaddress import ip_network

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
    assert list(ONE.hosts[4].stations()) == [ip_network("10.0.0.9/32"), ip_network("2001:db8::9/128")]
