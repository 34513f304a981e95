"""The SRX as the hosts' router: entries that bring questions for its own addresses and pings of them here, and the answers.

What hosts send to the router's MAC address needs no more than that: all other tables look at IP addresses alone, and
write the MAC address of whom a packet is for.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

from hwmodel.session import IpAddress
from nf.controller.intents import Field, Intent, Purpose, Tell
from nf.controller.neighbours import about, address_fields
from nf.controller.packets import echo_reply, read, summed
from nf.controller.pipeline import CLASSIFY, ETH_ARP, ETH_IPV6, GATEWAY_METER, ICMP, ICMPV6
from nf.controller.topology import Switch, Topology, TopologyError, link_local
from nf.policy.systems import Systems

MAC: Final = 0x025258000002  # of every interface: locally administered, as 52:58 is "RX"
_PRIORITY: Final = 3650  # above everything else that is said of neighbours
_ARP: Final = struct.Struct("!HHBBH6s4s6s4s")
_REQUEST, _REPLY = 1, 2
_ADVERTISEMENT: Final = 136
_ROUTER, _SOLICITED, _OVERRIDE = 0x80000000, 0x40000000, 0x20000000  # RFC 4861 §4.4
_ALL_NODES: Final = IPv6Address("ff02::1")
_NOBODY: Final = IPv6Address(0)


@dataclass(frozen=True, slots=True)
class Gateways:
    """The addresses of each logical interface, with the link-local one where it has any of IPv6; where they answer pings."""

    addresses: Mapping[str, frozenset[IpAddress]]
    pinged_at: frozenset[str] = frozenset()

    def intents(self, switch: Switch) -> Iterator[Intent]:
        """The entries by which a switch tells the controller who asks, at the ports of each interface."""
        for port, interface in switch.ports.items():
            for address in sorted(self.addresses.get(interface, ()), key=lambda it: (it.version, it)):
                for asked in (about(address), _echo(address))[:2 if interface in self.pinged_at else 1]:
                    yield Intent(switch.dpid, CLASSIFY.number, _PRIORITY, (Field("in_port", port), *asked),
                                 (Tell(GATEWAY_METER),), Purpose.GATEWAY)

    def answer(self, interface: str, frame: bytes) -> bytes | None:
        """The frame that tells who asked; None where the question is malformed or about another address."""
        own = self.addresses.get(interface, frozenset())
        kind = int.from_bytes(frame[12:14])
        if kind == ETH_ARP:
            return _arp(frame, own)
        seen = read(frame) if interface in self.pinged_at else None
        if seen is not None and seen.flow.dst in own and not (seen.macs[0] | seen.macs[6]) & 1:
            return echo_reply(seen)
        return _advertisement(frame, own) if kind == ETH_IPV6 else None


def gateways(systems: Systems, topology: Topology) -> Gateways:
    """The SRX's addresses at edge ports; raises TopologyError where a host has one of them."""
    names = {interface for switch in topology.switches for interface in switch.ports.values()}
    found = {}
    pinged_at = {name for name in names if (zone := systems.zone_of(name)) and name in zone.pinged_at}
    for name in sorted(names):
        interface = systems.interface(name)
        own = {each.ip for each in interface.addresses} if interface else set()
        _no_host_has(own, name, topology)
        if any(address.version == 6 for address in own):
            own.add(link_local(MAC))
        found[name] = frozenset(own)
    return Gateways(found, frozenset(pinged_at))


def _no_host_has(own: set[IpAddress], interface: str, topology: Topology) -> None:
    for host in topology.hosts:
        for network in host.addresses:
            if network.prefixlen == network.max_prefixlen and network.network_address in own:
                raise TopologyError(topology.origin, "host.ip", f"{host.name} has {network.network_address}, "
                                                                f"which the configuration gives to interface '{interface}'")


def _echo(address: IpAddress) -> tuple[Field, ...]:
    """A ping of an address."""
    if address.version == 4:
        return (*address_fields("dst", IPv4Network(address)), Field("ip_proto", ICMP), Field("icmpv4_type", 8))
    return (*address_fields("dst", IPv6Network(address)), Field("ip_proto", ICMPV6), Field("icmpv6_type", 128))


def _arp(frame: bytes, own: frozenset[IpAddress]) -> bytes | None:
    if len(frame) < 14 + _ARP.size:
        return None
    *kinds, operation, station, sender, _, target = _ARP.unpack_from(frame, 14)
    if kinds != [1, 0x0800, 6, 4] or operation != _REQUEST or ip_address(target) not in own:
        return None
    reply = _ARP.pack(*kinds, _REPLY, MAC.to_bytes(6), target, station, sender)
    return frame[6:12] + MAC.to_bytes(6) + frame[12:14] + reply


def _advertisement(frame: bytes, own: frozenset[IpAddress]) -> bytes | None:
    """The answer to a solicitation; hop limit 255 says that both come from this link (RFC 4861 §7.1.1)."""
    header, message = frame[14:54], frame[54:54 + int.from_bytes(frame[18:20])]
    if len(message) < 24 or header[6:8] != bytes([ICMPV6, 255]) or message[:2] != bytes([135, 0]):
        return None
    asker, target = IPv6Address(header[8:24]), IPv6Address(message[8:24])
    if target not in own or summed(message, 2, _pseudo(header[8:24], header[24:40], len(message))) != message:
        return None
    to = asker if asker != _NOBODY else _ALL_NODES
    flags = _ROUTER | _OVERRIDE | (_SOLICITED if asker != _NOBODY else 0)
    said = struct.pack("!BBHI", _ADVERTISEMENT, 0, 0, flags) + target.packed + bytes([2, 1]) + MAC.to_bytes(6)
    told = summed(said, 2, _pseudo(target.packed, to.packed, len(said)))
    station = frame[6:12] if asker != _NOBODY else b"\x33\x33" + to.packed[12:]
    outer = struct.pack("!IHBB", 6 << 28, len(told), ICMPV6, 255) + target.packed + to.packed
    return station + MAC.to_bytes(6) + frame[12:14] + outer + told


def _pseudo(source: bytes, destination: bytes, length: int) -> bytes:
    return source + destination + struct.pack("!II", length, ICMPV6)
