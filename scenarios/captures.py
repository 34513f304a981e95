"""The captures of a lab: on the network function's legs, and on the ports of switches and wires; what they show so far."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from scenarios import pcapng, readings, report_packets
from scenarios.network import Network
from scenarios.observe import ConnectionView, Passage
from scenarios.pcapng import Packet
from scenarios.programs import START_SECONDS, Running, start
from scenarios.report_packets import Endpoint
from scenarios.schema import Scenario
from topologies.roles import legs, stations


def begin(scenario: Scenario, home: Path, net: Network) -> Iterator[Running]:
    """Start those that the scenario asks for; each runs once it is given out."""
    for leg in legs(net.topo) if scenario.capture else ():
        yield _begin(leg.device, home, net.within(leg.nf))
    for switch in dict.fromkeys(wanted.switch for wanted in scenario.passed):
        for device in net.ports(switch):
            yield _begin(device, home, net.near(switch))


def connections(home: Path, net: Network) -> tuple[ConnectionView, ...]:
    """The TCP connections on the network function's legs so far."""
    captured = {leg.device: list(_packets(home, leg.device)) for leg in legs(net.topo)}
    return readings.connections(report_packets.connections(captured))


def passages(scenario: Scenario, home: Path, net: Network) -> tuple[Passage, ...]:
    """The TCP connections that have passed through switches and wires so far."""
    names = {address: station.name for station in stations(net.topo) for address in (station.ip, station.ipv6)}
    switches = dict.fromkeys(wanted.switch for wanted in scenario.passed)
    return tuple(passage for switch in switches
                 for passage in through(switch, (packet for device in net.ports(switch) for packet in _packets(home, device)),
                                        names))


def through(switch: str, packets: Iterable[Packet], names: Mapping[str, str]) -> Iterator[Passage]:
    """The TCP connections in the captures of a switch's ports; the side with the lower port number is the server's."""
    octets = Counter[tuple[Endpoint, Endpoint]]()
    for segment in filter(None, map(report_packets.segment, packets)):
        if segment.outbound:  # what comes in by one port goes out by another
            octets[segment.source, segment.destination] += len(segment.payload)
    for client, server in octets:
        if server[1] < client[1]:
            yield Passage(switch, f"{client[0]}/{client[1]}", names.get(server[0], server[0]), octets[client, server],
                          octets[server, client])


def _begin(device: str, home: Path, within: tuple[str, ...]) -> Running:
    command = [sys.executable, "-P", "-m", "scenarios.capture", device, str(home / f"{device}.pcapng")]
    capture = start(f"capture on {device}", command, home / f"{device}.capture.log", within)
    capture.wait_for("capturing", START_SECONDS)
    return capture


def _packets(home: Path, device: str) -> Iterable[Packet]:
    file = home / f"{device}.pcapng"
    return pcapng.read(file.read_bytes()) if file.exists() else ()
