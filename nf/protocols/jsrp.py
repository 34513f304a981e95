"""What the two nodes of a chassis cluster say on the fabric link between them: one Ethernet frame each.

    destination (6) source (6) EtherType (2) | "SRXJ" version (1) cluster (1) node (1) kind (1) sequence (4) count (2) | rows
    hello:  row: group (1) role (1) priority (1) node that an operator has chosen (1, signed) word (4)
    RTOs:   row: closed (1) IP version (1) protocol (1) 0 (1) session (8) ports (2, 2) addresses (4 or 16 each)
    resync: no rows: the sender wants every session anew
    bye:    no rows: the sender ends

The EtherType is the second of those for local experiments (IEEE 802 §9.2.4). These frames are ours, not a device's.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from hwmodel.session import FiveTuple
from nf.policy.redundancy import Role, Said

ETHERTYPE: Final = 0x88B6
DESTINATION: Final = bytes.fromhex("035258000002")
_VERSION, _MAGIC = 1, b"SRXJ"
_HEAD, _GROUP, _RTO = struct.Struct("!4sBBBBIH"), struct.Struct("!BBBbI"), struct.Struct("!BBBxQHH")
_ETHERNET, _SHORTEST, _LONGEST = 14, 60, 1514  # bytes
_SIZE: Final = {4: 4, 6: 16}
_ROLES: Final = {role.number: role for role in Role}


class Kind(IntEnum):
    """What a frame is."""

    HELLO = 1
    RTOS = 2
    RESYNC = 3
    BYE = 4


@dataclass(frozen=True, slots=True)
class Rto:
    """A session of the active node, by its identifier there: it has been created, or is closed."""

    session: int
    flow: FiveTuple
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A frame's contents: what the node is in each redundancy group, or what became of its sessions."""

    cluster: int
    node: int
    kind: Kind
    sequence: int = 0  # of its kind, from this node
    groups: tuple[tuple[int, Said], ...] = ()
    rtos: tuple[Rto, ...] = ()


def write(message: Message, source: bytes) -> bytes:
    """The frame, from the device's own MAC address; RTOs must fit it, which `batches` sees to."""
    rows = [_GROUP.pack(group, said.role.number, said.priority, said.manual, said.word) for group, said in message.groups]
    rows += map(_rto, message.rtos)
    head = _HEAD.pack(_MAGIC, _VERSION, message.cluster, message.node, message.kind, message.sequence & 0xFFFFFFFF, len(rows))
    return (DESTINATION + source + ETHERTYPE.to_bytes(2) + head + b"".join(rows)).ljust(_SHORTEST, b"\0")


def batches(rtos: Sequence[Rto]) -> Iterator[tuple[Rto, ...]]:
    """RTOs in portions that fit a frame each, in order."""
    room, start, used = _LONGEST - _ETHERNET - _HEAD.size, 0, 0
    for index, rto in enumerate(rtos):
        size = _RTO.size + 2 * _SIZE[rto.flow.src.version]
        if used + size > room:
            yield tuple(rtos[start:index])
            start, used = index, 0
        used += size
    if start < len(rtos):
        yield tuple(rtos[start:])


def read(frame: bytes) -> Message | None:
    """What a frame says, or None for any other frame, whole or cut short."""
    if len(frame) < _ETHERNET + _HEAD.size or int.from_bytes(frame[12:14]) != ETHERTYPE:
        return None
    magic, version, cluster, node, number, sequence, count = _HEAD.unpack_from(frame, _ETHERNET)
    if (magic, version) != (_MAGIC, _VERSION) or number not in set(Kind) or node not in (0, 1):
        return None
    kind, rows = Kind(number), memoryview(frame)[_ETHERNET + _HEAD.size:]
    try:
        groups = _groups(rows, count) if kind is Kind.HELLO else ()
        rtos = tuple(_rtos(rows, count)) if kind is Kind.RTOS else ()
    except (struct.error, ValueError, KeyError):
        return None
    return Message(cluster, node, kind, sequence, groups, rtos)


def _groups(rows: memoryview, count: int) -> tuple[tuple[int, Said], ...]:
    found = (_GROUP.unpack_from(rows, index * _GROUP.size) for index in range(count))
    return tuple((group, Said(_ROLES[role], priority, manual, word)) for group, role, priority, manual, word in found)


def _rto(rto: Rto) -> bytes:
    flow = rto.flow
    head = _RTO.pack(rto.closed, flow.src.version, flow.proto, rto.session, flow.sport, flow.dport)
    return head + flow.src.packed + flow.dst.packed


def _rtos(rows: memoryview, count: int) -> Iterator[Rto]:
    at = 0
    for _ in range(count):
        closed, family, protocol, session, sport, dport = _RTO.unpack_from(rows, at)
        size, at = _SIZE[family], at + _RTO.size
        address = IPv4Address if family == 4 else IPv6Address  # either raises ValueError where bytes are missing
        source, destination = (address(bytes(rows[start:start + size])) for start in (at, at + size))
        yield Rto(session, FiveTuple(source, sport, destination, dport, protocol), bool(closed))
        at += 2 * size
