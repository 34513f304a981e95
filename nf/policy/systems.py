"""The box and the systems that it is divided into (Junos: `logical-systems`, `tenants`), each with zones and policies."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from nf.policy.policies import Policy, PolicyTable
from nf.policy.profile import AppTracking, SslProxyProfile
from nf.policy.url_categories import UrlCategory
from nf.policy.zones import Interface, Zone, ZoneMap

ROOT_LOGICAL_SYSTEM = "root-logical-system"
SystemKind = Literal["root", "logical-system", "tenant"]


@dataclass(frozen=True, slots=True)
class LogicalSystem:
    """Interfaces, zones and policies that only see each other; what the box has for all may be named in it too."""

    name: str = ROOT_LOGICAL_SYSTEM
    kind: SystemKind = "root"
    zone_map: ZoneMap = field(default_factory=ZoneMap)
    policies: PolicyTable = field(default_factory=PolicyTable)
    ssl_profiles: Mapping[str, SslProxyProfile] = field(default_factory=dict)  # its own and those of the box
    default_ssl_profile: str | None = None  # `security ngfw default-profile ssl-proxy`
    url_categories: Mapping[str, UrlCategory] = field(default_factory=dict)  # custom ones, its own and those of the box
    app_tracking: AppTracking = AppTracking()
    services: Mapping[str, Any] = field(default_factory=dict)  # facts of security services, by the service's name

    @property
    def is_root(self) -> bool:
        """Whether it is what logical systems and tenants leave of the box."""
        return self.kind == "root"

    @property
    def words(self) -> str:
        """Its kind and name as an operator writes them, nothing for the box itself."""
        return "" if self.is_root else f"{self.kind} {self.name}"

    def seen_from_outside(self, zone: str) -> str:
        """A zone's name among all systems' zones, such as `SYSTEM ZONE`."""
        return zone if self.is_root else f"{self.name} {zone}"

    def interfaces(self) -> Iterator[str]:
        """The logical interfaces that are in it, be it by a zone alone."""
        yield from self.zone_map.interfaces
        for zone in self.zone_map.zones.values():
            yield from zone.interfaces


@dataclass(frozen=True)
class Systems:
    """Every system of a box, the root one first."""

    all: tuple[LogicalSystem, ...] = (LogicalSystem(),)

    @property
    def root(self) -> LogicalSystem:
        """The box itself."""
        return self.all[0]

    @cached_property
    def _by_interface(self) -> Mapping[str, LogicalSystem]:
        return {name: system for system in reversed(self.all) for name in system.interfaces()}

    def of(self, interface: str) -> LogicalSystem:
        """The system that a logical interface is in; one that is in no other is the box's own."""
        return self._by_interface.get(interface, self.root)

    def named(self, name: str) -> LogicalSystem | None:
        """The system of a name."""
        return next((system for system in self.all if system.name == name), None)

    def zone_of(self, interface: str) -> Zone | None:
        """The zone that a logical interface is in, whichever system both are in."""
        return self.of(interface).zone_map.zone_of(interface)

    def interface(self, name: str) -> Interface | None:
        """A logical interface that the configuration knows."""
        return self.of(name).zone_map.interfaces.get(name)

    @property
    def overview(self) -> ZoneMap:
        """Every zone and interface of the box in one map, for who looks on; other systems' zones as `SYSTEM ZONE`."""
        zones = [replace(zone, name=system.seen_from_outside(zone.name))
                 for system in self.all for zone in system.zone_map.zones.values()]
        return ZoneMap({zone.name: zone for zone in zones},
                       {name: each for system in self.all for name, each in system.zone_map.interfaces.items()})

    @cached_property
    def policies(self) -> tuple[tuple[LogicalSystem, Policy], ...]:
        """Every policy with its system, in look-up order within each; the first has index 1."""
        return tuple((system, policy) for system in self.all for policy in system.policies.policies)

    @cached_property
    def profiles_in_use(self) -> Mapping[str, SslProxyProfile]:
        """The SSL proxy profiles that sessions may be given, by their key: those that policies name, and the default ones."""
        named = ((system, policy.services.ssl_proxy_profile) for system, policy in self.policies)
        standard = ((system, system.default_ssl_profile) for system in self.all)
        found = (system.ssl_profiles.get(name or "") for system, name in (*named, *standard))
        return {profile.key: profile for profile in found if profile is not None}
