"""The entries that follow from the policies: each one as the initiator's packets meet it, and as the replies do."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, collapse_addresses
from typing import TypeAlias, cast

from nf.controller.intents import Field, Intent
from nf.controller.neighbours import address_fields
from nf.controller.pipeline import (
    ACK,
    ICMP,
    ICMPV6,
    RETURN,
    SCTP,
    STEER,
    SYN,
    TCP,
    UDP,
    Table,
    ZoneMatch,
    in_zones,
)
from nf.controller.topology import IpNetwork
from nf.controller.verdicts import (
    MARKS,
    PRIORITIES,
    RETURN_ROWS,
    STEER_ROWS,
    Only,
    Row,
    Rows,
    Verdict,
    refuses,
    verdict,
)
from nf.controller.zoning import Territory
from nf.policy.match import AddressMatch, ApplicationTerm, PortRange
from nf.policy.policies import Action, Policy

_EVERYTHING: dict[int, IpNetwork] = {4: IPv4Network("0.0.0.0/0"), 6: IPv6Network("::/0")}
_PORTS_OF = {TCP: "tcp", UDP: "udp", SCTP: "sctp"}
_ICMP_OF = {ICMP: (4, "icmpv4"), ICMPV6: (6, "icmpv6")}
# Request and reply types: RFC 792 (echo, timestamp, information), RFC 950 (address mask), RFC 4443 §4 (echo).
_ANSWERS = {8: 0, 13: 14, 15: 16, 17: 18, 128: 129}
_ICMP_REPLY = _ANSWERS | {reply: request for request, reply in _ANSWERS.items()}
_INITIAL = Field("tcp_flags", SYN, SYN | ACK)


@dataclass(frozen=True, slots=True)
class _Traffic:
    """Some of a policy's packets: zones, protocol (None is every one) and the fields to match."""

    zones: tuple[ZoneMatch, ZoneMatch]
    protocol: int | None
    fields: tuple[Field, ...]


Space: TypeAlias = Mapping[int, Sequence[IpNetwork]]  # by IP version, the addresses that anyone in the topology owns


def intents(territories: Sequence[Territory], space: Space, *, nf_up: bool = True) -> Iterator[Intent]:
    """The entries of every policy in look-up order, for the addresses in use; the same on every switch (dpid 0).

    Policies of one system never meet another's packets, and a packet from one to another meets none.
    """
    count = max((each.before + len(each.policies.policies) for each in territories), default=0)
    heard = any(refuses(policy) for each in territories for policy in each.policies.policies)
    stages = ((STEER, STEER_ROWS, False), (RETURN, RETURN_ROWS if heard else _without_refusals(RETURN_ROWS), True))
    for territory in territories:
        for index, policy in enumerate(territory.policies.policies, territory.before + 1):
            found, lowest = verdict(policy, nf_up=nf_up), PRIORITIES * (count - index + 1) + 1
            for stage, rows, reply in stages:
                for traffic in _traffic(policy, territory, space, reply):
                    yield from _entries(stage, lowest, rows[found], traffic, index)
        default = Verdict.PERMIT if territory.policies.default is Action.PERMIT else Verdict.DENY
        for version in sorted(space):
            traffic = _Traffic((territory.every, territory.every), None, address_fields("src", _EVERYTHING[version]))
            for stage, rows, _ in stages:
                yield from _entries(stage, 1, rows[default], traffic, 0)


def _without_refusals(rows: Rows) -> Rows:
    """The rows where no packet is ever refused by `steer`."""
    return {each: tuple(row for row in own if row.only is not Only.REFUSED) for each, own in rows.items()}


def _entries(stage: Table, priority: int, rows: tuple[Row, ...], traffic: _Traffic, index: int) -> Iterator[Intent]:
    for place, row in enumerate(rows):
        match = _narrowed(row.only, traffic)
        if match is None:
            continue
        yield Intent(0, stage.number, priority + (len(rows) - 1 - place), match, row.instructions, row.purpose, index)
        if row.only is Only.TCP and traffic.protocol == TCP:
            return  # the rows below would never be met


def _narrowed(only: Only, traffic: _Traffic) -> tuple[Field, ...] | None:
    """The match of a row, or None where none of the traffic is meant."""
    match = (*in_zones(*traffic.zones, MARKS.get(only, 0)), *traffic.fields)
    if only is Only.ALL or only in MARKS:
        return match
    if traffic.protocol not in {None, TCP}:
        return None
    protocol = () if traffic.protocol else (Field("ip_proto", TCP),)
    return (*match, *protocol, *((_INITIAL,) if only is Only.INITIAL else ()))


def _traffic(policy: Policy, territory: Territory, space: Space, reply: bool) -> Iterator[_Traffic]:
    source, destination = ("dst", "src") if reply else ("src", "dst")
    terms = tuple(dict.fromkeys(policy.application.terms()))
    for version, owned in sorted(space.items()):
        addresses = [tuple(dict.fromkeys((*address_fields(source, one), *address_fields(destination, other))))
                     for one in prefixes(policy.source, version, owned)
                     for other in prefixes(policy.destination, version, owned)]
        applications = [part for term in terms for part in _application(term, version, reply)]
        for from_zone in _known(policy.from_zones, territory):
            for to_zone in _known(policy.to_zones, territory):
                pair = (to_zone, from_zone) if reply else (from_zone, to_zone)
                yield from (_Traffic(pair, protocol, (*address, *fields))
                            for address in addresses for protocol, fields in applications)


def _known(names: tuple[str, ...], territory: Territory) -> tuple[ZoneMatch, ...]:
    """A policy's zones as matches; those that no port is in carry no packets."""
    return tuple(territory.match(name) for name in names if name in territory.numbers) if names else (territory.every,)


def _application(term: ApplicationTerm, version: int, reply: bool) -> Iterator[tuple[int | None, tuple[Field, ...]]]:
    if term.protocol is None:
        yield None, ()
        return
    protocol = Field("ip_proto", term.protocol)
    if term.protocol in _ICMP_OF:
        of_version, name = _ICMP_OF[term.protocol]
        kind = _ICMP_REPLY.get(term.icmp_type, -1) if reply and term.icmp_type is not None else term.icmp_type
        if version == of_version and kind != -1:
            detail = ((f"{name}_type", kind), (f"{name}_code", term.icmp_code))
            yield term.protocol, (protocol, *(Field(field, value) for field, value in detail if value is not None))
        return
    name = _PORTS_OF.get(term.protocol, "")
    source, destination = ("dst", "src") if reply else ("src", "dst")
    for sport in port_masks(term.source_ports):
        for dport in port_masks(term.destination_ports):
            pair = ((f"{name}_{source}", sport), (f"{name}_{destination}", dport))
            yield term.protocol, (protocol, *(_port(field, *masked) for field, masked in pair if name and masked[1]))


def _port(name: str, value: int, mask: int) -> Field:
    return Field(name, value, None if mask == 0xFFFF else mask)


def port_masks(ports: PortRange) -> list[tuple[int, int]]:
    """The fewest (value, mask) pairs that together cover a range of ports, each port once."""
    found, low = [], ports.low
    while low <= ports.high:
        size = low & -low or 0x10000
        while low + size - 1 > ports.high:
            size >>= 1
        found.append((low, 0x10000 - size & 0xFFFF))
        low += size
    return found


def prefixes(addresses: AddressMatch, version: int, owned: Sequence[IpNetwork]) -> list[IpNetwork]:
    """The prefixes of one IP version that an address match covers; the owned ones less those excluded, if any are."""
    named = [prefix for prefix in addresses.prefixes if prefix.version == version]
    if not addresses.negated:
        return collapsed(named)
    left = list(owned)
    for excluded in named:
        left = [part for whole in left for part in _without(whole, excluded)]
    return sorted(left)


def collapsed(networks: Iterable[IpNetwork]) -> list[IpNetwork]:
    """The fewest prefixes that cover the same addresses, all of one IP version."""
    return list(collapse_addresses(cast("Iterable[IPv4Network]", networks)))  # "of one version" is no type


def _without(whole: IpNetwork, excluded: IpNetwork) -> list[IpNetwork]:
    if not whole.overlaps(excluded):
        return [whole]
    if excluded.prefixlen <= whole.prefixlen:
        return []
    return list(cast("IPv4Network", whole).address_exclude(cast("IPv4Network", excluded)))
