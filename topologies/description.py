"""A Mininet graph with roles becomes the controller's topology file."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from mininet.topo import Topo

from topologies.roles import Function, Role, Station, Wire, functions, links, stations, wires

NO_PATHS: Mapping[str, Sequence[str]] = MappingProxyType({})


def describe(topo: Topo, paths: Mapping[str, Sequence[str]] = NO_PATHS) -> str:
    """Write the topology file for the controller: switches and edge ports, hosts, links between switches, NF legs.

    `paths` are the switches and functions that sessions of a routing instance go by.
    """
    here = stations(topo)
    parts = [_describe_switch(topo, switch, here) for switch in topo.switches()]
    parts += [_describe_station(station) for station in here]
    parts += [f'[[link]]\nends = ["{a}:{port}", "{b}:{other}"]\n' for a, port, b, other in links(topo)]
    parts += map(_describe_nf, functions(topo))
    parts += [_describe_nf(function, 'kind = "proxy"\n') for function in functions(topo, Role.PROXY)]
    parts += [_describe_wire(wire) for wire in wires(topo)]
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


def _describe_nf(function: Function, kind: str = "") -> str:
    lines = ",\n".join(f'    {{ interface = "{leg.edge.interface}", switch = "{leg.edge.switch}", '
                       f'port = {leg.edge.port}, mac = "{leg.mac}" }}' for leg in function.legs)
    node = "" if function.node is None else f"node = {function.node}\n"
    return f'[[nf]]\nname = "{function.name}"\n{kind}{node}legs = [\n{lines},\n]\n'


def _describe_wire(wire: Wire) -> str:
    ends = ", ".join(f'{{ switch = "{switch}", port = {port} }}' for switch, port in wire.ends)
    return f'[[nf]]\nname = "{wire.name}"\nkind = "wire"\nlegs = [{ends}]\n'
