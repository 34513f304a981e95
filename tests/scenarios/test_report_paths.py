"""Ways: what the legs saw was diverted, what got an answer elsewhere went past, and what got none is told as such."""

import msgspec
import pytest

import scenarios
import topologies
from scenarios.observe import ClientView, Observation
from scenarios.report_packets import Connection, connections
from scenarios.report_paths import Route, Way, attempts, routes
from scenarios.schema import Origin, Scenario, Visit
from tests.scenarios.wire import Talk

STORY = Scenario(
    "s", "t", scenarios.load("forward_proxy").junos, (Origin("www.example.test"),),
    (Visit("v", "https://www.example.test/hello"), Visit("echo", "tls://www.example.test")))
PROXIED = ClientView("v", "client1", 0, issuer="CN=A", local="10.0.0.1/4711")


def proxied(port: int = 4711, *, upstream: bool = True, legs: str = "eth") -> list[Connection]:
    inside, outside = Talk(("10.0.0.1", port)), Talk(("10.0.0.1", port), outbound=True)
    return connections({f"srx1-{legs}0": inside.packets, f"srx1-{legs}1": outside.packets if upstream else []})


def taken(view: ClientView, found: list[Connection], topology: str = "inline") -> list[Route]:
    topo = topologies.load(topology)
    seen = Observation("s", "p", clients=(view,))
    return routes(STORY, topo, attempts(STORY, topo, seen, found))


def test_what_the_legs_saw_went_in_by_one_leg_and_out_by_the_other() -> None:
    (route,) = taken(PROXIED, proxied())
    assert (route.way, route.nodes) == (
        Way.DIVERTED, ("client1", "s1", "srx1-eth0", "srx1-eth1", "s1", "server1"))


def test_a_session_without_an_upstream_ends_in_the_network_function() -> None:
    (route,) = taken(PROXIED, proxied(upstream=False))
    assert route.nodes == ("client1", "s1", "srx1-eth0")


def test_another_port_of_the_same_client_is_another_connection() -> None:
    (route,) = taken(PROXIED, proxied(4712))
    assert (route.way, route.nodes) == (Way.DIRECT, ("client1", "s1", "server1"))


def test_a_program_that_does_not_tell_its_port_takes_the_first_connection_left() -> None:
    (route,) = taken(ClientView("echo", "client1", 0), proxied())
    assert route.way is Way.DIVERTED


@pytest.mark.parametrize(("exit_status", "way"), [
    (0, Way.DIRECT), (60, Way.DIRECT), (28, Way.STOPPED), (7, Way.STOPPED)])
def test_without_an_answer_there_was_no_connection(exit_status: int, way: Way) -> None:
    (route,) = taken(ClientView("v", "client1", exit_status, local="10.0.0.1/4711"), [])
    assert route.way is way
    assert route.nodes[:2] == ("client1", "s1")


def test_a_connection_is_claimed_once_and_ways_alike_are_counted() -> None:
    topo = topologies.load("inline")
    views = tuple(msgspec.structs.replace(PROXIED, local=f"10.0.0.1/{port}") for port in (4711, 4711, 4712))
    found = attempts(STORY, topo, Observation("s", "p", clients=views), [*proxied(4711), *proxied(4712)])
    assert [attempt.way for attempt in found] == [Way.DIVERTED, Way.DIRECT, Way.DIVERTED]
    assert sorted(route.attempts for route in routes(STORY, topo, found)) == [1, 2]


def test_a_program_of_many_sessions_leaves_the_next_visit_its_own() -> None:
    many = msgspec.structs.replace(STORY, visit=(
        Visit("many", "https://www.example.test/hello", sessions=2), Visit("echo", "tls://www.example.test")))
    views = ClientView("many", "client1", 0), ClientView("echo", "client1", 0)
    own = [it for port in (1, 2, 3) for it in proxied(port)]
    found = attempts(many, topologies.load("inline"), Observation("s", "p", clients=views), own)
    assert [attempt.connection and attempt.connection.client.client[1] for attempt in found] == [1, 3]


@pytest.mark.parametrize("view", [PROXIED, ClientView("v", "client1", 0)])
def test_over_several_switches_the_way_is_along_links(view: ClientView) -> None:
    (route,) = taken(view, proxied() if view is PROXIED else [], "leaf_spine")
    links = {frozenset(link) for link in topologies.load("leaf_spine").iterLinks()}
    switches = [node for node in route.nodes if node.startswith(("leaf", "spine"))]
    assert switches[0] == "leaf1"
    assert all(frozenset(pair) in links for pair in zip(route.nodes, route.nodes[1:], strict=False)
               if set(pair) <= set(switches))
