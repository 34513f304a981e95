"""Plain learning: the entries by which switches find out who is where, with no configuration and no policies.

    senders     who sends from which port; one not seen there yet is told to the controller, and goes on
    addressees  to the port where the address was seen, or else to everyone

The switch floods by itself, so nothing waits for the controller. Where a topology is given, frames go along its
spanning tree alone; without one, links must not form a loop. What was learnt is forgotten in time, a sender before an
addressee, so that whoever goes on sending is never forgotten.
"""

from collections.abc import Iterable, Iterator

from nf.controller.cookies import generation
from nf.controller.intents import Field, Goto, Instruction, Intent, Output, Purpose, Tell
from nf.controller.steering import Wanted
from nf.controller.topology import Switch, Topology

SENDERS, ADDRESSEES = 0, 1
SENDER_SECONDS, ADDRESSEE_SECONDS = 150, 300  # 300 s is what IEEE 802.1D-2004 §7.9.2 recommends
ALL = 0xFFFFFFFC  # OFPP_ALL: every port but the one that the frame came in by (OpenFlow 1.3.5 §7.2.1)
_GROUP = 1 << 40  # the bit that makes a MAC address one of a group
# Bridges' own protocols, which no bridge passes on (IEEE 802.1D-2004 §7.12.6).
_RESERVED = Field("eth_dst", 0x0180C2000000, 0xFFFFFFFFFFF0)
_HEADER = 14  # bytes of an Ethernet header


def wanted(topology: Topology) -> Wanted:
    """What every switch of a topology carries before anything is learnt; frames stay on the spanning tree."""
    return _as_wanted(intent for switch in topology.switches
                      for intent in _entries(switch.dpid, *_on_tree(topology, switch)))


def wanted_alone(dpid: int) -> Wanted:
    """The same for a switch that no topology tells of: it floods to every port."""
    return _as_wanted(_entries(dpid, (ALL,), ()))


def learnt(dpid: int, port: int, mac: int) -> tuple[Intent, Intent]:
    """A station was seen at a port: its frames need not be told again, and those to it go there."""
    return (Intent(dpid, SENDERS, 1, (Field("in_port", port), Field("eth_src", mac)), (Goto(ADDRESSEES),),
                   Purpose.SENDER_KNOWN),
            Intent(dpid, ADDRESSEES, 1, (Field("eth_dst", mac),), (Output(port),), Purpose.ADDRESSEE_KNOWN))


def sender(frame: bytes) -> int | None:
    """The station that a frame is from; None where it is too short, or from a group."""
    mac = int.from_bytes(frame[6:12])
    return mac if len(frame) >= _HEADER and not mac & _GROUP else None


def _as_wanted(intents: Iterable[Intent]) -> Wanted:
    entries = tuple(intents)
    return Wanted({"": entries}, generation(entries))


def _on_tree(topology: Topology, switch: Switch) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The ports of a switch to flood to, and those of links that would make a loop."""
    tree = topology.tree_ports(switch.name)
    flood = {*tree, *switch.ports, *topology.leg_ports(switch.name), *topology.beating_ports(switch.name)}
    return tuple(sorted(flood)), tuple(port for port in topology.link_ports(switch.name) if port not in tree)


def _entries(dpid: int, flood: tuple[int, ...], loops: tuple[int, ...]) -> Iterator[Intent]:
    def entry(table: int, priority: int, match: tuple[Field, ...], instructions: tuple[Instruction, ...],
              purpose: Purpose) -> Intent:
        return Intent(dpid, table, priority, match, instructions, purpose)

    for port in loops:
        yield entry(SENDERS, 3, (Field("in_port", port),), (), Purpose.LOOP)
    yield entry(SENDERS, 2, (_RESERVED,), (), Purpose.UNBRIDGED)
    yield entry(SENDERS, 2, (Field("eth_src", _GROUP, _GROUP),), (), Purpose.UNBRIDGED)
    yield entry(SENDERS, 0, (), (Tell(0), Goto(ADDRESSEES)), Purpose.SENDER_NEW)
    yield entry(ADDRESSEES, 0, (), tuple(Output(port) for port in flood), Purpose.FLOOD)
