"""ARP and neighbour discovery: who may ask and answer for which address, and the way to whom it is about."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv6Network

from hwmodel.session import IpAddress
from nf.controller.intents import Field, Instruction, Intent, Output, Purpose
from nf.controller.pipeline import (
    ANY_ZONE,
    CLASSIFY,
    DESTINATION,
    ETH_ARP,
    ETH_IPV4,
    ETH_IPV6,
    ICMPV6,
    TRANSIT,
    Table,
    from_zone,
    goto,
    in_zones,
)
from nf.controller.topology import IpNetwork, Place, Switch, Topology
from nf.controller.zoning import Zoning

# Priorities; in `classify` those of source addresses, with their zones, lie below.
_OF_STATION, _NEIGHBOUR, _OTHERWISE = 3610, 3600, 3500

_SOLICITATION, _ADVERTISEMENT = 135, 136  # RFC 4861 §4.3, §4.4
_ETH_TYPES = {4: ETH_IPV4, 6: ETH_IPV6}
_ARP = Field("eth_type", ETH_ARP)
_UNSPECIFIED, _LINK_LOCAL = IPv6Network("::/128"), IPv6Network("fe80::/10")


def address_fields(direction: str, network: IpNetwork) -> tuple[Field, ...]:
    """A match on a source (`src`) or destination (`dst`) prefix, with the family that it needs."""
    family = Field("eth_type", _ETH_TYPES[network.version])
    if not network.prefixlen:
        return (family,)
    mask = None if network.prefixlen == network.max_prefixlen else int(network.netmask)
    return family, Field(f"ipv{network.version}_{direction}", int(network.network_address), mask)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """One switch's part; `port_towards` is its port that leads to a place.

    A solicitation may give its sender's MAC address away, and who hears it believes that: it must come from where its
    source address lives, as an answer must from where the address that it is about does. Systems do not hear each other.
    """

    topology: Topology
    switch: Switch
    zoning: Zoning
    port_towards: Callable[[Place], int | None]

    def intents(self) -> Iterator[Intent]:
        """Every entry of this switch for ARP and neighbour discovery."""
        yield from self._probes()
        for host in self.topology.hosts:
            for station in host.stations():
                yield from self._speaks(station, host.place)
        yield self._entry(CLASSIFY, _OTHERWISE, _message(_ADVERTISEMENT), (), Purpose.SPOOFED)
        yield from self._reach(DESTINATION)
        for system, flood in self._audiences():
            for match in ((_ARP,), _message(_SOLICITATION), _message(_ADVERTISEMENT)):
                yield self._entry(DESTINATION, _OTHERWISE, (*system, *match), flood, Purpose.NEIGHBOUR)
        if self.topology.link_ports(self.switch.name):
            yield from self._reach(TRANSIT)

    def _entry(self, table: Table, priority: int, match: tuple[Field, ...], instructions: tuple[Instruction, ...],
               purpose: Purpose) -> Intent:
        return Intent(self.switch.dpid, table.number, priority, match, instructions, purpose)

    def _audiences(self) -> Iterator[tuple[tuple[Field, ...], tuple[Output, ...]]]:
        """The ports of each system, and the match on what comes from one of them."""
        if not self.zoning.divided:
            yield (), tuple(Output(port) for port in sorted(self.switch.ports))
        for territory in self.zoning.territories if self.zoning.divided else ():
            ports = (port for port, interface in sorted(self.switch.ports.items())
                     if self.zoning.every(interface) == territory.every)
            yield in_zones(territory.every, ANY_ZONE), tuple(map(Output, ports))

    def _heard(self, priority: int, port: int, match: tuple[Field, ...]) -> Iterator[Intent]:
        zone = self.zoning.by_interface.get(self.switch.ports[port])
        if zone is None and self.zoning.divided:
            return
        marked = (from_zone(zone),) if zone is not None and self.zoning.divided else ()
        yield self._entry(CLASSIFY, priority, (Field("in_port", port), *match), (*marked, goto(DESTINATION)),
                          Purpose.NEIGHBOUR)

    def _probes(self) -> Iterator[Intent]:
        """A station that has no address yet may ask for one (RFC 5227, 4862), or has a link-local one of its choice."""
        for port in self.switch.ports:
            yield from self._heard(_NEIGHBOUR, port, (_ARP, Field("arp_spa", 0)))
            for source in (_UNSPECIFIED, _LINK_LOCAL):
                yield from self._heard(_NEIGHBOUR, port, _message(_SOLICITATION, *address_fields("src", source)[1:]))

    def _speaks(self, station: IpNetwork, place: Place) -> Iterator[Intent]:
        """The owner of an address alone asks from it, and answers for it."""
        here = place.switch == self.switch.name
        if station.version == 4:
            if here:
                yield from self._heard(_NEIGHBOUR, place.port, (_ARP, Field("arp_spa", int(station.network_address))))
            return
        asks = _message(_SOLICITATION, *address_fields("src", station)[1:])
        yield self._entry(CLASSIFY, _OF_STATION, asks, (), Purpose.SPOOFED)
        if here:
            yield from self._heard(_OF_STATION + 1, place.port, asks)
            answers = _message(_ADVERTISEMENT, Field("ipv6_nd_target", int(station.network_address)))
            yield from self._heard(_NEIGHBOUR, place.port, answers)

    def _reach(self, table: Table) -> Iterator[Intent]:
        """ARP and neighbour discovery go to the owner of the address that they are about."""
        for host in self.topology.hosts:
            port, system = self.port_towards(host.place), self._system(host.place) if table is DESTINATION else ()
            for station in host.stations() if port else ():
                for match in _addressed(station):
                    yield self._entry(table, _NEIGHBOUR, (*system, *match), (Output(port or 0),), Purpose.NEIGHBOUR)

    def _system(self, place: Place) -> tuple[Field, ...]:
        """A match on who may speak to somebody at this place: one of the same system."""
        edge = next(switch for switch in self.topology.switches if switch.name == place.switch)
        return in_zones(self.zoning.every(edge.ports.get(place.port)) or ANY_ZONE, ANY_ZONE)


def _message(kind: int, *more: Field) -> tuple[Field, ...]:
    """Neighbour discovery of one kind."""
    return Field("eth_type", ETH_IPV6), Field("ip_proto", ICMPV6), Field("icmpv6_type", kind), *more


def about(address: IpAddress) -> tuple[Field, ...]:
    """ARP or a solicitation that asks for an address."""
    if address.version == 4:
        return _ARP, Field("arp_tpa", int(address))
    return _message(_SOLICITATION, Field("ipv6_nd_target", int(address)))


def _addressed(station: IpNetwork) -> Iterator[tuple[Field, ...]]:
    """ARP or a solicitation that asks for an address, and an advertisement sent to it."""
    yield about(station.network_address)
    if station.version == 6:
        yield _message(_ADVERTISEMENT, *address_fields("dst", station)[1:])
