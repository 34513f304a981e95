"""One feed in memory: addresses by prefix, hosts with all below them, URLs with all below them."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from socket import AF_INET, AF_INET6, inet_pton
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from nf.policy.security_intelligence import HIGHEST
from nf.policy.url_patterns import plain_path

_BITS: Final = {4: 32, 6: 128}
_FAMILIES: Final = {4: AF_INET, 6: AF_INET6}
_ADDRESS: Final = re.compile(r"[0-9a-fA-F:.]+(/[0-9]{1,3})?")
_PREFIX: Final = re.compile(r"([0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)/[0-9]{1,3}")
_HOST: Final = re.compile(r"(\*\.)?([a-z0-9_-]{1,63}\.)*(?![0-9]+$)[a-z0-9_-]{1,63}")


class Entry(NamedTuple):
    """What a feed says of someone: its words for them, the threat level, the country where it is a feed of countries."""

    text: str
    level: int = HIGHEST
    country: str = ""


@dataclass(slots=True)
class Table:
    """Look-ups cost one dictionary a prefix length, or one a label; `size` counts entries."""

    prefixes: dict[tuple[int, int], dict[int, Entry]] = field(default_factory=dict)  # by version and bits cut off
    hosts: dict[str, Entry] = field(default_factory=dict)
    urls: dict[str, dict[str, Entry]] = field(default_factory=dict)  # by host, then by path
    size: int = 0
    faults: int = 0  # lines that are no entries
    first_fault: str = ""

    def address(self, address: IPv4Address | IPv6Address) -> Entry | None:
        """The entry of the longest prefix that an address is in."""
        number = int(address)
        for (version, cut), networks in self.prefixes.items():  # the longest prefixes stand first
            if version == address.version and (found := networks.get(number >> cut)) is not None:
                return found
        return None

    def host(self, name: str) -> Entry | None:
        """The entry of a host, or of the nearest name above it."""
        while name:
            found = self.hosts.get(name)
            if found is not None:
                return found
            name = name.partition(".")[2]
        return None

    def url(self, host: str, path: str) -> Entry | None:
        """The entry of a URL, or of the nearest path above it on the same host; `path` in its one form."""
        known = self.urls.get(host)
        while known and path not in {"", "/"}:
            if path in known:
                return known[path]
            path = path.rpartition("/")[0]
        return None


def read(lines: Iterable[str], *, countries: bool = False) -> Table:
    """A feed's text; what is wrong with lines of it stands in the table's `faults`, and the rest holds.

    A line is an address, a prefix, a host or a URL, perhaps with a threat level from 1 to 10 behind a comma (in a feed of
    countries: the country's two letters), or a JSON object with `value`, and `threat-level` or `country`. `#` begins a remark.
    """
    table = Table()
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text[0] == "#":
            continue
        try:
            _add(table, *(_object(text) if text[0] == "{" else _pair(text)), countries=countries)
        except ValueError as error:
            table.faults += 1
            table.first_fault = table.first_fault or f"line {number}: {error}"
    table.prefixes = dict(sorted(table.prefixes.items(), key=lambda item: item[0][1]))
    return table


def _pair(text: str) -> tuple[str, str]:
    value, _, rest = text.partition(",")
    return value.strip(), rest.strip()


def _object(text: str) -> tuple[str, str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, Mapping) and isinstance(found.get("value"), str):
        return found["value"].strip(), str(found.get("country") or found.get("threat-level") or "")
    raise ValueError('expected a JSON object with a "value"')


def _add(table: Table, value: str, mark: str, *, countries: bool) -> None:
    entry = Entry(value, HIGHEST, _country(mark)) if countries else Entry(value, _level(mark))
    found = _network(value) if _ADDRESS.fullmatch(value) else None
    if found is None and _PREFIX.fullmatch(value):
        raise ValueError(f"{value!r} is no prefix")
    if found is None:
        _add_name(table, value, entry)
    else:
        version, number, length = found
        cut = _BITS[version] - length
        table.prefixes.setdefault((version, cut), {})[number >> cut] = entry
    table.size += 1


def _network(value: str) -> tuple[int, int, int] | None:
    """Version, number and length of an address or prefix; a prefix may have bits beyond its length."""
    address, slash, length = value.partition("/")
    version = 6 if ":" in address else 4
    try:
        number = int.from_bytes(inet_pton(_FAMILIES[version], address), "big")
    except (OSError, ValueError):
        return None
    bits = int(length) if slash else _BITS[version]
    return (version, number, bits) if bits <= _BITS[version] else None


def _add_name(table: Table, value: str, entry: Entry) -> None:
    name = value.lower().rstrip(".")
    if _HOST.fullmatch(name):
        table.hosts[name.removeprefix("*.")] = entry
        return
    parts = urlsplit(value if "//" in value else f"//{value}")
    host, path = (parts.hostname or "").rstrip("."), plain_path(parts.path)
    if parts.scheme not in {"", "http", "https"} or not (_HOST.fullmatch(host) or _network(host)):
        raise ValueError(f"{value!r} is no address, prefix, host or URL")
    if path == "/":
        table.hosts[host] = entry
    else:
        table.urls.setdefault(host, {})[path] = entry


def _level(mark: str) -> int:
    if not mark:
        return HIGHEST
    if not (mark.isascii() and mark.isdecimal() and 1 <= int(mark[:3]) <= HIGHEST):
        raise ValueError(f"{mark!r} is no threat level from 1 to {HIGHEST}")
    return int(mark)


def _country(mark: str) -> str:
    if len(mark) != 2 or not mark.isascii() or not mark.isalpha():
        raise ValueError(f"{mark!r} is no country of two letters (ISO 3166-1)")
    return mark.upper()
