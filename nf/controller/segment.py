"""The entries that follow from the topology alone: who lives where, in which zone, and the way there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from nf.controller.intents import Field, Instruction, Intent, Output, Purpose, SetField, Tell
from nf.controller.neighbours import Neighbours, address_fields
from nf.controller.pipeline import (
    CLASSIFY,
    DESTINATION,
    DIVERT,
    ETH_IPV4,
    ETH_IPV6,
    FORWARD,
    HEARTBEAT_METER,
    RESTORE,
    STEER,
    TCP,
    TRANSIT,
    VLAN_PRESENT,
    Table,
    from_zone,
    goto,
    to_zone,
)
from nf.controller.topology import Host, Leg, Place, Switch, Topology
from nf.controller.zoning import Zoning
from nf.protocols.heartbeat import ETHERTYPE

# Priorities within a table. Those of addresses grow with the prefix length, so the longest prefix wins.
_TAGGED, _LINK, _FROM_NF, _NF_STRAY, _FRAGMENT, _ADDRESS = 4100, 4000, 3900, 3800, 3700, 1000

_IPV4, _IPV6 = Field("eth_type", ETH_IPV4), Field("eth_type", ETH_IPV6)
_HEARTBEAT = Field("eth_type", ETHERTYPE)
_VLAN_TAG = Field("vlan_vid", VLAN_PRESENT, VLAN_PRESENT)


@dataclass(frozen=True, slots=True)
class Segment:
    """One switch's view of the topology and of the zones in it."""

    topology: Topology
    switch: Switch
    zoning: Zoning
    routes: Mapping[str, int]

    def intents(self) -> Iterator[Intent]:
        """Every entry of this switch that no policy has a say in."""
        yield from self._classify()
        yield from Neighbours(self.topology, self.switch, self.zoning, self._port_towards).intents()
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
        return self.zoning.by_interface.get(edge.ports.get(place.port, "")) if edge else None

    def _classify(self) -> Iterator[Intent]:
        yield self._entry(CLASSIFY, _TAGGED, (_VLAN_TAG,), (), Purpose.TAGGED)
        for port in self.topology.link_ports(self.switch.name):
            yield self._entry(CLASSIFY, _LINK, (Field("in_port", port),), (goto(TRANSIT),), Purpose.TRANSIT)
        for port in self.topology.leg_ports(self.switch.name):
            leg = Field("in_port", port)
            for family in (_IPV4, _IPV6):
                yield self._entry(CLASSIFY, _FROM_NF, (leg, family), (goto(RESTORE),), Purpose.NF_RETURN)
            yield self._entry(CLASSIFY, _FROM_NF, (leg, _HEARTBEAT), (Tell(HEARTBEAT_METER),), Purpose.HEARTBEAT)
            yield self._entry(CLASSIFY, _NF_STRAY, (leg,), (), Purpose.NF_STRAY)
        for port in self.topology.beating_ports(self.switch.name):
            yield self._entry(CLASSIFY, _FROM_NF, (Field("in_port", port), _HEARTBEAT), (Tell(HEARTBEAT_METER),),
                              Purpose.HEARTBEAT)
        for family in (_IPV4, _IPV6):
            no_ports = (family, Field("ip_proto", TCP), Field("tcp_src", 0), Field("tcp_dst", 0))
            yield self._entry(CLASSIFY, _FRAGMENT, no_ports, (), Purpose.FRAGMENT)
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

    def _destination(self) -> Iterator[Intent]:
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
            if leg:  # without a way there the entry is there all the same, in place of the one towards another node
                there = (SetField("eth_dst", leg.mac), Output(towards)) if towards else ()
                yield self._entry(DIVERT, 1, (Field("in_port", port),), there, Purpose.LEG)

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
        stations: tuple[Host | Leg, ...] = (*self.topology.hosts, *self.topology.legs())
        for station in stations:
            port = self._port_towards(station.place)
            if port:
                yield self._entry(TRANSIT, _ADDRESS, (Field("eth_dst", station.mac),), (Output(port),), Purpose.TRANSIT)
