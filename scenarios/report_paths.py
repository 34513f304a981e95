"""Which way each attempt of a visit took: through the network function, past it, or nowhere.

What the legs' captures hold was diverted. What got an answer and is not in there went past. The rest got no connection.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

import networkx as nx
from mininet.topo import Topo

from nf.controller import topology_file
from scenarios import clients
from scenarios.observe import ClientView, Observation
from scenarios.report_packets import Connection, Endpoint
from scenarios.schema import Scenario, Visit
from topologies.description import describe
from topologies.roles import Leg, Station, legs, stations

UNANSWERED = {7, 28, clients.TIMED_OUT}  # exit statuses of a client that could not connect or waited in vain


class Way(Enum):
    """Where packets of an attempt went, in words."""

    DIVERTED = "diverted"
    DIRECT = "direct"
    STOPPED = "no connection"

    @property
    def words(self) -> str:
        """What a legend says of it."""
        return _WORDS[self]


_WORDS = {Way.DIVERTED: "diverted to the network function", Way.DIRECT: "direct, past the network function",
          Way.STOPPED: "no connection: denied or dropped"}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt, the way it took, and where it was diverted its connection on the legs: the first of many."""

    visit: Visit
    view: ClientView
    way: Way
    connection: Connection | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """The same way taken by attempts of one client to one server; `nodes` are hosts, switches and legs in turn."""

    way: Way
    client: str
    server: str
    nodes: tuple[str, ...]
    attempts: int


def attempts(scenario: Scenario, topo: Topo, seen: Observation, connections: Sequence[Connection]) -> list[Attempt]:
    """Every attempt in the order of the visits."""
    hosts = {origin.name: origin.host for origin in scenario.origin}
    address = {station.name: station.ip for station in stations(topo)}
    visits = {visit.name: visit for visit in scenario.visit}
    free = list(connections)
    found = []
    for view in seen.clients:
        visit = visits.get(view.visit)
        if visit is None:
            continue
        server = address[hosts[visit.target[0]]], visit.target[1]
        own = _connections(visit, view, address[view.client], server, free)
        claimed = set(map(id, own))
        free = [it for it in free if id(it) not in claimed]
        found.append(Attempt(visit, view, _way(view, own), next(iter(own), None)))
    return found


def _connections(visit: Visit, view: ClientView, client: str, server: Endpoint,
                 free: Sequence[Connection]) -> list[Connection]:
    """By the client's own port where its program told it, else the first to the server that nobody has claimed."""
    to_server = [it for it in free if it.client.server == server and it.client.client[0] == client]
    port = int(view.local.rpartition("/")[2] or 0)
    if port:
        return [it for it in to_server if it.client.client[1] == port][:1]
    return to_server[:visit.sessions]


def _way(view: ClientView, own: Sequence[Connection]) -> Way:
    if own:
        return Way.DIVERTED
    answered = bool(view.issuer or view.tls or view.status) or view.exit not in UNANSWERED
    return Way.DIRECT if answered else Way.STOPPED


def routes(scenario: Scenario, topo: Topo, taken: Sequence[Attempt]) -> list[Route]:
    """The ways taken, each once, on the switches that the controller's routes lead over."""
    graph = topology_file.load(describe(topo), "topology").graph()
    hosts = {origin.name: origin.host for origin in scenario.origin}
    by_name = {station.name: station for station in stations(topo)}
    by_device = {leg.device: leg for leg in legs(topo)}
    counted: dict[tuple[Way, str, str, tuple[str, ...]], int] = {}
    for attempt in taken:
        client, server = by_name[attempt.view.client], by_name[hosts[attempt.visit.target[0]]]
        nodes = tuple(_nodes(attempt, client, server, by_device, graph))
        key = attempt.way, client.name, server.name, nodes
        counted[key] = counted.get(key, 0) + 1
    return [Route(*key, attempts=count) for key, count in counted.items()]


def _nodes(attempt: Attempt, client: Station, server: Station, by_device: dict[str, Leg],
           graph: "nx.Graph[str]") -> Iterator[str]:
    yield client.name
    if attempt.way is Way.STOPPED:
        yield client.edge.switch
        return
    here = client.edge.switch
    if attempt.connection:
        halves = (attempt.connection.client, attempt.connection.server)
        own = [by_device[half.device] for half in halves if half]
        yield from nx.dijkstra_path(graph, here, own[0].edge.switch)
        yield from (leg.device for leg in own)
        if not attempt.connection.server:
            return
        here = own[-1].edge.switch
    yield from nx.dijkstra_path(graph, here, server.edge.switch)
    yield server.name
