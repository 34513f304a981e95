"""A lab's network: Mininet's hosts and links around the private Open vSwitch, made from a topology."""

from collections.abc import Mapping
from dataclasses import dataclass

from mininet.log import setLogLevel
from mininet.net import Mininet
from mininet.node import OVSSwitch
from mininet.topo import Topo

from scenarios import switch
from scenarios.programs import run
from topologies.roles import legs, stations


@dataclass(frozen=True, slots=True)
class Network:
    """The hosts, by name, as the process ids that hold their namespaces."""

    topo: Topo
    pids: Mapping[str, int]
    mininet: Mininet  # kept: its shells are the hosts

    def within(self, host: str) -> tuple[str, ...]:
        """The command that runs another one in a host's namespaces."""
        return ("mnexec", "-a", str(self.pids[host]))

    def address(self, host: str) -> str:
        """A station's IP address."""
        return next(station.ip for station in stations(self.topo) if station.name == host)

    @property
    def switches(self) -> tuple[str, ...]:
        """Names of the bridges."""
        return tuple(self.topo.switches())


def build(topo: Topo) -> Network:
    """Start Open vSwitch and everything that is plugged into it; nothing passes before a controller speaks."""
    switch.start_open_vswitch()
    setLogLevel("error")
    Mininet.inited = True  # else it raises limits of the whole machine
    net = Mininet(topo=topo, switch=OVSSwitch, controller=None)
    net.start()
    network = Network(topo, {host.name: host.pid for host in net.hosts}, net)
    for host, device in _devices(topo):
        # The userspace datapath does not complete checksums that the sender left to its card.
        run(["ethtool", "-K", device, "tx", "off"], network.within(host))
    return network


def _devices(topo: Topo) -> list[tuple[str, str]]:
    return [*((it.name, f"{it.name}-eth0") for it in stations(topo)), *((it.nf, it.device) for it in legs(topo))]
