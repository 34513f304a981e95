"""Configuration and topology become the flow entries of every switch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

from nf.config.configuration import Configuration
from nf.controller import pipeline, policing
from nf.controller.cookies import MAX_POLICIES, generation
from nf.controller.gateways import gateways
from nf.controller.intents import Intent, Purpose, Tell
from nf.controller.segment import Segment
from nf.controller.topology import Topology, TopologyError
from nf.controller.verdicts import PRIORITIES, WHILE_DOWN, WHILE_UP, diverts
from nf.controller.zoning import Zoning, zoning
from nf.policy.policies import Policy

_MAX_POLICIES = min(MAX_POLICIES, 0xFFFF // PRIORITIES - 1)  # a priority has 16 bits


def decide(configuration: Configuration, topology: Topology, *, nf_up: bool = True) -> list[Intent]:
    """Every flow entry of every switch, the same for the same input; raises TopologyError.

    While the NF is down, what it would get is dropped, or passes without services where the policy fails open.
    """
    systems = configuration.systems
    zones = zoning(systems, topology)
    if len(systems.policies) > _MAX_POLICIES:
        raise TopologyError(topology.origin, "", f"a switch's priorities are enough for {_MAX_POLICIES} policies")
    _every_diversion_has_a_leg(topology, zones)
    owned = [network for host in topology.hosts for network in host.addresses]
    versions: set[int] = {network.version for network in owned}
    space = {version: policing.collapsed(each for each in owned if each.version == version) for version in versions}
    policies = list(policing.intents(zones.territories, space, nf_up=nf_up))
    own_addresses = gateways(systems, topology)
    found: dict[object, Intent] = {}
    for switch in topology.switches:
        segment = Segment(topology, switch, zones, topology.routes(switch.name))
        own = (replace(intent, dpid=switch.dpid) for intent in policies)
        for intent in (*segment.intents(), *own_addresses.intents(switch), *own, *pipeline.misses(switch.dpid)):
            found.setdefault(intent.key, intent)  # two names of one address or application make the same entry
    return list(found.values())


class Nobody(Enum):
    """What traffic is diverted to where that is no network function."""

    UNDECIDED = "not known yet which node of a chassis cluster is primary"
    DOWN = "no network function is up"


State: TypeAlias = str | Nobody  # the name of the network function that traffic is diverted to


@dataclass(frozen=True, slots=True)
class Wanted:
    """The entries of every switch by what traffic is diverted to, all of one generation; the first is true at the start."""

    states: Mapping[State, tuple[Intent, ...]]
    generation: int

    @property
    def first(self) -> State:
        """What is taken for granted until more is known."""
        return next(iter(self.states))

    def entries(self, dpid: int, state: State) -> list[Intent]:
        """All entries of a switch."""
        return [intent for intent in self.states[state] if intent.dpid == dpid]

    def new(self, dpid: int, state: State, before: State) -> list[Intent]:
        """The entries of a switch that were not there in the state before, or not the same."""
        known = set(self.entries(dpid, before))
        return [intent for intent in self.entries(dpid, state) if intent not in known]

    @staticmethod
    def over(state: State) -> frozenset[Purpose]:
        """The purposes of the entries that must not be there in this state."""
        if state is Nobody.UNDECIDED:
            return frozenset()
        return WHILE_UP if state is Nobody.DOWN else WHILE_DOWN


def wanted(configuration: Configuration, topology: Topology) -> Wanted:
    """The entries for every state of the network functions; raises TopologyError.

    While no node of a cluster is known to be primary there are those entries that are the same with each: nothing is led
    to any node, unless the switch has been told so before.
    """
    states: dict[State, tuple[Intent, ...]] = {
        node.name: tuple(decide(configuration, topology.diverting_to(node))) for node in topology.nodes}
    if len(states) > 1:
        first, *others = states.values()
        common = set(first).intersection(*others)
        states = {Nobody.UNDECIDED: tuple(intent for intent in first if intent in common), **states}
    states[Nobody.DOWN] = tuple(decide(configuration, topology, nf_up=False))
    return Wanted(states, generation({intent for entries in states.values() for intent in entries}))


def unmetered(intent: Intent) -> Intent:
    """The same for a switch without meters: heartbeats come as they are, all else that would be told is dropped unheard."""
    if not any(isinstance(each, Tell) and each.meter for each in intent.instructions):
        return intent
    return replace(intent, instructions=(Tell(0),) if intent.purpose is Purpose.HEARTBEAT else ())


def idle_interfaces(configuration: Configuration, topology: Topology) -> list[str]:
    """The interfaces of edge ports that no security zone holds: nothing passes there."""
    systems = configuration.systems
    return sorted({interface for switch in topology.switches for interface in switch.ports.values()
                   if systems.zone_of(interface) is None})


def _every_diversion_has_a_leg(topology: Topology, zones: Zoning) -> None:
    """A diverting policy without a leg on either side would silently drop its traffic: refuse instead."""
    legless = {interface for switch in topology.switches for interface in switch.ports.values()
               if interface in zones.by_interface and not (topology.nf and topology.nf.leg(interface))}
    for territory in zones.territories:
        names = {number: name for name, number in territory.numbers.items()}
        for policy in filter(diverts, territory.policies.policies):
            for interface in sorted(legless):
                zone = names.get(zones.by_interface[interface])
                if zone is not None and _concerns(policy, zone, territory.numbers):
                    raise TopologyError(topology.origin, "nf.legs", f"policy '{policy.name}' diverts traffic of zone "
                                        f"'{zone}', so interface '{interface}' needs a leg")


def _concerns(policy: Policy, zone: str, zones: Iterable[str]) -> bool:
    return any(policy.joins(*pair) for other in zones for pair in ((zone, other), (other, zone)))
