"""How a Mininet graph says who is what: roles of hosts, SRX interfaces of edge ports, fixed addresses.

One L2 segment, 10.0.0.0/24 and 2001:db8::/64: client N has 10.0.0.N and 2001:db8::N, server N has 10.0.0.(100+N) and
2001:db8::(100+N), in the same digits. NF N has 10.0.0.(200+N) on its first port, so that the pings of Mininet's own
command reach it; a transparent leg needs none, and a lab takes it off. Mininet sets no IPv6 addresses: a lab does.
Where the SRX routes, there are subnets: K is 10.0.K.0/24 and 2001:db8:0:K::/64, and the SRX has 254 in it.
Roles travel as Mininet's own host and link options, so every tool that reads a `Topo` still can.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mininet.topo import Topo

PREFIX_LENGTH, IPV6_PREFIX_LENGTH = 24, 64
TRUST, UNTRUST = "ge-0/0/0.0", "ge-0/0/1.0"  # where clients stand, and servers


class Role(StrEnum):
    """What a host is there for."""

    CLIENT = "client"
    SERVER = "server"
    NF = "nf"
    WIRE = "wire"
    PROXY = "proxy"


@dataclass(frozen=True, slots=True)
class Edge:
    """A switch port and the logical interface of the SRX that it stands for."""

    switch: str
    port: int
    interface: str


@dataclass(frozen=True, slots=True)
class Station:
    """A host with fixed addresses at an edge port."""

    name: str
    role: Role
    mac: str
    ip: str
    ipv6: str
    edge: Edge
    ipv6_gateway: str = ""  # its router; for IPv4 Mininet knows


@dataclass(frozen=True, slots=True)
class Leg:
    """One interface of a network function: its Linux device, and where it is plugged in.

    `port` is the device of the port that carries the leg: the same device, or where legs share a port the one that
    each of them is a macvlan device on.
    """

    nf: str
    device: str
    mac: str
    edge: Edge
    port: str


@dataclass(frozen=True, slots=True)
class Function:
    """A network function: its node number and fabric device where it is in a chassis cluster, and its legs."""

    name: str
    node: int | None
    fabric: str
    legs: tuple[Leg, ...]


@dataclass(frozen=True, slots=True)
class Wire:
    """A function that passes packets on as they came, from each of two switch ports to the other."""

    name: str
    ends: tuple[tuple[str, int], tuple[str, int]]

    @property
    def devices(self) -> tuple[str, str]:
        """Its Linux devices, in the order of its ends."""
        return f"{self.name}-eth0", f"{self.name}-eth1"


def add_switch(topo: Topo, number: int, name: str = "") -> str:
    """Add a switch with datapath id N: userspace Open vSwitch, OpenFlow 1.3, deaf and dumb without a controller."""
    return str(topo.addSwitch(name or f"s{number}", dpid=f"{number:016x}", datapath="user", protocols="OpenFlow13",
                              failMode="secure"))


def add_client(topo: Topo, number: int, edge: Edge, subnet: int = 0) -> str:
    """Add client N, from 1 to 99, at an edge port; in a subnet other than 0 the SRX is its router."""
    return _add_station(topo, Role.CLIENT, number, edge, subnet)


def add_server(topo: Topo, number: int, edge: Edge, subnet: int = 0) -> str:
    """Add server N, from 1 to 99, at an edge port; in a subnet other than 0 the SRX is its router."""
    return _add_station(topo, Role.SERVER, 100 + number, edge, subnet)


def add_nf(topo: Topo, number: int, edges: Sequence[Edge], node: int | None = None, role: Role = Role.NF) -> str:
    """Add network function N with one leg for each of these ports; legs at the same port share one device there.

    `node` is its number in a chassis cluster, if it is in one. In the role of a proxy only paths lead through it.
    """
    name = str(topo.addHost(f"srx{number}", ip=f"10.0.0.{200 + number}/{PREFIX_LENGTH}", role=role, cluster_node=node))
    places = dict.fromkeys((edge.switch, edge.port) for edge in edges)
    for device, place in enumerate(places):
        own = {f"02:00:00:00:{0x10 + number:02x}:{leg:02x}": edge.interface for leg, edge in enumerate(edges)
               if (edge.switch, edge.port) == place}
        mac = next(iter(own)) if len(own) == 1 else f"02:00:00:00:{0x10 + number:02x}:{0x80 + device:02x}"
        topo.addLink(name, place[0], port1=device, port2=place[1], addr1=mac, legs=own)
    return name


def add_wire(topo: Topo, name: str, *ends: tuple[str, int]) -> str:
    """Add a wire between two switch ports, the one nearer to clients first."""
    topo.addHost(name, ip=None, role=Role.WIRE)
    for device, (switch, port) in enumerate(ends):
        topo.addLink(name, switch, port1=device, port2=port)
    return name


def add_link(topo: Topo, one: str, port: int, other: str, others_port: int) -> None:
    """Link two switches."""
    topo.addLink(one, other, port1=port, port2=others_port)


def _add_station(topo: Topo, role: Role, last: int, edge: Edge, subnet: int) -> str:
    number = last % 100
    mac = f"02:00:00:00:{1 if role is Role.CLIENT else 2:02x}:{number:02x}"
    prefix = f"2001:db8:0:{subnet}::" if subnet else "2001:db8::"
    routed = {"defaultRoute": f"via 10.0.{subnet}.254", "ipv6_gateway": f"{prefix}254"} if subnet else {}
    name = str(topo.addHost(f"{role}{number}", ip=f"10.0.{subnet}.{last}/{PREFIX_LENGTH}", ipv6=f"{prefix}{last}", mac=mac,
                            role=role, **routed))
    topo.addLink(name, edge.switch, port1=0, port2=edge.port, interface=edge.interface)
    return name


def add_line(topo: Topo, server: str, router: str, number: int) -> None:
    """Give a server a line, from 1, beside its edge port: to another server that routes, unseen by switches and controller."""
    topo.addLink(server, router, port1=number, port2=1)


def add_fabric(topo: Topo, one: str, other: str) -> None:
    """Link the two nodes of a chassis cluster, unseen by switches and controller."""
    topo.addLink(one, other, intfName1=f"{one}-fab", intfName2=f"{other}-fab", fabric=True)


def stations(topo: Topo) -> tuple[Station, ...]:
    """Clients and servers of a topology, by name."""
    return tuple(sorted((_station(topo, host, Edge(switch, info["port2"], info["interface"]))
                         for host, switch, info in _attachments(topo, Role.CLIENT, Role.SERVER)),
                        key=lambda station: station.name))


def legs(topo: Topo, role: Role = Role.NF) -> tuple[Leg, ...]:
    """Legs of every network function in a role, in the order of its devices."""
    return tuple(sorted((leg for host, switch, info in _attachments(topo, role) for leg in _legs(host, switch, info)),
                        key=lambda leg: (leg.nf, leg.mac)))


def wires(topo: Topo) -> tuple[Wire, ...]:
    """Functions that pass packets on as they came, by name."""
    ends: dict[str, list[tuple[int, str, int]]] = {}
    for name, switch, info in _attachments(topo, Role.WIRE):
        ends.setdefault(name, []).append((info["port1"], switch, info["port2"]))
    return tuple(Wire(name, (one[1:], other[1:])) for name, (one, other) in
                 ((name, sorted(both)) for name, both in sorted(ends.items())))


def links(topo: Topo) -> tuple[tuple[str, int, str, int], ...]:
    """Links between switches: switch and port of either end."""
    return tuple((a, info["port1"], b, info["port2"]) for a, b, info in topo.iterLinks(withInfo=True)
                 if topo.isSwitch(a) and topo.isSwitch(b))


def lines(topo: Topo) -> tuple[tuple[str, str], ...]:
    """Lines of servers by other servers: the devices of either end."""
    return tuple((f"{a}-eth{info['port1']}", f"{b}-eth{info['port2']}") for a, b, info in topo.iterLinks(withInfo=True)
                 if not topo.isSwitch(a) and not topo.isSwitch(b) and "fabric" not in info)


def functions(topo: Topo, role: Role = Role.NF) -> tuple[Function, ...]:
    """The network functions in a role, by name."""
    fabric = {end: f"{end}-fab" for a, b, info in topo.iterLinks(withInfo=True) if "fabric" in info for end in (a, b)}
    own = {nf: tuple(leg for leg in legs(topo, role) if leg.nf == nf) for nf in sorted({leg.nf for leg in legs(topo, role)})}
    return tuple(Function(nf, topo.nodeInfo(nf)["cluster_node"], fabric.get(nf, ""), its) for nf, its in own.items())


def _station(topo: Topo, host: str, edge: Edge) -> Station:
    info = topo.nodeInfo(host)
    return Station(host, Role(info["role"]), info["mac"], info["ip"].partition("/")[0], info["ipv6"], edge,
                   info.get("ipv6_gateway", ""))


def _legs(nf: str, switch: str, info: dict[str, Any]) -> Iterator[Leg]:
    port = f"{nf}-eth{info['port1']}"
    shared = len(info["legs"]) > 1
    for number, (mac, interface) in enumerate(info["legs"].items()):
        device = f"{nf}-leg{number}" if shared else port
        yield Leg(nf, device, mac, Edge(switch, info["port2"], interface), port)


def _attachments(topo: Topo, *roles: Role) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for host, switch, info in topo.iterLinks(withInfo=True):
        if not topo.isSwitch(host) and topo.isSwitch(switch) and topo.nodeInfo(host)["role"] in roles:
            yield host, switch, info
