"""A lab's network: Mininet's hosts and links around the private Open vSwitch, made from a topology."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mininet.log import setLogLevel
from mininet.net import Mininet
from mininet.node import OVSSwitch
from mininet.topo import Topo

from scenarios import switch
from scenarios.programs import run
from topologies.roles import IPV6_PREFIX_LENGTH, Leg, Role, Wire, legs, lines, stations, wires


@dataclass(frozen=True, slots=True)
class Network:
    """The hosts, by name, as the process ids that hold their namespaces."""

    topo: Topo
    pids: Mapping[str, int]
    mininet: Mininet  # kept: its shells are the hosts

    def within(self, host: str) -> tuple[str, ...]:
        """The command that runs another one in a host's namespaces."""
        return ("mnexec", "-a", str(self.pids[host]))

    def address(self, host: str, *, ipv6: bool = False) -> str:
        """A station's IP address, of the version asked for."""
        station = next(station for station in stations(self.topo) if station.name == host)
        return station.ipv6 if ipv6 else station.ip

    def ports(self, switch: str) -> tuple[str, ...]:
        """The devices of a switch's ports, or of a wire's."""
        return tuple(port for port in self.mininet[switch].intfNames() if port != "lo")

    def near(self, switch: str) -> tuple[str, ...]:
        """The command that runs another one where the ports of a switch, or of a wire, are."""
        return self.within(switch) if switch in self.pids else ()

    @property
    def switches(self) -> tuple[str, ...]:
        """Names of the bridges."""
        return tuple(self.topo.switches())


def build(topo: Topo) -> Network:
    """Start Open vSwitch and everything that is plugged into it; nothing passes before a controller speaks."""
    switch.start_open_vswitch()
    for links in ("all", "default"):  # ends of links are no stations: no neighbour discovery of their own
        Path(f"/proc/sys/net/ipv6/conf/{links}/disable_ipv6").write_text("1")
    setLogLevel("error")
    Mininet.inited = True  # else it raises limits of the whole machine
    net = Mininet(topo=topo, switch=OVSSwitch, controller=None)
    net.start()
    network = Network(topo, {host.name: host.pid for host in net.hosts}, net)
    for station in stations(topo):
        within = network.within(station.name)
        run(["ip", "address", "add", f"{station.ipv6}/{IPV6_PREFIX_LENGTH}", "dev", f"{station.name}-eth0", "nodad"], within)
        if station.ipv6_gateway:
            run(["ip", "-6", "route", "add", "default", "via", station.ipv6_gateway], within)
    for number, (device, routers) in enumerate(lines(topo), 1):
        _make_line(network, number, device, routers)
    for leg in (*legs(topo), *legs(topo, Role.PROXY)):
        _make_leg(leg, network.within(leg.nf))
    for wire in wires(topo):
        _make_wire(wire, network.within(wire.name))
    for host, device in _devices(topo):
        # The userspace datapath does not complete checksums that the sender left to its card.
        run(["ethtool", "-K", device, "tx", "off"], network.within(host))
    return network


def _make_line(network: Network, number: int, device: str, routers: str) -> None:
    """IPv4: the router hands on what is for the server, whose answers go by the line that it was last heard by."""
    server, router = (end.rpartition("-")[0] for end in (device, routers))
    here, there = network.within(server), network.within(router)
    run(["sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward"], there)
    for name in ("all", device):  # it hears clients by a line that it would not answer them by
        run(["sh", "-c", f"echo 0 >/proc/sys/net/ipv4/conf/{name}/rp_filter"], here)
    run(["ip", "route", "add", f"{network.address(server)}/32", "dev", routers], there)
    run(["ip", "route", "add", "default", "via", network.address(router), "dev", device, "onlink", "table", str(number)], here)
    run(["ip", "rule", "add", "fwmark", str(number), "lookup", str(number)], here)
    marks = (f"table ip line{number} {{ chain heard {{ type filter hook prerouting priority mangle; "
             f'iifname "{server}-eth0" ct mark set 0; iifname "{device}" ct mark set {number}; }}; '
             "chain said { type route hook output priority mangle; meta mark set ct mark; }; }")
    run(["nft", marks], here)


def _make_leg(leg: Leg, within: Sequence[str]) -> None:
    """A transparent leg has no address; one that shares its port is a device of its own on it."""
    run(["ip", "address", "flush", "dev", leg.port], within)
    if leg.device != leg.port:
        run(["ip", "link", "add", "link", leg.port, "name", leg.device, "address", leg.mac, "type", "macvlan", "mode",
             "private"], within)


def _make_wire(wire: Wire, within: Sequence[str]) -> None:
    """A bridge between two ports: with two, what it has not learnt goes by the other one."""
    run(["ip", "link", "add", wire.name, "type", "bridge"], within)
    for device in wire.devices:
        run(["ip", "link", "set", device, "master", wire.name], within)
    run(["ip", "link", "set", wire.name, "up"], within)


def _devices(topo: Topo) -> list[tuple[str, str]]:
    ports = sorted({(leg.nf, device) for leg in (*legs(topo), *legs(topo, Role.PROXY))
                    for device in (leg.port, leg.device)})
    ends = ((wire.name, device) for wire in wires(topo) for device in wire.devices)
    return [*((it.name, f"{it.name}-eth0") for it in stations(topo)), *ports, *ends]
