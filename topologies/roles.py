"""How a Mininet graph says who is what: roles of hosts, SRX interfaces of edge ports, fixed addresses.

One L2 segment, 10.0.0.0/24 and 2001:db8::/64: client N has 10.0.0.N and 2001:db8::N, server N has 10.0.0.(100+N) and
2001:db8::(100+N), in the same digits. NF N has 10.0.0.(200+N) on its first port, so that the pings of Mininet's own
command reach it; a transparent leg needs none, and a lab takes it off. Mininet sets no IPv6 addresses: a lab does.
Where the SRX routes, there are subnets: K is 10.0.K.0/24 and 2001:db8:0:K::/64, and the SRX has 254 in it.
Roles travel as Mininet's own host and link options, so every tool that reads a `Topo` still can.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from mininet.topo import Topo

NO_PATHS: Mapping[str, Sequence[str]] = MappingProxyType({})
PREFIX_LENGTH, IPV6_PREFIX_LENGTH = 24, 64
TRUST, UNTRUST = "ge-0/0/0.0", "ge-0/0/1.0"  # where clients stand, and servers


class Role(StrEnum):
    """What a host is there for."""

    CLIENT = "client"
    SERVER = "server"
    NF = "nf"


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


def add_nf(topo: Topo, number: int, edges: Sequence[Edge]) -> str:
    """Add network function N with one leg for each of these ports; legs at the same port share one device there."""
    name = str(topo.addHost(f"srx{number}", ip=f"10.0.0.{200 + number}/{PREFIX_LENGTH}", role=Role.NF))
    places = dict.fromkeys((edge.switch, edge.port) for edge in edges)
    for device, place in enumerate(places):
        own = {f"02:00:00:00:{0x10 + number:02x}:{leg:02x}": edge.interface for leg, edge in enumerate(edges)
               if (edge.switch, edge.port) == place}
        mac = next(iter(own)) if len(own) == 1 else f"02:00:00:00:{0x10 + number:02x}:{0x80 + device:02x}"
        topo.addLink(name, place[0], port1=device, port2=place[1], addr1=mac, legs=own)
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


def stations(topo: Topo) -> tuple[Station, ...]:
    """Clients and servers of a topology, by name."""
    return tuple(sorted((_station(topo, host, Edge(switch, info["port2"], info["interface"]))
                         for host, switch, info in _attachments(topo) if topo.nodeInfo(host)["role"] != Role.NF),
                        key=lambda station: station.name))


def legs(topo: Topo) -> tuple[Leg, ...]:
    """Legs of every network function, in the order of its devices."""
    return tuple(sorted((leg for host, switch, info in _attachments(topo) if topo.nodeInfo(host)["role"] == Role.NF
                         for leg in _legs(host, switch, info)), key=lambda leg: (leg.nf, leg.mac)))


def links(topo: Topo) -> tuple[tuple[str, int, str, int], ...]:
    """Links between switches: switch and port of either end."""
    return tuple((a, info["port1"], b, info["port2"]) for a, b, info in topo.iterLinks(withInfo=True)
                 if topo.isSwitch(a) and topo.isSwitch(b))


def lines(topo: Topo) -> tuple[tuple[str, str], ...]:
    """Lines of servers by other servers: the devices of either end."""
    return tuple((f"{a}-eth{info['port1']}", f"{b}-eth{info['port2']}") for a, b, info in topo.iterLinks(withInfo=True)
                 if not topo.isSwitch(a) and not topo.isSwitch(b))


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


def _attachments(topo: Topo) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for host, switch, info in topo.iterLinks(withInfo=True):
        if not topo.isSwitch(host) and topo.isSwitch(switch):
            yield host, switch, info


def describe(topo: Topo, paths: Mapping[str, Sequence[str]] = NO_PATHS) -> str:
    """Write the topology file for the controller: switches and edge ports, hosts, links between switches, NF legs.

    `paths` are the switches that sessions of a routing instance go by.
    """
    here, found = stations(topo), legs(topo)
    parts = [_describe_switch(topo, switch, here) for switch in topo.switches()]
    parts += [_describe_station(station) for station in here]
    parts += [f'[[link]]\nends = ["{a}:{port}", "{b}:{other}"]\n' for a, port, b, other in links(topo)]
    parts += [_describe_nf(nf, [leg for leg in found if leg.nf == nf]) for nf in sorted({leg.nf for leg in found})]
    parts += [_describe_path(name, via) for name, via in paths.items()]
    return "\n".join(parts)


def _describe_path(instance: str, via: Sequence[str]) -> str:
    switches = ", ".join(f'"{name}"' for name in via)
    return f'[[path]]\ninstance = "{instance}"\nvia = [{switches}]\n'


def _describe_switch(topo: Topo, switch: str, here: Sequence[Station]) -> str:
    edges = sorted((station.edge for station in here if station.edge.switch == switch), key=lambda edge: edge.port)
    ports = ", ".join(f'{edge.port} = "{edge.interface}"' for edge in edges)
    return f'[[switch]]\nname = "{switch}"\ndpid = {int(topo.nodeInfo(switch)["dpid"], 16)}\nports = {{ {ports} }}\n'


def _describe_station(station: Station) -> str:
    return (f'[[host]]\nname = "{station.name}"\nmac = "{station.mac}"\n'
            f'ip = ["{station.ip}", "{station.ipv6}"]\n'
            f'switch = "{station.edge.switch}"\nport = {station.edge.port}\n')


def _describe_nf(nf: str, own: Sequence[Leg]) -> str:
    lines = ",\n".join(f'    {{ interface = "{leg.edge.interface}", switch = "{leg.edge.switch}", '
                       f'port = {leg.edge.port}, mac = "{leg.mac}" }}' for leg in own)
    return f'[[nf]]\nname = "{nf}"\nlegs = [\n{lines},\n]\n'
