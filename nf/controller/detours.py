"""Another way for one session: the entries that lead what lies between the NF and its server by other switches, by another
exit, or through another network function.

Which way belongs to a routing instance is said in two places. The configuration's static routes name the next hop: a
router that the topology knows is handed the packets in place of the address's owner. The topology's `[[path]]` names the
switches and functions to go by. Both directions of the server's side go the same way; the client's side stays as it is.

A way is a row of stretches, each from where the packets leave a station or function to where they meet the next one. An
entry of `classify`, by port and five-tuple, begins a stretch; entries of `transit` keep it where the usual way is another.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hwmodel.session import FiveTuple
from nf.controller.intents import Field, Intent, Output, Purpose, SetField
from nf.controller.pipeline import CLASSIFY, ETH_IPV4, ETH_IPV6, TRANSIT
from nf.controller.topology import Host, Kind, Leg, Topology
from nf.policy.systems import Systems

_ABOVE = 3950  # what is said of one session counts more than what is said of a port, an address or the NF


@dataclass(frozen=True, slots=True)
class NoWay:
    """Why a session stays where it is."""

    reason: str


@dataclass(frozen=True, slots=True)
class Detour:
    """A way: its entries, the functions that it leads through, and whether a connection ends in one of them.

    Such a way is for sessions whose first packet takes it, and for no others.
    """

    entries: tuple[Intent, ...]
    functions: frozenset[str] = frozenset()
    from_first: bool = False


@dataclass(frozen=True, slots=True)
class Detours:
    """Knows the ways of a topology; the same for the same input."""

    systems: Systems
    topology: Topology

    def way(self, flow: FiveTuple, leg: Leg, instance: str) -> Detour | NoWay:
        """The way of a session that leaves the NF by a leg, by its initiator's five-tuple."""
        client, server = self.topology.owner(flow.src), self.topology.owner(flow.dst)
        if client is None or server is None:
            return NoWay(f"nobody in {self.topology.origin} has its client or its server")
        out, via = self._exit(flow, leg.interface, instance) or server, self.topology.paths.get(instance)
        if via is None and out is server:
            return NoWay(f"routing instance {instance} has neither a [[path]] nor a next hop in {self.topology.origin}")
        stations, stops = self._stations(leg, via or (), out)
        there = self._entries(stations, stops, session_fields(flow), client)
        back = self._entries(stations[::-1], [part[::-1] for part in stops[::-1]], session_fields(flow.reversed()), server)
        if there is None or back is None:
            return NoWay(f"the way of routing instance {instance} from {leg.place.switch} to {out.place.switch} "
                         "meets a switch twice, or does not exist")
        functions = [function for function in self.topology.further if function.name in (via or ())]
        return Detour((*there, *back), frozenset(function.name for function in functions),
                      any(function.kind is Kind.PROXY for function in functions))

    def _exit(self, flow: FiveTuple, egress: str, instance: str) -> Host | None:
        """The router that the routing instance's static route names."""
        apbr = self.systems.of(egress).services.get("apbr")
        found = None if apbr is None else apbr.instances.get(instance)
        hop = None if found is None else found.next_hop(flow.dst)
        return None if hop is None else self.topology.owner(hop)

    def _stations(self, leg: Leg, via: Sequence[str], out: Host) -> tuple[list[Host | Leg], list[tuple[str, ...]]]:
        """Where the packets leave and arrive, in turn, and the switches to go by between each pair."""
        legs = {function.name: function.legs for function in self.topology.further}
        stations: list[Host | Leg] = [leg]
        stops: list[tuple[str, ...]] = [()]
        for name in via:
            if name in legs:
                stations += legs[name]
                stops.append(())
            else:
                stops[-1] += (name,)
        return [*stations, out], stops

    def _entries(self, stations: Sequence[Host | Leg], stops: Sequence[tuple[str, ...]], fields: tuple[Field, ...],
                 source: Host) -> list[Intent] | None:
        """Those of one direction; None where two stretches enter a switch by one port, or there is no way."""
        found: dict[Intent, bool] = {}
        for number, by in enumerate(stops):
            start, end = stations[2 * number], stations[2 * number + 1]
            walk = self.topology.walk(start.place.switch, by, end.place.switch)
            if walk is None:
                return None
            mac = next(one.mac for one in stations[2 * number + 1::2] if one.mac)  # a wire has none
            found |= self._stretch(walk, start, end, fields, source.mac, mac)
        if len({entry.key for entry in found}) < len(found):
            return None
        return [entry for entry, is_needed in found.items() if is_needed]

    def _stretch(self, walk: Sequence[str], start: Host | Leg, end: Host | Leg, fields: tuple[Field, ...], source: int,
                 mac: int) -> Iterator[tuple[Intent, bool]]:
        """Each with whether the packets would go otherwise without it."""
        first = (SetField("eth_src", source), SetField("eth_dst", mac), Output(self._port(walk, 0, end)))
        yield self._entry(walk[0], CLASSIFY.number, (Field("in_port", start.place.port), *fields), *first), True
        for place, name in enumerate(walk[1:], 1):
            came, port = self.topology.port_towards(name, walk[place - 1]), self._port(walk, place, end)
            match = (Field("in_port", came), Field("eth_dst", mac), *fields)
            yield self._entry(name, TRANSIT.number, match, Output(port)), port != self._usual(name, mac)

    def _port(self, walk: Sequence[str], place: int, end: Host | Leg) -> int:
        last = place + 1 == len(walk)
        return end.place.port if last else self.topology.port_towards(walk[place], walk[place + 1])

    def _usual(self, switch: str, mac: int) -> int | None:
        """The port by which a switch sends to an addressee by itself."""
        known: tuple[Host | Leg, ...] = (*self.topology.hosts, *self.topology.legs())
        place = next((station.place for station in known if station.mac == mac), None)
        if place is None:
            return None
        return place.port if place.switch == switch else self.topology.routes(switch).get(place.switch)

    def _entry(self, switch: str, table: int, match: tuple[Field, ...], *does: SetField | Output) -> Intent:
        dpid = next(each.dpid for each in self.topology.switches if each.name == switch)
        return Intent(dpid, table, _ABOVE, match, does, Purpose.MOVED)


def session_fields(flow: FiveTuple) -> tuple[Field, ...]:
    """A match on the packets of one direction."""
    family, name = (ETH_IPV4, "ipv4") if flow.src.version == 4 else (ETH_IPV6, "ipv6")
    return (Field("eth_type", family), Field(f"{name}_src", int(flow.src)), Field(f"{name}_dst", int(flow.dst)),
            Field("ip_proto", flow.proto), Field("tcp_src", flow.sport), Field("tcp_dst", flow.dport))
