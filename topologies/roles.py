"""How a Mininet graph says who is what: roles of hosts, SRX interfaces of edge ports, fixed addresses.

One L2 segment, 10.0.0.0/24: client N has 10.0.0.N, server N has 10.0.0.(100+N); the NF has legs and no address.
Roles travel as Mininet's own host and link options, so every tool that reads a `Topo` still can.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mininet.topo import Topo

PREFIX_LENGTH = 24


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
    edge: Edge


@dataclass(frozen=True, slots=True)
class Leg:
    """One interface of a network function: its Linux device, and where it is plugged in."""

    nf: str
    device: str
    mac: str
    edge: Edge


def add_switch(topo: Topo, number: int) -> str:
    """Add switch N: userspace Open vSwitch with OpenFlow 1.3 that forwards nothing unless a controller says so."""
    return str(topo.addSwitch(f"s{number}", dpid=f"{number:016x}", datapath="user", protocols="OpenFlow13",
                              failMode="secure"))


def add_client(topo: Topo, number: int, edge: Edge) -> str:
    """Add client N, from 1 to 99, at an edge port."""
    return _add_station(topo, Role.CLIENT, number, f"10.0.0.{number}", edge)


def add_server(topo: Topo, number: int, edge: Edge) -> str:
    """Add server N, from 1 to 99, at an edge port."""
    return _add_station(topo, Role.SERVER, number, f"10.0.0.{100 + number}", edge)


def add_nf(topo: Topo, number: int, edges: Sequence[Edge]) -> str:
    """Add network function N with one leg for each of these ports."""
    name = str(topo.addHost(f"srx{number}", ip=None, role=Role.NF))
    for leg, edge in enumerate(edges):
        topo.addLink(name, edge.switch, port1=leg, port2=edge.port, interface=edge.interface,
                     addr1=f"02:00:00:00:{0x10 + number:02x}:{leg:02x}")
    return name


def _add_station(topo: Topo, role: Role, number: int, ip: str, edge: Edge) -> str:
    mac = f"02:00:00:00:{1 if role is Role.CLIENT else 2:02x}:{number:02x}"
    name = str(topo.addHost(f"{role}{number}", ip=f"{ip}/{PREFIX_LENGTH}", mac=mac, role=role))
    topo.addLink(name, edge.switch, port1=0, port2=edge.port, interface=edge.interface)
    return name


def stations(topo: Topo) -> tuple[Station, ...]:
    """Clients and servers of a topology, by name."""
    return tuple(sorted((_station(topo, host, edge) for host, _, edge in _attachments(topo)
                         if topo.nodeInfo(host)["role"] != Role.NF), key=lambda station: station.name))


def legs(topo: Topo) -> tuple[Leg, ...]:
    """Legs of every network function, in the order of its devices."""
    return tuple(sorted((Leg(host, f"{host}-eth{info['port1']}", info["addr1"], edge)
                         for host, info, edge in _attachments(topo) if topo.nodeInfo(host)["role"] == Role.NF),
                        key=lambda leg: leg.device))


def _station(topo: Topo, host: str, edge: Edge) -> Station:
    info = topo.nodeInfo(host)
    return Station(host, Role(info["role"]), info["mac"], info["ip"].partition("/")[0], edge)


def _attachments(topo: Topo) -> Iterator[tuple[str, dict[str, str], Edge]]:
    for host, switch, info in topo.iterLinks(withInfo=True):
        if not topo.isSwitch(host):
            yield host, info, Edge(switch, info["port2"], info["interface"])


def describe(topo: Topo) -> str:
    """Write the topology file for the controller: switches and edge ports, hosts, links between switches, NF legs."""
    here, found = stations(topo), legs(topo)
    parts = [_describe_switch(topo, switch, here) for switch in topo.switches()]
    parts += [_describe_station(station) for station in here]
    parts += [f'[[link]]\nends = ["{a}:{info["port1"]}", "{b}:{info["port2"]}"]\n'
              for a, b, info in topo.iterLinks(withInfo=True) if topo.isSwitch(a) and topo.isSwitch(b)]
    parts += [_describe_nf(nf, [leg for leg in found if leg.nf == nf]) for nf in sorted({leg.nf for leg in found})]
    return "\n".join(parts)


def _describe_switch(topo: Topo, switch: str, here: Sequence[Station]) -> str:
    edges = sorted((station.edge for station in here if station.edge.switch == switch), key=lambda edge: edge.port)
    ports = ", ".join(f'{edge.port} = "{edge.interface}"' for edge in edges)
    return f'[[switch]]\nname = "{switch}"\ndpid = {int(topo.nodeInfo(switch)["dpid"], 16)}\nports = {{ {ports} }}\n'


def _describe_station(station: Station) -> str:
    return (f'[[host]]\nname = "{station.name}"\nmac = "{station.mac}"\nip = "{station.ip}"\n'
            f'switch = "{station.edge.switch}"\nport = {station.edge.port}\n')


def _describe_nf(nf: str, own: Sequence[Leg]) -> str:
    lines = ",\n".join(f'    {{ interface = "{leg.edge.interface}", switch = "{leg.edge.switch}", '
                       f'port = {leg.edge.port}, mac = "{leg.mac}" }}' for leg in own)
    return f'[[nf]]\nname = "{nf}"\nlegs = [\n{lines},\n]\n'
