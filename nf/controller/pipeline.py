"""The OpenFlow tables: number, what may be matched and done, where a packet may go next; a miss always drops."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from nf.controller.intents import Field, Goto, Intent, Output, Purpose, SetField, Tell, WriteMetadata

# Metadata: zone of the source, zone of the destination, and whether `steer` permits the packet as an initiator's, or
# denies it by a policy that wants this logged or answered.
_ZONE = 0xFFF
MAX_ZONES = _ZONE
FROM_ZONE_MASK = _ZONE
TO_ZONE_SHIFT = 12
TO_ZONE_MASK = _ZONE << TO_ZONE_SHIFT
PERMITTED = 1 << 24
REFUSED = 1 << 25

METERS = {1: 100, 2: 100, 3: 100}  # packets per second that reach the controller
HEARTBEAT_METER, REFUSED_METER, GATEWAY_METER = METERS

VLAN_PRESENT = 0x1000  # OFPVID_PRESENT, OpenFlow 1.3.5 §7.2.3.7
ETH_IPV4, ETH_ARP, ETH_IPV6 = 0x0800, 0x0806, 0x86DD
ICMP, TCP, UDP, ICMPV6, SCTP = 1, 6, 17, 58, 132
SYN, ACK = 0x02, 0x10

_IP = frozenset({"eth_type", "ipv4_src", "ipv4_dst", "ipv6_src", "ipv6_dst"})
_NEIGHBOUR = frozenset({"eth_type", "arp_spa", "arp_tpa", "ip_proto", "icmpv6_type", "ipv6_nd_target"})
PORTS = frozenset({"tcp_src", "tcp_dst", "udp_src", "udp_dst", "sctp_src", "sctp_dst"})
_POLICY = _IP | PORTS | {"metadata", "ip_proto", "icmpv4_type", "icmpv4_code", "icmpv6_type", "icmpv6_code"}


@dataclass(frozen=True, slots=True)
class Table:
    """One table: the fields that its entries may match, what they may do, and the tables that may follow."""

    name: str
    number: int
    matches: frozenset[str]
    does: frozenset[type]
    next: frozenset[str] = frozenset()


_SESSION = _IP | {"in_port", "ip_proto", "tcp_src", "tcp_dst"}  # of one session
_END = frozenset[type]({SetField, Output})
CLASSIFY = Table("classify", 0, _SESSION | _NEIGHBOUR | {"vlan_vid", "icmpv4_type"},
                 frozenset({WriteMetadata, Tell}) | _END, frozenset({"destination", "restore", "transit"}))
DESTINATION = Table("destination", 1, _IP | _NEIGHBOUR | {"metadata"}, frozenset({WriteMetadata, Output}), frozenset({"steer"}))
STEER = Table("steer", 2, _POLICY | {"tcp_flags"}, frozenset({WriteMetadata, Tell}),
              frozenset({"return", "divert", "forward"}))
RETURN = Table("return", 3, _POLICY, frozenset({Tell}), frozenset({"divert", "forward"}))
DIVERT = Table("divert", 4, frozenset({"in_port"}), _END)
RESTORE = Table("restore", 5, _IP, frozenset({SetField}), frozenset({"forward"}))
FORWARD = Table("forward", 6, _IP, _END)
TRANSIT = Table("transit", 7, _SESSION | _NEIGHBOUR | {"eth_dst"}, frozenset({Output}))
TABLES = (CLASSIFY, DESTINATION, STEER, RETURN, DIVERT, RESTORE, FORWARD, TRANSIT)

# What a field needs beside it before a switch may look at it (OpenFlow 1.3.5 §7.2.3.8).
_NEEDS = {
    **dict.fromkeys(("ipv4_src", "ipv4_dst"), ("eth_type", {ETH_IPV4})),
    **dict.fromkeys(("ipv6_src", "ipv6_dst"), ("eth_type", {ETH_IPV6})),
    **dict.fromkeys(("arp_spa", "arp_tpa"), ("eth_type", {ETH_ARP})),
    "ip_proto": ("eth_type", {ETH_IPV4, ETH_IPV6}),
    **dict.fromkeys(("tcp_src", "tcp_dst", "tcp_flags"), ("ip_proto", {TCP})),
    **dict.fromkeys(("udp_src", "udp_dst"), ("ip_proto", {UDP})),
    **dict.fromkeys(("sctp_src", "sctp_dst"), ("ip_proto", {SCTP})),
    **dict.fromkeys(("icmpv4_type", "icmpv4_code"), ("ip_proto", {ICMP})),
    **dict.fromkeys(("icmpv6_type", "icmpv6_code"), ("ip_proto", {ICMPV6})),
    "ipv6_nd_target": ("icmpv6_type", {135, 136}),
}


@dataclass(frozen=True, slots=True)
class ZoneMatch:
    """Zones whose numbers have these bits under the mask; the default is every zone."""

    value: int = 0
    mask: int = 0


ANY_ZONE = ZoneMatch()


@cache
def table(number: int) -> Table:
    """The table with a number."""
    return TABLES[number]


def goto(target: Table) -> Goto:
    """The instruction that goes on in a table."""
    return Goto(target.number)


def from_zone(zone: int) -> WriteMetadata:
    """Remember the zone that the packet comes from."""
    return WriteMetadata(zone, FROM_ZONE_MASK)


def to_zone(zone: int) -> WriteMetadata:
    """Remember the zone that the packet goes to."""
    return WriteMetadata(zone << TO_ZONE_SHIFT, TO_ZONE_MASK)


def in_zones(source: ZoneMatch, destination: ZoneMatch, mark: int = 0) -> tuple[Field, ...]:
    """A match on what the tables before have remembered; `mark` is PERMITTED, REFUSED or nothing."""
    value = source.value | destination.value << TO_ZONE_SHIFT | mark
    mask = source.mask | destination.mask << TO_ZONE_SHIFT | mark
    return (Field("metadata", value, mask),) if mask else ()


def misses(dpid: int) -> Iterator[Intent]:
    """The lowest entry of every table: drop, and count."""
    return (Intent(dpid, each.number, 0, (), (), Purpose.TABLE_MISS) for each in TABLES)


def faults(intents: Iterable[Intent]) -> list[str]:
    """What in these entries breaks the pipeline's rules; empty when all is well."""
    return [f"{table(intent.table).name}: {fault}" for intent in intents for fault in _faults(intent)]


def _faults(intent: Intent) -> Iterator[str]:
    here = table(intent.table)
    fields = {field.name: field for field in intent.match}
    if len(fields) != len(intent.match):
        yield "a field is matched twice"
    for name, field in fields.items():
        if name not in here.matches:
            yield f"does not match {name}"
        needed, values = _NEEDS.get(name, (name, {field.value}))
        if needed not in fields or fields[needed].value not in values:
            yield f"{name} without its {needed}"
        if field.mask is not None and field.value & ~field.mask:
            yield f"{name} has bits outside its mask"
    for instruction in intent.instructions:
        if isinstance(instruction, Goto):
            if table(instruction.table).name not in here.next or instruction.table <= here.number:
                yield f"does not go to {table(instruction.table).name}"
        elif type(instruction) not in here.does:
            yield f"does not {type(instruction).__name__}"
