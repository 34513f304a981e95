"""Packet captures as a load: frames of pcap and pcapng files."""

from collections.abc import Generator, Iterator
from pathlib import Path
from struct import unpack_from
from typing import Final

import typer

from hwmodel import ModelError

_PCAP: Final = {  # the first four bytes: byte order, and ticks a second
    b"\xd4\xc3\xb2\xa1": ("<", 1e6),
    b"\xa1\xb2\xc3\xd4": (">", 1e6),
    b"\x4d\x3c\xb2\xa1": ("<", 1e9),
    b"\xa1\xb2\x3c\x4d": (">", 1e9),
}
_SECTION, _INTERFACE, _PACKET = 0x0A0D0D0A, 1, 6
_ORDERS: Final = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
_TICKS_OPTION = 9  # if_tsresol
_HEAD = {1: 12, 101: -2, 113: 14, 276: 0}  # where a frame's EtherType stands: Ethernet, raw IP, Linux cooked 1 and 2
_ETHERNET, _RAW, _COOKED_2 = 1, 101, 276
_VLANS = (0x8100, 0x88A8)

_Frames = Generator[tuple[float, int, bytes], None, int]  # time, link type and bytes; in the end the place where they end


def ip_packets(path: Path) -> Iterator[tuple[float, bytes]]:
    """The time (seconds since 1970) and the bytes of each IP packet, up to where a file is cut short. Raises ModelError."""
    try:
        data = path.read_bytes()
    except OSError as failure:
        raise ModelError(str(path), "", failure.strerror or "cannot be read") from None
    if data[:4] in _PCAP:
        frames = _pcap(data)
    elif data[:4] == b"\x0a\x0d\x0d\x0a":
        frames = _pcapng(data)
    else:
        raise ModelError(str(path), "", "neither pcap nor pcapng")
    for at, link, frame in _whole(path, len(data), frames):
        if link not in _HEAD:
            raise ModelError(str(path), "", f"link type {link}; expected Ethernet, raw IP or Linux cooked")
        if packet := _network_layer(link, frame):
            yield at, packet


def _whole(path: Path, size: int, frames: _Frames) -> Iterator[tuple[float, int, bytes]]:
    """The frames; says so when they end before the file does."""
    end = yield from frames
    if end < size:
        typer.echo(f"{path}: damaged or cut short at byte {end:,} of {size:,}; what comes before is played", err=True)


def _pcap(data: bytes) -> _Frames:
    order, ticks = _PCAP[data[:4]]
    link = unpack_from(f"{order}I", data, 20)[0] & 0xFFFF if len(data) >= 24 else _ETHERNET
    place = 24
    while place + 16 <= len(data):
        seconds, part, length, _ = unpack_from(f"{order}IIII", data, place)
        if place + 16 + length > len(data):
            break
        yield seconds + part / ticks, link, data[place + 16 : place + 16 + length]
        place += 16 + length
    return place


def _pcapng(data: bytes) -> _Frames:
    order, place = "<", 0
    interfaces: list[tuple[int, float]] = []
    while place + 12 <= len(data):
        if data[place : place + 4] == b"\x0a\x0d\x0d\x0a":
            order, interfaces = _ORDERS.get(data[place + 8 : place + 12], "<"), []
        kind, length = unpack_from(f"{order}II", data, place)
        if length < 12 or place + length > len(data):
            break
        block = data[place + 8 : place + length - 4]
        if kind == _INTERFACE and len(block) >= 8:
            interfaces.append((unpack_from(f"{order}H", block)[0], _ticks(block[8:], order)))
        elif kind == _PACKET and len(block) >= 20:
            number, high, low, captured, _ = unpack_from(f"{order}IIIII", block)
            if number < len(interfaces):
                link, ticks = interfaces[number]
                yield (high << 32 | low) / ticks, link, block[20 : 20 + captured]
        place += length
    return place


def _ticks(options: bytes, order: str) -> float:
    """Ticks a second of an interface's times; a million unless it says otherwise."""
    place = 0
    while place + 4 <= len(options):
        code, length = unpack_from(f"{order}HH", options, place)
        if code == _TICKS_OPTION and length == 1 and place + 4 < len(options):
            exponent = options[place + 4]
            return float(2 ** (exponent & 0x7F) if exponent & 0x80 else 10**exponent)
        place += 4 + length + -length % 4
    return 1e6


def _network_layer(link: int, frame: bytes) -> bytes:
    """The IP packet in a frame; nothing where there is none."""
    if link == _RAW:
        return frame
    if link == _COOKED_2:
        return frame[20:] if frame[:2] in (b"\x08\x00", b"\x86\xdd") else b""
    place = _HEAD[link]
    while int.from_bytes(frame[place : place + 2]) in _VLANS:
        place += 4
    return frame[place + 2 :] if frame[place : place + 2] in (b"\x08\x00", b"\x86\xdd") else b""
