"""Routing by application (Junos: `security advance-policy-based-routing`), and the routing instances that it leads to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hwmodel.session import FiveTuple, IpAddress
from nf.policy.match import AddressMatch, ApplicationMatch
from nf.policy.unified import Known
from nf.policy.url_categories import UrlCategory
from nf.policy.zones import Route, Zone


@dataclass(frozen=True, slots=True)
class ApbrRule:
    """Sessions of these applications, groups or URL categories take the way of a routing instance."""

    name: str
    names: frozenset[str] = frozenset()
    categories: tuple[UrlCategory, ...] = ()
    instance: str = ""
    midstream: bool = True  # a session that has begun may be moved

    def covers(self, known: Known) -> bool:
        """Whether a session is meant."""
        host = known.host
        return (not self.names.isdisjoint(known.applications)
                or (host is not None and any(category.covers(host) for category in self.categories)))


@dataclass(frozen=True, slots=True)
class ApbrProfile:
    """Rules in the order of the text."""

    name: str
    rules: tuple[ApbrRule, ...] = ()

    def rule(self, known: Known) -> ApbrRule | None:
        """The first that covers a session."""
        return next((rule for rule in self.rules if rule.covers(known)), None)


@dataclass(frozen=True, slots=True)
class ApbrPolicy:
    """Which profile sessions from a zone get, by their addresses and ports."""

    name: str
    from_zone: str
    source: AddressMatch
    destination: AddressMatch
    application: ApplicationMatch
    profile: str

    def covers(self, zone: str, flow: FiveTuple) -> bool:
        """Whether it is for this session."""
        return (zone == self.from_zone and self.source.covers(flow.src) and self.destination.covers(flow.dst)
                and self.application.find(flow) is not None)


@dataclass(frozen=True, slots=True)
class RoutingInstance:
    """Static routes of its own (Junos: `routing-instances`)."""

    name: str
    routes: tuple[Route, ...] = ()

    def next_hop(self, address: IpAddress) -> IpAddress | None:
        """To whom packets for an address are handed, by the longest prefix; None where it has no word on it."""
        fitting = [route for route in self.routes if address in route.prefix]
        return max(fitting, key=lambda route: route.prefix.prefixlen).next_hop if fitting else None


@dataclass(frozen=True, slots=True)
class Apbr:
    """Everything that the configuration says of it; policies come before the profiles of zones."""

    profiles: Mapping[str, ApbrProfile] = field(default_factory=dict)
    zones: Mapping[str, str] = field(default_factory=dict)  # zone -> profile
    policies: tuple[ApbrPolicy, ...] = ()
    instances: Mapping[str, RoutingInstance] = field(default_factory=dict)
    most_changes: int = 1  # `max-route-change`: how often a session that has begun may be moved
    drops_mismatch: bool = False  # `drop-on-zone-mismatch`
    logs: bool = False  # `enable-logging`

    def profile(self, zone: Zone, flow: FiveTuple) -> ApbrProfile | None:
        """The profile of a session that comes from a zone."""
        named = next((policy.profile for policy in self.policies if policy.covers(zone.name, flow)), None)
        return self.profiles.get(named or self.zones.get(zone.name, ""))

    def concerns(self, zone: Zone, flow: FiveTuple) -> bool:
        """Whether a session may be moved."""
        return self.profile(zone, flow) is not None

    @property
    def attached(self) -> frozenset[str]:
        """The zones from which some sessions may be moved."""
        return frozenset(self.zones) | frozenset(policy.from_zone for policy in self.policies)
