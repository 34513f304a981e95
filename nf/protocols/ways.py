"""Which sessions of a network function are to take another way: frames beside its heartbeat, from the leg they leave by.

    destination (6) source (6) EtherType (2) | "SRXW" version (1) count (1) | rows | padding
    row: over (1) IP version (1) protocol (1) length of instance (1) ports (2, 2) addresses (4 or 16 each) instance

A row is said several times and means the same each time; `over` says that the session has ended.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from hwmodel.session import FiveTuple
from nf.protocols.heartbeat import DESTINATION, ETHERTYPE

MOST: Final = 24  # rows of a frame: it stays below 1,500 bytes with names of fewer than 18 letters
_VERSION, _MAGIC = 1, b"SRXW"
_BODY, _ROW = struct.Struct("!4sBB"), struct.Struct("!BBBBHH")
_HEADER, _SHORTEST, _LONGEST = 14, 60, 1514  # bytes
_SIZE: Final = {4: 4, 6: 16}


@dataclass(frozen=True, slots=True)
class Moved:
    """A session, by its initiator's five-tuple, and the routing instance whose way it takes."""

    flow: FiveTuple
    instance: str
    over: bool = False


def write(rows: Sequence[Moved], source: bytes) -> Iterator[bytes]:
    """The frames, from the leg's own MAC address."""
    head = DESTINATION + source + ETHERTYPE.to_bytes(2)
    waiting: list[bytes] = []
    for row in map(_row, rows):
        if waiting and (len(waiting) == MOST or _HEADER + _BODY.size + sum(map(len, waiting)) + len(row) > _LONGEST):
            yield _frame(head, waiting)
            waiting = []
        waiting.append(row)
    if waiting:
        yield _frame(head, waiting)


def read(frame: bytes) -> tuple[Moved, ...] | None:
    """The rows of a frame, or None for any other frame, whole or cut short."""
    if len(frame) < _HEADER + _BODY.size or int.from_bytes(frame[12:14]) != ETHERTYPE:
        return None
    magic, version, count = _BODY.unpack_from(frame, _HEADER)
    if (magic, version) != (_MAGIC, _VERSION):
        return None
    rows, at = [], _HEADER + _BODY.size
    for _ in range(count):
        if at + _ROW.size > len(frame):
            return None
        over, family, protocol, length, sport, dport = _ROW.unpack_from(frame, at)
        size, at = _SIZE.get(family, 0), at + _ROW.size
        addresses, name = frame[at:at + 2 * size], frame[at + 2 * size:at + 2 * size + length]
        if not size or len(name) < length or not name.isascii():
            return None
        address = IPv4Address if family == 4 else IPv6Address
        flow = FiveTuple(address(addresses[:size]), sport, address(addresses[size:]), dport, protocol)
        rows.append(Moved(flow, name.decode("ascii"), bool(over)))
        at += 2 * size + length
    return tuple(rows)


def _row(moved: Moved) -> bytes:
    flow, name = moved.flow, moved.instance.encode("ascii", "replace")[:255]
    head = _ROW.pack(moved.over, flow.src.version, flow.proto, len(name), flow.sport, flow.dport)
    return head + flow.src.packed + flow.dst.packed + name


def _frame(head: bytes, rows: Sequence[bytes]) -> bytes:
    return (head + _BODY.pack(_MAGIC, _VERSION, len(rows)) + b"".join(rows)).ljust(_SHORTEST, b"\0")
