"""Zones as numbers in a packet's metadata; those of a system share their upper bits: "any of its zones" is one match."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nf.controller.pipeline import MAX_ZONES, ZoneMatch
from nf.controller.topology import Topology, TopologyError
from nf.policy.policies import PolicyTable
from nf.policy.systems import Systems


@dataclass(frozen=True, slots=True)
class Territory:
    """A system as switches see it: its policies, the numbers of its zones, and the match that they have in common."""

    system: str
    policies: PolicyTable
    before: int  # policies of other systems, in the order in which all are counted
    numbers: Mapping[str, int]
    every: ZoneMatch

    def match(self, zone: str | None) -> ZoneMatch:
        """A zone by name, or any of the system's."""
        return self.every if zone is None else ZoneMatch(self.numbers[zone], MAX_ZONES)


@dataclass(frozen=True, slots=True)
class Zoning:
    """The systems that an edge port is in, and the number of the zone of each edge port's interface that is in one."""

    territories: tuple[Territory, ...]
    by_interface: Mapping[str, int]

    @property
    def divided(self) -> bool:
        """Whether there is more than one system to keep apart."""
        return len(self.territories) > 1

    def every(self, interface: str | None) -> ZoneMatch | None:
        """Any zone of the system that an interface's zone is in; None where it is in no zone."""
        number = self.by_interface.get(interface or "")
        return next((each.every for each in self.territories if number in each.numbers.values()), None)


def zoning(systems: Systems, topology: Topology) -> Zoning:
    """Number the zones that an edge port's interface is in; raises TopologyError where there are too many."""
    held = {interface: (systems.of(interface).name, zone.name) for switch in topology.switches
            for interface in switch.ports.values() if (zone := systems.zone_of(interface))}
    names = {system.name: sorted({zone for owner, zone in held.values() if owner == system.name}) for system in systems.all}
    used = [name for name, zones in names.items() if zones]
    width = max((len(zones) for zones in names.values()), default=0).bit_length()
    if len(used) << width > MAX_ZONES + 1:
        raise TopologyError(topology.origin, "switch", f"{len(set(held.values()))} zones in {len(used)} systems; a packet's "
                                                       f"metadata has room for {MAX_ZONES} zones")
    numbers = {(system, zone): place << width | number for place, system in enumerate(used)
               for number, zone in enumerate(names[system], 1)}
    return Zoning(tuple(_territories(systems, used, width, numbers)),
                  {interface: numbers[zone] for interface, zone in held.items()})


def _territories(systems: Systems, used: list[str], width: int,
                 numbers: Mapping[tuple[str, str], int]) -> Iterator[Territory]:
    shared = MAX_ZONES >> width << width if len(used) > 1 else 0
    before = 0
    for system in systems.all:
        if system.name in used:
            own = {zone: number for (owner, zone), number in numbers.items() if owner == system.name}
            every = ZoneMatch(used.index(system.name) << width, shared)
            yield Territory(system.name, system.policies, before, own, every)
        before += len(system.policies.policies)
