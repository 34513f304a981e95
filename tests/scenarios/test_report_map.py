"""The picture of every topology: nothing overlaps, nothing is cut off, routes run from box to box."""

from itertools import combinations

import pytest

import scenarios
import topologies
from nf import config
from scenarios.report_map import Box, Map, picture
from scenarios.report_paths import Route, Way
from topologies.roles import Role, functions, legs, stations, wires

ZONES = config.load(scenarios.load("forward_proxy").junos, "forward_proxy").zone_map
FIXED = {"two_systems"}  # nothing to choose
SHAPES = [(name, size) for name in topologies.available() for size in ({}, {"clients": 7, "servers": 3})
          if not size or name not in FIXED]


def drawn(name: str, size: dict[str, int]) -> Map:
    return picture(topologies.load(name, **size), ZONES, [])


def overlap(a: Box, b: Box) -> bool:
    return all(abs(one - other) < (size + another) / 2 for one, other, size, another in (
        (a.x, b.x, a.size[0], b.size[0]), (a.y, b.y, a.size[1], b.size[1])))


@pytest.mark.parametrize(("name", "size"), SHAPES)
def test_boxes_are_apart_and_inside(name: str, size: dict[str, int]) -> None:
    map_ = drawn(name, size)
    assert [pair for pair in combinations(map_.boxes, 2) if overlap(*pair)] == []
    assert all(box.size[0] / 2 < box.x < map_.width - box.size[0] / 2 for box in map_.boxes)
    assert all(box.size[1] / 2 < box.y < map_.height - box.size[1] / 2 for box in map_.boxes)


@pytest.mark.parametrize(("name", "size"), SHAPES)
def test_every_node_and_every_link_is_there(name: str, size: dict[str, int]) -> None:
    topo, map_ = topologies.load(name, **size), drawn(name, size)
    assert {box.name for box in map_.boxes} == {*topo.hosts(), *topo.switches()}
    between = [link for link in topo.iterLinks() if all(map(topo.isSwitch, link))]
    passed = (*wires(topo), *functions(topo, Role.PROXY))
    assert len(map_.links) == len(between) + len(stations(topo)) + len(legs(topo)) + 2 * len(passed)


def test_hosts_tell_their_zone_and_one_at_no_zones_interface_has_none() -> None:
    notes = {box.name: (box.note, box.zone) for box in drawn("inline", {}).boxes}
    assert notes["client1"] == ("10.0.0.1  trust", 0)
    assert notes["server1"] == ("10.0.0.101  untrust", 1)
    bare = config.load("set system host-name x", "x").zone_map
    assert {box.zone for box in picture(topologies.load("inline"), bare, []).boxes} == {None}


@pytest.mark.parametrize("name", topologies.available())
def test_a_route_starts_and_ends_at_the_boxes_it_names(name: str) -> None:
    topo = topologies.load(name)
    first, last = legs(topo)[0], legs(topo)[-1]
    switches = {station.name: station.edge.switch for station in stations(topo)}
    route = Route(Way.DIVERTED, "client1", "server1", (
        "client1", switches["client1"], first.device, last.device, switches["server1"], "server1"), 3)
    map_ = picture(topo, ZONES, [route])
    boxes, (line,) = {box.name: box for box in map_.boxes}, map_.routes
    for node, (x, y) in (("client1", line.points[0]), ("server1", line.points[-1])):
        assert abs(x - boxes[node].x) <= boxes[node].size[0] / 2
        assert abs(y - boxes[node].y) <= boxes[node].size[1] / 2
    assert line.title.endswith("diverted, 3 attempts")


def test_ways_over_the_same_link_stay_apart_and_a_stopped_one_ends_on_its_way() -> None:
    topo = topologies.load("inline")
    nodes = ("client1", "s1", "server1")
    direct, stopped = picture(topo, ZONES, [Route(Way.DIRECT, "client1", "server1", nodes, 1),
                                            Route(Way.STOPPED, "client1", "server1", nodes[:2], 1)]).routes
    assert direct.points[0] != stopped.points[0]
    box = next(box for box in drawn("inline", {}).boxes if box.name == "s1")
    assert stopped.points[-1][0] < box.x - box.size[0] / 2
