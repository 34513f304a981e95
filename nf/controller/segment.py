"""The entries that follow from the topology alone: who lives where, in which zone, and the way there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from nf.controller.intents import Field, Instruction, Intent, Output, Purpose, SetField, Tell
from nf.controller.pipeline import (
    CLASSIFY,
    DESTINATION,
    DIVERT,
    ETH_ARP,
    ETH_IPV4,
    ETH_IPV6,
    FORWARD,
    HEARTBEAT_METER,
    ICMPV6,
    RESTORE,
    STEER,
    TCP,
    TRANSIT,
    Table,
    from_zone,
    goto,
    to_zone,
)
from nf.controller.topology import Host, IpNetwork, Leg, Place, Switch, Topology
from nf.protocols.heartbeat import ETHERTYPE

# Priorities within a table. Those of addresses grow with the prefix length, so the longest prefix wins.
_LINK, _FROM_NF, _NF_STRAY, _FRAGMENT, _NEIGHBOUR, _OTHERWISE, _ADDRESS = 4000, 3900, 3800, 3700, 3600, 3500, 1000

_SOLICITATION, _ADVERTISEMENT = 135, 136  # RFC 4861 §4.3, §4.4
_ETH_TYPES = {4: ETH_IPV4, 6: ETH_IPV6}
_IPV4, _IPV6, _ARP = Field("eth_type", ETH_IPV4), Field("eth_type", ETH_IPV6), Field("eth_type", ETH_ARP)
_HEARTBEAT = Field("eth_type", ETHERTYPE)


def address_fields(direction: str, network: IpNetwork) -> tuple[Field, ...]:
    """A match on a source (`src`) or destination (`dst`) prefix, with the family that it needs."""
    family = Field("eth_type", _ETH_TYPES[network.version])
    if not network.prefixlen:
        return (family,)
    mask = None if network.prefixlen == network.max_prefixlen else int(network.netmask)
    return family, Field(f"ipv{network.version}_{direction}", int(network.network_address), mask)


@dataclass(frozen=True, slots=True)
class Segment:
    """One switch's view of the topology; `zones` has the number of the zone of each interface that is in one."""

    topology: Topology
    switch: Switch
    zones: Mapping[str, int]
    routes: Mapping[str, int]

    def intents(self) -> Iterator[Intent]:
        """Every entry of this switch that no policy has a say in."""
        yield from self._classify()
        yield from self._destination()
        yield from self._divert()
        yield from self._restore_and_forward()
        yield from self._transit()

    def _entry(self, table: Table, priority: int, match: tuple[Field, ...], instructions: tuple[Instruction, ...],
               purpose: Purpose) -> Intent:
        return Intent(self.switch.dpid, table.number, priority, match, instructions, purpose)

    def _port_towards(self, place: Place) -> int | None:
        return place.port if place.switch == self.switch.name else self.routes.get(place.switch)

    def _zone_at(self, place: Place) -> int | None:
        edge = next((switch for switch in self.topology.switches if switch.name == place.switch), None)
        return self.zones.get(edge.ports.get(place.port, "")) if edge else None

    def _classify(self) -> Iterator[Intent]:
        for port in self.topology.link_ports(self.switch.name):
            yield self._entry(CLASSIFY, _LINK, (Field("in_port", port),), (goto(TRANSIT),), Purpose.TRANSIT)
        for port in self.topology.leg_ports(self.switch.name):
            leg = Field("in_port", port)
            for family in (_IPV4, _IPV6):
                yield self._entry(CLASSIFY, _FROM_NF, (leg, family), (goto(RESTORE),), Purpose.NF_RETURN)
            yield self._entry(CLASSIFY, _FROM_NF, (leg, _HEARTBEAT), (Tell(HEARTBEAT_METER),), Purpose.HEARTBEAT)
            yield self._entry(CLASSIFY, _NF_STRAY, (leg,), (), Purpose.NF_STRAY)
        for family in (_IPV4, _IPV6):
            no_ports = (family, Field("ip_proto", TCP), Field("tcp_src", 0), Field("tcp_dst", 0))
            yield self._entry(CLASSIFY, _FRAGMENT, no_ports, (), Purpose.FRAGMENT)
        yield from self._neighbours_ask()
        for host in self.topology.hosts:
            yield from self._source(host)

    def _source(self, host: Host) -> Iterator[Intent]:
        zone = self._zone_at(host.place)
        for network in host.addresses:
            source, priority = address_fields("src", network), _ADDRESS + 2 * network.prefixlen
            if host.place.switch == self.switch.name and zone:
                yield self._entry(CLASSIFY, priority + 1, (Field("in_port", host.place.port), *source),
                                  (from_zone(zone), goto(DESTINATION)), Purpose.SOURCE_ZONE)
            yield self._entry(CLASSIFY, priority, source, (), Purpose.SPOOFED)

    def _neighbours_ask(self) -> Iterator[Intent]:
        """Who may ask or answer for an address: its owner; and a station that has none yet may ask (RFC 5227, 4862)."""
        def heard(port: int, *match: Field) -> Intent:
            return self._entry(CLASSIFY, _NEIGHBOUR, (Field("in_port", port), *match), (goto(DESTINATION),),
                               Purpose.NEIGHBOUR)
        for port in self.switch.ports:
            yield heard(port, _ARP, Field("arp_spa", 0))
            yield heard(port, _IPV6, Field("ip_proto", ICMPV6), Field("icmpv6_type", _SOLICITATION))
        for host in self.topology.hosts:
            for station in host.stations():
                if host.place.switch == self.switch.name:
                    yield heard(host.place.port, *_about("arp_spa", _ADVERTISEMENT, station))
        others = (_IPV6, Field("ip_proto", ICMPV6), Field("icmpv6_type", _ADVERTISEMENT))
        # An advertisement is an IP packet too: one about the address of another must not pass as that.
        yield self._entry(CLASSIFY, _OTHERWISE, others, (), Purpose.SPOOFED)

    def _neighbours_reach(self, table: Table) -> Iterator[Intent]:
        """ARP and neighbour discovery go to the owner of the address that they are about."""
        for host in self.topology.hosts:
            port = self._port_towards(host.place)
            for station in host.stations() if port else ():
                for match in _addressed(station):
                    yield self._entry(table, _NEIGHBOUR, match, (Output(port or 0),), Purpose.NEIGHBOUR)

    def _destination(self) -> Iterator[Intent]:
        yield from self._neighbours_reach(DESTINATION)
        flood = tuple(Output(port) for port in sorted(self.switch.ports))
        yield self._entry(DESTINATION, _OTHERWISE, (_ARP,), flood, Purpose.NEIGHBOUR)
        for kind in (_SOLICITATION, _ADVERTISEMENT):
            message = (_IPV6, Field("ip_proto", ICMPV6), Field("icmpv6_type", kind))
            yield self._entry(DESTINATION, _OTHERWISE, message, flood, Purpose.NEIGHBOUR)
        yield from self._by_destination(DESTINATION, Purpose.DESTINATION_ZONE, self._into_zone)

    def _by_destination(self, table: Table, purpose: Purpose,
                        treat: Callable[[Host], tuple[Instruction, ...]]) -> Iterator[Intent]:
        for host in self.topology.hosts:
            for network in host.addresses:
                priority = _ADDRESS + 2 * network.prefixlen
                yield self._entry(table, priority, address_fields("dst", network), treat(host), purpose)

    def _into_zone(self, host: Host) -> tuple[Instruction, ...]:
        zone = self._zone_at(host.place)
        return (to_zone(zone), goto(STEER)) if zone else ()

    def _divert(self) -> Iterator[Intent]:
        for port, interface in self.switch.ports.items():
            leg = self.topology.nf.leg(interface) if self.topology.nf else None
            towards = self._port_towards(leg.place) if leg else None
            if leg and towards:
                yield self._entry(DIVERT, 1, (Field("in_port", port),), (SetField("eth_dst", leg.mac), Output(towards)),
                                  Purpose.LEG)

    def _restore_and_forward(self) -> Iterator[Intent]:
        for host in self.topology.hosts:
            for network in host.addresses:
                yield self._entry(RESTORE, _ADDRESS + 2 * network.prefixlen, address_fields("src", network),
                                  (SetField("eth_src", host.mac), goto(FORWARD)), Purpose.RESTORE)
        yield from self._by_destination(FORWARD, Purpose.FORWARD, self._to_port)

    def _to_port(self, host: Host) -> tuple[Instruction, ...]:
        port = self._port_towards(host.place)
        return (SetField("eth_dst", host.mac), Output(port)) if port else ()

    def _transit(self) -> Iterator[Intent]:
        if not self.topology.link_ports(self.switch.name):
            return
        yield from self._neighbours_reach(TRANSIT)
        stations: tuple[Host | Leg, ...] = (*self.topology.hosts, *self.topology.legs())
        for station in stations:
            port = self._port_towards(station.place)
            if port:
                yield self._entry(TRANSIT, _ADDRESS, (Field("eth_dst", station.mac),), (Output(port),), Purpose.TRANSIT)


def _about(arp_field: str, kind: int, station: IpNetwork) -> tuple[Field, ...]:
    """ARP, or neighbour discovery of one kind, about an address."""
    address = int(station.network_address)
    if station.version == 4:
        return _ARP, Field(arp_field, address)
    return _IPV6, Field("ip_proto", ICMPV6), Field("icmpv6_type", kind), Field("ipv6_nd_target", address)


def _addressed(station: IpNetwork) -> Iterator[tuple[Field, ...]]:
    """ARP or a solicitation that asks for an address, and an advertisement sent to it."""
    yield _about("arp_tpa", _SOLICITATION, station)
    if station.version == 6:
        yield (*address_fields("dst", station), Field("ip_proto", ICMPV6), Field("icmpv6_type", _ADVERTISEMENT))
