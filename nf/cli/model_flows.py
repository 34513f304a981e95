"""Sessions in a packet capture: who opened them, when, how long they lived and what they carried."""

from dataclasses import dataclass
from pathlib import Path
from struct import unpack_from
from typing import TYPE_CHECKING, Final

from hwmodel import ModelError
from hwmodel.session import TCP, UDP
from nf.cli.model_capture import ip_packets
from nf.cli.model_recorded import Recorded, columns

if TYPE_CHECKING:
    from hwmodel.sessions import Sessions

_FIN, _SYN, _RST, _ACK = 1, 2, 4, 16
_SILENCE: Final = {TCP: 1800.0, UDP: 60.0}  # Junos's defaults: after these a flow's next packet is of a new session
_EXTENSIONS: Final = frozenset({0, 43, 60})  # IPv6 headers between the fixed one and the transport's
_FRAGMENT = 44
_TLS_PORTS: Final = frozenset({443, 465, 636, 853, 989, 990, 993, 995, 8443})


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one packet tells."""

    src: bytes
    sport: int
    dst: bytes
    dport: int
    proto: int
    flags: int  # TCP's
    payload: int
    fragment: bool


def capture_sessions(path: Path) -> "Sessions":
    """The sessions of a pcap or pcapng file, from time 0 on. Raises ModelError.

    TLS sessions (by the server's port) count as decrypted with a full handshake, since nothing in a capture says what a
    box would do; those whose start is missing count as openers, so that they are not lost.
    """
    open_: dict[tuple[bytes, int, bytes, int, int], Recorded] = {}
    ended: set[int] = set()
    found: list[Recorded] = []
    for at, packet in ip_packets(path):
        if (seen := _read(packet)) is None:
            continue
        session = open_.get((seen.src, seen.sport, seen.dst, seen.dport, seen.proto))
        if session is None or _is_new(session, seen, at, id(session) in ended):
            session = Recorded(at, seen.src, seen.sport, seen.dst, seen.dport, seen.proto, tls=seen.dport in _TLS_PORTS)
            found.append(session)
            open_[seen.src, seen.sport, seen.dst, seen.dport, seen.proto] = session
            open_[seen.dst, seen.dport, seen.src, seen.sport, seen.proto] = session
        session.last = at
        session.packets += 1
        session.bytes += seen.payload
        session.fragmented |= seen.fragment
        if seen.proto == TCP and seen.flags & (_FIN | _RST):
            ended.add(id(session))
    if not found:
        raise ModelError(str(path), "", "no IP packets in it")
    return columns(str(path), found)


def _is_new(session: Recorded, seen: _Seen, at: float, ended: bool) -> bool:
    """Whether a packet on a known five-tuple begins another session."""
    opens = seen.proto == TCP and seen.flags & (_SYN | _ACK) == _SYN
    return (opens and ended) or at - session.last > _SILENCE.get(seen.proto, 60.0)


def _read(packet: bytes) -> _Seen | None:
    version = packet[0] >> 4 if packet else 0
    if version == 4 and len(packet) >= 20:
        length, fragment = unpack_from("!H", packet, 2)[0], unpack_from("!H", packet, 6)[0]
        head = 4 * (packet[0] & 15)
        return _transport(packet, head, length, packet[9], packet[12:16], packet[16:20], bool(fragment & 0x3FFF),
                          bool(fragment & 0x1FFF))
    if version == 6 and len(packet) >= 40:
        length = 40 + unpack_from("!H", packet, 4)[0]
        head, proto, fragment = _past_extensions(packet)
        return _transport(packet, head, length, proto, packet[8:24], packet[24:40], bool(fragment), bool(fragment & 0xFFF8))
    return None


def _past_extensions(packet: bytes) -> tuple[int, int, int]:
    """Where the transport's header of an IPv6 packet begins, what it is, and the fragment field."""
    head, proto, fragment = 40, packet[6], 0
    while (proto in _EXTENSIONS or proto == _FRAGMENT) and head + 8 <= len(packet):
        size = 8 * (packet[head + 1] + 1)
        if proto == _FRAGMENT:
            fragment, size = unpack_from("!H", packet, head + 2)[0] | 1, 8
        proto, head = packet[head], head + size
    return head, proto, fragment


def _transport(
    packet: bytes, head: int, length: int, proto: int, src: bytes, dst: bytes, fragment: bool, later: bool
) -> _Seen:
    """The five-tuple; later fragments have no ports, as on a device, which goes by addresses and protocol there."""
    if later or proto not in (TCP, UDP) or len(packet) < head + 8:
        return _Seen(src, 0, dst, 0, proto, 0, max(0, length - head), fragment)
    sport, dport = unpack_from("!HH", packet, head)
    if proto == UDP or len(packet) < head + 14:
        return _Seen(src, sport, dst, dport, proto, 0, max(0, length - head - 8), fragment)
    size = 4 * (packet[head + 12] >> 4)
    return _Seen(src, sport, dst, dport, proto, packet[head + 13], max(0, length - head - size), fragment)
