"""Configuration and topology become the flow entries of every switch."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain

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


@dataclass(frozen=True, slots=True)
class Wanted:
    """The entries of every switch while the NF is up and while it is down; they are of one generation."""

    up: tuple[Intent, ...]
    down: tuple[Intent, ...]
    generation: int

    def entries(self, dpid: int, *, nf_up: bool) -> list[Intent]:
        """All entries of a switch."""
        return [intent for intent in (self.up if nf_up else self.down) if intent.dpid == dpid]

    def new(self, dpid: int, *, nf_up: bool) -> list[Intent]:
        """The entries of a switch that are not there in the NF's other state, or not the same."""
        before = set(self.entries(dpid, nf_up=not nf_up))
        return [intent for intent in self.entries(dpid, nf_up=nf_up) if intent not in before]

    @staticmethod
    def over(*, nf_up: bool) -> frozenset[Purpose]:
        """The purposes of the entries that must not be there in this state of the NF."""
        return WHILE_DOWN if nf_up else WHILE_UP


def wanted(configuration: Configuration, topology: Topology) -> Wanted:
    """The entries for both states of the NF; raises TopologyError."""
    up, down = (tuple(decide(configuration, topology, nf_up=state)) for state in (True, False))
    return Wanted(up, down, generation(set(chain(up, down))))


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
