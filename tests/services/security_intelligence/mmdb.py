"""Writes a small MaxMind database of IPv4 prefixes and their countries (MaxMind DB file format 2.0)."""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any

_TEXT, _UINT16, _UINT32, _MAP, _UINT64, _ARRAY = 2, 5, 6, 7, 9, 11
_LAST_PLAIN = 7  # types above stand in a byte of their own


def database(countries: Mapping[str, str]) -> bytes:
    """The file's bytes; no prefix may lie within another."""
    data, places = b"", dict[str, int]()
    for country in countries.values():
        if country not in places:
            places[country] = len(data)
            data += _encoded({"country": {"iso_code": country}})
    nodes: list[list[int | str | None]] = [[None, None]]
    for prefix, country in countries.items():
        _put(nodes, IPv4Network(prefix), country)
    count = len(nodes)

    def number(record: int | str | None) -> int:
        return count if record is None else record if isinstance(record, int) else count + 16 + places[record]

    tree = b"".join(number(record).to_bytes(3, "big") for node in nodes for record in node)
    about = {"node_count": (_UINT32, count), "record_size": (_UINT16, 24), "ip_version": (_UINT16, 4), "database_type": "Test",
             "languages": [], "binary_format_major_version": (_UINT16, 2), "binary_format_minor_version": (_UINT16, 0),
             "build_epoch": (_UINT64, 1), "description": {}}
    return tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + _encoded(about)


def _put(nodes: list[list[int | str | None]], network: IPv4Network, country: str) -> None:
    at, bits = 0, f"{int(network.network_address):032b}"[:network.prefixlen]
    for bit in map(int, bits[:-1]):
        following = nodes[at][bit]
        if following is None:
            following = nodes[at][bit] = len(nodes)
            nodes.append([None, None])
        assert isinstance(following, int)
        at = following
    nodes[at][int(bits[-1])] = country


def _encoded(value: Any) -> bytes:
    if isinstance(value, str):
        return _head(_TEXT, len(value)) + value.encode()
    if isinstance(value, dict):
        return _head(_MAP, len(value)) + b"".join(_encoded(each) for pair in value.items() for each in pair)
    if isinstance(value, list):
        return _head(_ARRAY, len(value))
    kind, number = value
    content = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return _head(kind, len(content)) + content


def _head(kind: int, size: int) -> bytes:
    return bytes([kind << 5 | size]) if kind <= _LAST_PLAIN else bytes([size, kind - _LAST_PLAIN])
