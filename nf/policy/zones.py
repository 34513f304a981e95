"""Interfaces and security zones (Junos: `interfaces`, `security zones security-zone`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network
from typing import TypeAlias

from hwmodel.session import IpAddress
from nf.policy.screens import Screen

IpNetwork: TypeAlias = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Interface:
    """A logical interface such as ge-0/0/0.0 with its own addresses, none in transparent mode."""

    name: str
    addresses: tuple[IPv4Interface | IPv6Interface, ...] = ()


@dataclass(frozen=True, slots=True)
class Zone:
    """A security zone: its logical interfaces, and whether AppTrack watches it."""

    name: str
    interfaces: tuple[str, ...] = ()
    application_tracking: bool = False
    tcp_rst: bool = False
    pinged_at: tuple[str, ...] = ()  # interfaces where `host-inbound-traffic system-services` lets the box be pinged
    screen: Screen | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """A static route: destination prefix and next hop (Junos: `routing-options static route`)."""

    prefix: IpNetwork
    next_hop: IpAddress


@dataclass(frozen=True, slots=True)
class ZoneMap:
    """Which zone an interface belongs to, and through which interface an address is reached."""

    zones: Mapping[str, Zone] = field(default_factory=dict)
    interfaces: Mapping[str, Interface] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()

    def zone_of(self, interface: str) -> Zone | None:
        """The zone that holds a logical interface; an interface is in one zone at most."""
        return next((zone for zone in self.zones.values() if interface in zone.interfaces), None)

    def interface_towards(self, address: IpAddress) -> Interface | None:
        """The interface whose subnet holds the address, else that of the longest matching static route's next hop."""
        connected = self._connected(address)
        if connected is not None:
            return connected
        covering = [route for route in self.routes if address in route.prefix]
        if not covering:
            return None
        return self._connected(max(covering, key=lambda route: route.prefix.prefixlen).next_hop)

    def _connected(self, address: IpAddress) -> Interface | None:
        found = [(own.network.prefixlen, interface) for interface in self.interfaces.values()
                 for own in interface.addresses if address in own.network]
        return max(found, key=lambda pair: pair[0])[1] if found else None
