"""Statements under `interfaces`, `routing-options` and `security zones` to a ZoneMap."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Interface, IPv6Interface, ip_address, ip_interface, ip_network

from nf.config.build_flow import screens
from nf.config.errors import Findings
from nf.config.tree import Statement
from nf.policy.screens import Screen
from nf.policy.zones import Interface, Route, Zone, ZoneMap

_ANSWERED = {"ping", "all", "any-service"}
_ADDRESSED_FAMILIES = ("inet", "inet6")


def zone_map(root: Statement, findings: Findings) -> ZoneMap:
    """The zones, the logical interfaces with their addresses, and the static routes of a configuration."""
    interfaces = {interface.name: interface for interface in _interfaces(root, findings)}
    return ZoneMap(_zones(root, findings), interfaces, tuple(_routes(root, findings)))


def _interfaces(root: Statement, findings: Findings) -> Iterator[Interface]:
    for device in root.entries("interfaces", "interface"):
        for unit in device.all("unit"):
            addresses = tuple(address for family in _ADDRESSED_FAMILIES
                              for address in _addresses(unit, family, findings))
            yield Interface(f"{device.name}.{unit.name}", addresses)


def _addresses(unit: Statement, family: str, findings: Findings) -> Iterator[IPv4Interface | IPv6Interface]:
    version = 4 if family == "inet" else 6
    for entry in unit.entries("family", family, "address"):
        try:
            address = ip_interface(entry.name)
        except ValueError:
            findings.wrong(entry, entry.name, "an address with its prefix length is expected, such as 192.0.2.1/24")
            continue
        if address.version == version:
            yield address
        else:
            findings.wrong(entry, entry.name, f"family {family} takes IPv{version} addresses")


def _zones(root: Statement, findings: Findings) -> dict[str, Zone]:
    zones: dict[str, Zone] = {}
    holders: dict[str, str] = {}
    known = screens(root)
    for entry in root.entries("security", "zones", "security-zone"):
        names, pinged = [], []
        _note_inbound(entry, findings)
        for interface in entry.all("interfaces"):
            _note_inbound(interface, findings)
            name = logical(interface.name)
            holder = holders.setdefault(name, entry.name)
            if holder == entry.name:
                names.append(name)
                pinged += [name] * _may_be_pinged(interface if interface.has("host-inbound-traffic") else entry)
            else:
                findings.wrong(interface, interface.name, f"this interface is already in zone {holder}")
        zones[entry.name] = Zone(entry.name, tuple(dict.fromkeys(names)),
                                 application_tracking=entry.has("application-tracking"), tcp_rst=entry.has("tcp-rst"),
                                 pinged_at=tuple(dict.fromkeys(pinged)), screen=_screen(entry, known, findings))
    return zones


def _screen(entry: Statement, known: Mapping[str, Screen], findings: Findings) -> Screen | None:
    named = entry.one("screen")
    if named is None:
        return None
    if named.text not in known:
        findings.wrong(named, named.text, "no such screen", known)
    return known.get(named.text)


def _note_inbound(holder: Statement, findings: Findings) -> None:
    """Nothing on this box but pings is answered, whatever may come in."""
    for kind in ("system-services", "protocols"):
        for entry in holder.entries("host-inbound-traffic", kind):
            if entry.name not in _ANSWERED:
                findings.unheed(entry, f"host-inbound-traffic {kind} {entry.name}")


def _may_be_pinged(holder: Statement) -> bool:
    """Whether an interface, or the zone where the interface says nothing, lets pings of the box itself in."""
    services = {entry.name: entry.has("except") for entry in holder.entries("host-inbound-traffic", "system-services")}
    return not services.get("ping", not {"all", "any-service"} & set(services))


def logical(name: str) -> str:
    """An interface's name with its unit; Junos takes unit 0 where none is written."""
    return name if "." in name or name == "all" else f"{name}.0"


def _routes(root: Statement, findings: Findings) -> Iterator[Route]:
    tables = [options for options in [root.one("routing-options")] if options]
    tables += [table for options in tables for table in options.all("rib")]
    for table in tables:
        for entry in table.entries("static", "route"):
            yield from _hops(entry, findings)


def _hops(entry: Statement, findings: Findings) -> Iterator[Route]:
    try:
        prefix = ip_network(entry.name, strict=False)
    except ValueError:
        findings.wrong(entry, entry.name, "a destination prefix is expected, such as 0.0.0.0/0")
        return
    next_hop = entry.one("next-hop")
    for text, line in next_hop.values.items() if next_hop else ():
        try:
            hop = ip_address(text)
        except ValueError:
            findings.remark(entry, f"next-hop {text}", "a route by interface has no effect here")
            continue
        if hop.version == prefix.version:
            yield Route(prefix, hop)
        else:
            findings.wrong(line, text, f"an IPv{prefix.version} next hop is expected for {prefix}")
