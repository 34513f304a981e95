"""Switches that follow flow entries: where does a packet come out, and with which MAC addresses?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nf.controller.intents import Field, Goto, Intent, Output, Purpose, SetField, Tell, WriteMetadata
from nf.controller.topology import Place, Topology

Packet = Mapping[str, int]
CONTROLLER = 0  # in place of a port


@dataclass(frozen=True)
class Leaving:
    """A packet that leaves the network, what the entries it met were for, and the ports it crossed links by."""

    place: Place
    packet: Packet
    met: tuple[Purpose, ...]
    crossed: tuple[Place, ...] = ()


class FakeSwitch:
    """One switch, as OpenFlow 1.3.5 §5 describes it; refuses entries whose order would be undefined."""

    def __init__(self, intents: Iterable[Intent]) -> None:
        self.tables: dict[int, list[Intent]] = defaultdict(list)
        for intent in intents:
            self.tables[intent.table].append(intent)

    def send(self, in_port: int, packet: Packet) -> tuple[list[tuple[int, Packet]], tuple[Purpose, ...]]:
        """The ports that the packet leaves by, as what; and the purposes of the entries met."""
        state = {**packet, "in_port": in_port, "metadata": 0}
        leaving, met, table = [], [], 0
        while table is not None:
            entry, table = self._entry(table, state), None
            if entry is None:
                break
            met.append(entry.purpose)
            for instruction in entry.instructions:
                match instruction:
                    case WriteMetadata(value, mask):
                        state["metadata"] = state["metadata"] & ~mask | value
                    case SetField(name, value):
                        state[name] = value
                    case Output(port):
                        if port != in_port:
                            leaving.append((port, {name: state[name] for name in packet}))
                    case Tell():
                        leaving.append((CONTROLLER, {name: state[name] for name in packet}))
                    case Goto(number):
                        table = number
        return leaving, tuple(met)

    def _entry(self, table: int, state: Packet) -> Intent | None:
        fitting = [i for i in self.tables[table] if all(_fits(field, state) for field in i.match)]
        if not fitting:
            return None
        top = max(intent.priority for intent in fitting)
        first, *others = [intent for intent in fitting if intent.priority == top]
        assert all(other.instructions == first.instructions for other in others), (first, others)
        return first


def _fits(field: Field, state: Packet) -> bool:
    return field.name in state and field.accepts(state[field.name])


class FakeNetwork:
    """All switches of a topology and the links between them."""

    def __init__(self, intents: Iterable[Intent], topology: Topology) -> None:
        wanted = list(intents)
        self.switches = {s.name: FakeSwitch(i for i in wanted if i.dpid == s.dpid) for s in topology.switches}
        self.links = {near: far for a, b in topology.links for near, far in ((a, b), (b, a))}

    def send(self, place: Place, packet: Packet, hops: int = 0) -> list[Leaving]:
        """Where the packet leaves the network."""
        assert hops < 16, "a loop"
        out: list[Leaving] = []
        leaving, met = self.switches[place.switch].send(place.port, packet)
        for port, changed in leaving:
            here = Place(place.switch, port)
            if here in self.links:
                beyond = self.send(self.links[here], changed, hops + 1)
                out += [Leaving(each.place, each.packet, met + each.met, (here, *each.crossed)) for each in beyond]
            else:
                out.append(Leaving(here, changed, met))
        return out
