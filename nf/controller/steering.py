"""Configuration and topology become the flow entries of every switch."""

from dataclasses import replace

from nf.config.configuration import Configuration
from nf.controller import pipeline, policing
from nf.controller.cookies import MAX_POLICIES
from nf.controller.intents import Intent
from nf.controller.segment import Segment
from nf.controller.topology import Topology, TopologyError
from nf.controller.verdicts import PRIORITIES, diverts
from nf.policy.policies import Policy

_MAX_POLICIES = min(MAX_POLICIES, 0xFFFF // PRIORITIES - 1)  # a priority has 16 bits


def decide(configuration: Configuration, topology: Topology, *, nf_up: bool = True) -> list[Intent]:
    """Every flow entry of every switch, the same for the same input; raises TopologyError.

    While the NF is down, what it would get is dropped, or passes without services where the policy fails open.
    """
    zones = zone_numbers(configuration, topology)
    if len(configuration.policies.policies) > _MAX_POLICIES:
        raise TopologyError(topology.origin, "", f"a switch's priorities are enough for {_MAX_POLICIES} policies")
    _every_diversion_has_a_leg(configuration, topology, zones)
    owned = [network for host in topology.hosts for network in host.addresses]
    versions: set[int] = {network.version for network in owned}
    space = {version: policing.collapsed(each for each in owned if each.version == version) for version in versions}
    policies = list(policing.intents(configuration.policies, zones, space, nf_up=nf_up))
    per_interface = {interface: zones[zone.name] for switch in topology.switches for interface in switch.ports.values()
                     if (zone := configuration.zone_map.zone_of(interface))}
    found: dict[object, Intent] = {}
    for switch in topology.switches:
        segment = Segment(topology, switch, per_interface, topology.routes(switch.name))
        own = (replace(intent, dpid=switch.dpid) for intent in policies)
        for intent in (*segment.intents(), *own, *pipeline.misses(switch.dpid)):
            found.setdefault(intent.key, intent)  # two names of one address or application make the same entry
    return list(found.values())


def zone_numbers(configuration: Configuration, topology: Topology) -> dict[str, int]:
    """The number in the metadata, from 1, of each zone that an edge port's interface is in."""
    interfaces = {interface for switch in topology.switches for interface in switch.ports.values()}
    held = (configuration.zone_map.zone_of(interface) for interface in interfaces)
    names = sorted({zone.name for zone in held if zone})
    if len(names) > pipeline.MAX_ZONES:
        raise TopologyError(topology.origin, "switch", f"{len(names)} zones; a packet's metadata has room for "
                                                       f"{pipeline.MAX_ZONES}")
    return {name: number for number, name in enumerate(names, 1)}


def idle_interfaces(configuration: Configuration, topology: Topology) -> list[str]:
    """The interfaces of edge ports that no security zone holds: nothing passes there."""
    return sorted({interface for switch in topology.switches for interface in switch.ports.values()
                   if configuration.zone_map.zone_of(interface) is None})


def _every_diversion_has_a_leg(configuration: Configuration, topology: Topology, zones: dict[str, int]) -> None:
    """A diverting policy without a leg on either side would silently drop its traffic: refuse instead."""
    for policy in filter(diverts, configuration.policies.policies):
        for switch in topology.switches:
            for interface in switch.ports.values():
                zone = configuration.zone_map.zone_of(interface)
                if zone and _concerns(policy, zone.name, zones) and not (topology.nf and topology.nf.leg(interface)):
                    raise TopologyError(topology.origin, "nf.legs", f"policy '{policy.name}' diverts traffic of zone "
                                        f"'{zone.name}', so interface '{interface}' needs a leg")


def _concerns(policy: Policy, zone: str, zones: dict[str, int]) -> bool:
    return any(policy.joins(*pair) for other in zones for pair in ((zone, other), (other, zone)))
