"""Another way for one session: the entries that lead what lies between the NF and its server by other switches or another exit.

Which way belongs to a routing instance is said in two places. The configuration's static routes name the next hop: a
router that the topology knows is handed the packets in place of the address's owner. The topology's `[[path]]` names the
switches to go by. Both directions of the server's side go the same way; the client's side stays as it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hwmodel.session import FiveTuple
from nf.controller.intents import Field, Instruction, Intent, Output, Purpose, SetField
from nf.controller.pipeline import CLASSIFY, DIVERT, ETH_IPV4, ETH_IPV6, FORWARD, TRANSIT, Table, goto
from nf.controller.topology import Host, Leg, Topology
from nf.policy.systems import Systems

_ABOVE = 3600  # of an entry's table: what is said of one session counts more than what is said of all addresses


@dataclass(frozen=True, slots=True)
class NoWay:
    """Why a session stays where it is."""

    reason: str


@dataclass(frozen=True, slots=True)
class Detours:
    """Knows the ways of a topology; the same for the same input."""

    systems: Systems
    topology: Topology

    def entries(self, flow: FiveTuple, egress: str, instance: str) -> list[Intent] | NoWay:
        """The entries for a session that leaves the NF by an interface, by its initiator's five-tuple."""
        leg = self.topology.nf.leg(egress) if self.topology.nf else None
        owner = self.topology.owner(flow.dst)
        if leg is None or owner is None:
            return NoWay(f"nobody in {self.topology.origin} has its leg or its server")
        out, via = self._exit(flow, egress, instance) or owner, self.topology.paths.get(instance)
        if via is None and out is owner:
            return NoWay(f"routing instance {instance} has neither a [[path]] nor a next hop in {self.topology.origin}")
        walk = self.topology.walk(leg.place.switch, via or (), out.place.switch)
        if walk is None:
            return NoWay(f"the way of routing instance {instance} from {leg.place.switch} to {out.place.switch} "
                         "meets a switch twice, or does not exist")
        return [*self._there(flow, walk, out), *self._back(flow, walk, leg, out, beyond=out is not owner)]

    def _exit(self, flow: FiveTuple, egress: str, instance: str) -> Host | None:
        """The router that the routing instance's static route names."""
        apbr = self.systems.of(egress).services.get("apbr")
        found = None if apbr is None else apbr.instances.get(instance)
        hop = None if found is None else found.next_hop(flow.dst)
        return None if hop is None else self.topology.owner(hop)

    def _there(self, flow: FiveTuple, walk: Sequence[str], out: Host) -> Iterator[Intent]:
        fields = session_fields(flow)
        yield self._entry(walk[0], FORWARD, fields, (SetField("eth_dst", out.mac), Output(self._port(walk, 0, out))))
        yield from self._between(walk, out, fields)

    def _back(self, flow: FiveTuple, walk: Sequence[str], leg: Leg, out: Host, *, beyond: bool) -> Iterator[Intent]:
        """From the server's port; where it is another one than the server's own, its packets are taken for what they are."""
        back, fields = list(reversed(walk)), (Field("in_port", out.place.port), *session_fields(flow.reversed()))
        if beyond:
            yield self._entry(back[0], CLASSIFY, fields, (goto(DIVERT),))
        yield self._entry(back[0], DIVERT, fields, (SetField("eth_dst", leg.mac), Output(self._port(back, 0, leg))))
        yield from self._between(back, leg, fields[1:])

    def _between(self, walk: Sequence[str], end: Host | Leg, fields: tuple[Field, ...]) -> Iterator[Intent]:
        """Switches that would go on by another port for this addressee."""
        for place, name in enumerate(walk[1:], 1):
            port = self._port(walk, place, end)
            usual = end.place.port if name == end.place.switch else self.topology.routes(name).get(end.place.switch)
            if port != usual:
                yield self._entry(name, TRANSIT, (Field("eth_dst", end.mac), *fields), (Output(port),))

    def _port(self, walk: Sequence[str], place: int, end: Host | Leg) -> int:
        last = place + 1 == len(walk)
        return end.place.port if last else self.topology.port_towards(walk[place], walk[place + 1])

    def _entry(self, switch: str, table: Table, match: tuple[Field, ...], instructions: tuple[Instruction, ...]) -> Intent:
        dpid = next(each.dpid for each in self.topology.switches if each.name == switch)
        return Intent(dpid, table.number, _ABOVE, match, instructions, Purpose.MOVED)


def session_fields(flow: FiveTuple) -> tuple[Field, ...]:
    """A match on the packets of one direction."""
    family, name = (ETH_IPV4, "ipv4") if flow.src.version == 4 else (ETH_IPV6, "ipv6")
    return (Field("eth_type", family), Field(f"{name}_src", int(flow.src)), Field(f"{name}_dst", int(flow.dst)),
            Field("ip_proto", flow.proto), Field("tcp_src", flow.sport), Field("tcp_dst", flow.dport))
