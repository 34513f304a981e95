"""Which sessions of a network function are to take another way: frames beside its heartbeat, from the leg they leave by.

    destination (6) source (6) EtherType (2) | "SRXW" version (1) count (1) | rows | padding
    row: flags (1) IP version (1) protocol (1) length of instance (1) ports (2, 2) addresses (4 or 16 each) instance

A row is said several times and means the same each time. Its flags: 1, the session has ended; 2, its first packet takes this
way; 4, that packet waits for an answer. The answer comes to the leg in a frame of the same form, "SRXA" in place of
"SRXW": there 2 says that the way is made.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from hwmodel.session import FiveTuple
from nf.protocols.heartbeat import DESTINATION, ETHERTYPE

MOST: Final = 24  # rows of a frame: it stays below 1,500 bytes with names of fewer than 18 letters
_VERSION, _SAID, _ANSWERED = 1, b"SRXW", b"SRXA"
_OVER, _FIRST, _ASKS = 1, 2, 4
_BODY, _ROW = struct.Struct("!4sBB"), struct.Struct("!BBBBHH")
_HEADER, _SHORTEST, _LONGEST = 14, 60, 1514  # bytes
_SIZE: Final = {4: 4, 6: 16}


@dataclass(frozen=True, slots=True)
class Moved:
    """A session, by its initiator's five-tuple, and the routing instance whose way it takes, from its first packet or not."""

    flow: FiveTuple
    instance: str
    over: bool = False
    first: bool = False
    asks: bool = field(default=False, compare=False)  # whether the first packet waits


def write(rows: Sequence[Moved], source: bytes) -> Iterator[bytes]:
    """The frames, from the leg's own MAC address."""
    return _frames(rows, DESTINATION + source, _SAID)


def write_answers(rows: Sequence[Moved], source: bytes, leg: bytes) -> Iterator[bytes]:
    """The frames that answer those rows that ask: `first` where the way is made."""
    return _frames(rows, leg + source, _ANSWERED)


def _frames(rows: Sequence[Moved], addresses: bytes, magic: bytes) -> Iterator[bytes]:
    head = addresses + ETHERTYPE.to_bytes(2) + magic
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
    return _read(frame, _SAID)


def read_answers(frame: bytes) -> tuple[Moved, ...] | None:
    """The same for a frame that answers."""
    return _read(frame, _ANSWERED)


def _read(frame: bytes, expected: bytes) -> tuple[Moved, ...] | None:
    if len(frame) < _HEADER + _BODY.size or int.from_bytes(frame[12:14]) != ETHERTYPE:
        return None
    magic, version, count = _BODY.unpack_from(frame, _HEADER)
    if (magic, version) != (expected, _VERSION):
        return None
    rows, at = [], _HEADER + _BODY.size
    for _ in range(count):
        if at + _ROW.size > len(frame):
            return None
        flags, family, protocol, length, sport, dport = _ROW.unpack_from(frame, at)
        size, at = _SIZE.get(family, 0), at + _ROW.size
        addresses, name = frame[at:at + 2 * size], frame[at + 2 * size:at + 2 * size + length]
        if not size or len(name) < length or not name.isascii():
            return None
        address = IPv4Address if family == 4 else IPv6Address
        flow = FiveTuple(address(addresses[:size]), sport, address(addresses[size:]), dport, protocol)
        rows.append(Moved(flow, name.decode("ascii"), bool(flags & _OVER), bool(flags & _FIRST), bool(flags & _ASKS)))
        at += 2 * size + length
    return tuple(rows)


def _row(moved: Moved) -> bytes:
    flow, name = moved.flow, moved.instance.encode("ascii", "replace")[:255]
    flags = moved.over * _OVER | moved.first * _FIRST | moved.asks * _ASKS
    head = _ROW.pack(flags, flow.src.version, flow.proto, len(name), flow.sport, flow.dport)
    return head + flow.src.packed + flow.dst.packed + name


def _frame(head: bytes, rows: Sequence[bytes]) -> bytes:
    return (head + bytes([_VERSION, len(rows)]) + b"".join(rows)).ljust(_SHORTEST, b"\0")
