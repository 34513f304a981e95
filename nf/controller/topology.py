"""The network as the controller knows it: switches, edge ports and their interfaces, hosts, links, the NF's legs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from ipaddress import IPv4Network, IPv6Address, IPv6Network
from typing import TypeAlias

import networkx as nx

from hwmodel.session import IpAddress

IpNetwork: TypeAlias = IPv4Network | IPv6Network


class TopologyError(Exception):
    """The operator's topology cannot be used: which file, which key, and what was expected there."""

    def __init__(self, origin: str, key: str, message: str) -> None:
        super().__init__(f"{origin}: {key}: {message}" if key else f"{origin}: {message}")
        self.origin, self.key, self.message = origin, key, message


@dataclass(frozen=True, slots=True)
class Place:
    """A port of a switch."""

    switch: str
    port: int

    def __str__(self) -> str:
        return f"{self.switch}:{self.port}"


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch, its datapath id, and which logical interface each edge port is."""

    name: str
    dpid: int
    ports: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Host:
    """Who owns addresses at an edge port: a station with its own, or a router with the prefixes behind it."""

    name: str
    mac: int
    addresses: tuple[IpNetwork, ...]
    place: Place

    def stations(self) -> Iterator[IpNetwork]:
        """The single addresses that ARP and neighbour discovery may ask for: its own, and with IPv6 the link-local one."""
        own = [network for network in self.addresses if network.prefixlen == network.max_prefixlen]
        if any(network.version == 6 for network in own):
            own.append(IPv6Network(link_local(self.mac)))
        return iter(dict.fromkeys(own))


def link_local(mac: int) -> IPv6Address:
    """The link-local address that a station makes from its MAC address (RFC 4291 §2.5.6, appendix A)."""
    upper, lower = mac >> 24, mac & 0xFFFFFF
    return IPv6Address(0xFE80 << 112 | (upper ^ 0x020000) << 40 | 0xFFFE << 24 | lower)


@dataclass(frozen=True, slots=True)
class Leg:
    """The NF's port for one interface: what comes in by the interface is diverted to it. A wire's has no name or address."""

    interface: str
    mac: int
    place: Place


class Kind(Enum):
    """What a network function is to the sessions that reach it."""

    SRX = "the one that traffic is diverted to, or a node of the chassis cluster that is"
    WIRE = "passes packets on as they came"
    PROXY = "another SRX, where connections end"


@dataclass(frozen=True, slots=True)
class NetworkFunction:
    """A network function and its legs, one for each interface; `node` is its number in a chassis cluster, if it is in one.

    One that is not of kind SRX has two legs: that of the clients' side, and that of the servers'.
    """

    name: str
    legs: tuple[Leg, ...]
    node: int | None = None
    kind: Kind = Kind.SRX

    def leg(self, interface: str) -> Leg | None:
        """The leg of an interface."""
        return next((leg for leg in self.legs if leg.interface == interface), None)


@dataclass(frozen=True, slots=True)
class Topology:
    """Everything that is plugged in; `origin` is the file's name, for messages.

    `nf` is the network function that traffic is diverted to, `others` are those beside it: the other node of a chassis cluster,
    and `further` ones that only paths lead through.
    """

    switches: tuple[Switch, ...]
    hosts: tuple[Host, ...] = ()
    links: tuple[tuple[Place, Place], ...] = ()
    nf: NetworkFunction | None = None
    origin: str = "topology"
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # routing instance -> switches and functions to go by
    others: tuple[NetworkFunction, ...] = ()

    @property
    def functions(self) -> tuple[NetworkFunction, ...]:
        """Every network function, first the one that traffic is diverted to."""
        return ((self.nf,) if self.nf else ()) + self.others

    @property
    def nodes(self) -> tuple[NetworkFunction, ...]:
        """Those that traffic may be diverted to: the nodes of the chassis cluster, or the one that is in none."""
        return tuple(sorted((each for each in self.functions if each.kind is Kind.SRX), key=lambda each: each.node or 0))

    @property
    def further(self) -> tuple[NetworkFunction, ...]:
        """Those that only paths lead through."""
        return tuple(each for each in self.functions if each.kind is not Kind.SRX)

    def diverting_to(self, node: NetworkFunction) -> "Topology":
        """The same while traffic is diverted to another node."""
        return replace(self, nf=node, others=tuple(each for each in self.functions if each is not node))

    def switch(self, dpid: int) -> Switch | None:
        """The switch with a datapath id."""
        return next((switch for switch in self.switches if switch.dpid == dpid), None)

    def link_ports(self, switch: str) -> tuple[int, ...]:
        """The ports of a switch that lead to other switches."""
        return tuple(sorted({end.port for link in self.links for end in link if end.switch == switch}))

    def leg_ports(self, switch: str) -> tuple[int, ...]:
        """The ports of a switch where a network function is that traffic may be diverted to."""
        return tuple(sorted({leg.place.port for leg in self.legs() if leg.place.switch == switch}))

    def beating_ports(self, switch: str) -> tuple[int, ...]:
        """The ports of a switch where a function is that only paths lead through, and that has a heartbeat."""
        return tuple(leg.place.port for each in self.further if each.kind is Kind.PROXY
                     for leg in each.legs if leg.place.switch == switch)

    def legs(self) -> tuple[Leg, ...]:
        """The legs of every network function that traffic may be diverted to."""
        return tuple(leg for function in self.nodes for leg in function.legs)

    def routes(self, switch: str) -> dict[str, int]:
        """The port of a switch that leads towards each other switch, on the one shortest path that all agree on."""
        graph = self.graph()
        paths: dict[str, list[str]] = nx.single_source_dijkstra_path(graph, switch)
        return {target: _port(graph, switch, path[1]) for target, path in paths.items() if target != switch}

    def walk(self, start: str, via: tuple[str, ...], end: str) -> list[str] | None:
        """The switches from one to another by way of some, each stretch the shortest; None where one is met twice."""
        graph, found = self.graph(), [start]
        for stop in (*via, end):
            if stop != found[-1]:
                if not nx.has_path(graph, found[-1], stop):
                    return None
                found += nx.dijkstra_path(graph, found[-1], stop)[1:]
        return found if len(set(found)) == len(found) else None

    def port_towards(self, here: str, there: str) -> int:
        """The port of a switch that leads to a neighbour."""
        return _port(self.graph(), here, there)

    def owner(self, address: IpAddress) -> Host | None:
        """Who has an address, by the longest prefix."""
        owners = [(network.prefixlen, host) for host in self.hosts for network in host.addresses if address in network]
        return max(owners, key=lambda owner: owner[0])[1] if owners else None

    def tree_ports(self, switch: str) -> tuple[int, ...]:
        """The ports of a switch whose links are in the spanning tree: between any two switches they make one path."""
        tree = nx.minimum_spanning_tree(self.graph())
        return tuple(sorted(_port(tree, switch, other) for other in tree[switch]))

    def graph(self) -> "nx.Graph[str]":
        """Switches, and one link between any two neighbours, the first by name and port.

        A link's weight is one hop, and a power of two of its own far below that: no two paths weigh the same. So each
        pair of switches has one best path, the same in both directions and a part of every longer one over it.
        """
        graph: nx.Graph[str] = nx.Graph()
        graph.add_nodes_from(switch.name for switch in self.switches)
        in_order = sorted(sorted((end.switch, end.port) for end in link) for link in self.links)
        for index, ((a, port), (b, other)) in enumerate(in_order):
            if not graph.has_edge(a, b):
                graph.add_edge(a, b, weight=(1 << len(in_order)) + (1 << index), ports={a: port, b: other})
        return graph


def _port(graph: "nx.Graph[str]", here: str, there: str) -> int:
    port: int = graph.edges[here, there]["ports"][here]
    return port
