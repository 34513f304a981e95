"""The heartbeat of a network function: one Ethernet frame a second from each leg, by which a controller knows it lives.

    destination (6) source (6) EtherType (2) | "SRXN" version (1) leaving (1) name length (1) primary (1) sequence (4)
    digest (32) name | padding

The EtherType is the first of those for local experiments (IEEE 802 §9.2.4). The destination is a locally administered
group address, so that no switch on the way takes the frame for itself and no station for its own.
"""

import struct
from dataclasses import dataclass
from typing import Final

ETHERTYPE: Final = 0x88B5
DESTINATION: Final = bytes.fromhex("035258000001")
INTERVAL: Final = 1.0  # seconds from one to the next
_VERSION, _MAGIC = 1, b"SRXN"
_BODY: Final = struct.Struct("!4sBBBBI32s")
_HEADER, _SHORTEST = 14, 60  # bytes; a frame without its checksum (IEEE 802.3 §3.2.8)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What one says: the leg's logical interface, the digest of the configuration in use, and how many came before.

    The last one of a network function that ends in order says that it is leaving; `primary` is said by that node of a
    chassis cluster.
    """

    interface: str
    digest: bytes  # 32 bytes
    sequence: int
    leaving: bool = False
    primary: bool = False


def write(heartbeat: Heartbeat, source: bytes) -> bytes:
    """The frame, from the leg's own MAC address."""
    name = heartbeat.interface.encode("ascii")
    body = _BODY.pack(_MAGIC, _VERSION, heartbeat.leaving, len(name), heartbeat.primary, heartbeat.sequence & 0xFFFFFFFF,
                      heartbeat.digest)
    return (DESTINATION + source + ETHERTYPE.to_bytes(2) + body + name).ljust(_SHORTEST, b"\0")


def read(frame: bytes) -> Heartbeat | None:
    """The heartbeat in a frame, or None for any other frame, whole or cut short."""
    if len(frame) < _HEADER + _BODY.size or int.from_bytes(frame[12:14]) != ETHERTYPE:
        return None
    magic, version, leaving, length, primary, sequence, digest = _BODY.unpack_from(frame, _HEADER)
    name = frame[_HEADER + _BODY.size:][:length]
    if (magic, version) != (_MAGIC, _VERSION) or len(name) < length or not name.isascii():
        return None
    return Heartbeat(name.decode("ascii"), digest, sequence, bool(leaving), bool(primary))
