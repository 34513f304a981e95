"""Zones and policy of a flow, and what follows from them, remembered for the next one between the same two hosts."""

from collections.abc import Callable
from typing import Final

from hwmodel.session import FiveTuple
from nf.flow.terms import Terms
from nf.policy.match import PortRange
from nf.policy.policies import Action, Policy
from nf.policy.systems import LogicalSystem, Systems
from nf.policy.zones import Interface, Zone

NO_ZONE: Final = Zone("N/A")
REMEMBERED: Final = 4096  # flows; then it begins anew
_EVERY_PORT: Final = PortRange()


class Lookup:
    """Looks flows up in the system that they come in by; a client's next connections differ in their source port alone."""

    def __init__(self, systems: Systems, permit_all: Policy,
                 terms: Callable[[LogicalSystem, Zone, Zone, Policy | None, FiveTuple], Terms]) -> None:
        self._systems, self._permit_all, self._terms = systems, permit_all, terms
        self._known: dict[tuple[object, ...], Terms] = {}
        self._knows = all(term.source_ports == _EVERY_PORT for _, policy in systems.policies
                          for term in policy.application.terms())

    def __len__(self) -> int:
        return len(self._known)

    def find(self, flow: FiveTuple, ingress: Interface, egress: Interface, hosts: tuple[str, str] | None = None) -> Terms:
        """The system, both zones, and what the policy that decides means, if there is one.

        `hosts` are both addresses as texts, where these are known: an address's own hash is dear.
        """
        key = ingress.name, egress.name, hosts or (flow.src, flow.dst), flow.dport, flow.proto
        found = self._known.get(key)
        if found is None:
            found = self._find(flow, ingress, egress)
            if self._knows:
                if len(self._known) >= REMEMBERED:
                    self._known.clear()
                self._known[key] = found
        return found

    def _find(self, flow: FiveTuple, ingress: Interface, egress: Interface) -> Terms:
        system = self._systems.of(ingress.name)
        source, destination, policy = _zone(system, ingress), _zone(system, egress), None
        if NO_ZONE not in (source, destination):  # outside every zone: such traffic is always denied
            policy = system.policies.lookup(source.name, destination.name, flow)
            if policy is None and system.policies.default is Action.PERMIT:
                policy = self._permit_all
        return self._terms(system, source, destination, policy, flow)


def _zone(system: LogicalSystem, interface: Interface) -> Zone:
    """The zone of an interface, none where it is of another system: what crosses is always denied."""
    return system.zone_map.zone_of(interface.name) or NO_ZONE
