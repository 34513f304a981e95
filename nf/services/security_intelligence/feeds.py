"""The feeds of a device: read before the workers fork, read again when their files change, the last good one kept."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import maxminddb

from nf.policy.security_intelligence import GEO_IP, Feed
from nf.services.security_intelligence.table import Entry, Table, read

AT_ONCE: Final = 1 << 19  # bytes; a larger file is read beside the sessions, which would else wait for it


class Lookups(Protocol):
    """What can be asked of a feed."""

    def address(self, address: IPv4Address | IPv6Address) -> Entry | None:
        """The entry that an address is in."""

    def host(self, name: str) -> Entry | None:
        """The entry of a host, or of a name above it."""

    def url(self, host: str, path: str) -> Entry | None:
        """The entry of a URL."""


class Hit(NamedTuple):
    """An entry, and the feed that it stands in; in a feed of countries that is the country."""

    feed: str
    category: str
    entry: Entry


@dataclass(slots=True)
class _Loaded:
    feed: Feed
    table: Lookups = field(default_factory=Table)
    size: int = 0
    changed: tuple[int, int, int] | None = None  # the file's, when it was read
    problem: str = "not read yet"


class Feeds:
    """Every look-up asks all feeds of the categories that matter to the asker."""

    def __init__(self, feeds: Iterable[Feed]) -> None:
        self.version = 0  # changes whenever some feed does
        self._loaded = [_Loaded(feed) for feed in feeds]
        for one in self._loaded:
            self._load(one)

    def address(self, address: IPv4Address | IPv6Address, categories: Iterable[str]) -> Iterator[Hit]:
        """Who says something of an address."""
        return (_hit(one, entry) for one in self._of(categories) if (entry := one.table.address(address)) is not None)

    def name(self, host: str, categories: Iterable[str], path: str = "") -> Iterator[Hit]:
        """Who says something of a host, or of a path there."""
        for one in self._of(categories):
            for entry in (one.table.host(host), one.table.url(host, path) if path else None):
                if entry is not None:
                    yield _hit(one, entry)

    def refresh(self) -> None:
        """Read again what has changed, a large file beside the sessions."""
        for one in self._loaded:
            changed = _state(one.feed.file)
            if changed is not None and changed != one.changed:
                if changed[2] <= AT_ONCE:
                    self._load(one)
                else:
                    one.changed = changed
                    threading.Thread(target=self._load, args=(one,), daemon=True).start()

    def problems(self) -> Iterator[str]:
        """What is wrong with files, a line each."""
        return (f"feed {one.feed.name}: {one.feed.file}: {one.problem}" for one in self._loaded if one.problem)

    def facts(self) -> list[dict[str, Any]]:
        """For operators."""
        return [{"name": one.feed.name, "category": one.feed.category, "source": one.feed.url or one.feed.file,
                 "entries": one.size, "updated": one.changed[1] // 10**9 if one.changed else 0, "problem": one.problem}
                for one in self._loaded]

    def _load(self, one: _Loaded) -> None:
        """Take a file's content; one that is empty or mostly no feed takes nobody's place."""
        one.changed = _state(one.feed.file)
        try:
            one.table, one.size, one.problem = _opened(one.feed)
            self.version += 1
        except OSError as error:
            one.problem = error.strerror or str(error)
        except ValueError as error:
            one.problem = f"{error}; what was there before holds" if one.size else str(error)

    def _of(self, categories: Iterable[str]) -> Iterator[_Loaded]:
        return (one for one in self._loaded if one.feed.category in categories)


def _hit(one: _Loaded, entry: Entry) -> Hit:
    return Hit(entry.country or one.feed.name, one.feed.category, entry)


def _state(file: str) -> tuple[int, int, int] | None:
    try:
        known = Path(file).stat()
    except OSError:
        return None
    return known.st_ino, known.st_mtime_ns, known.st_size


def _opened(feed: Feed) -> tuple[Lookups, int, str]:
    if feed.file.endswith(".mmdb"):
        database = Database.read(feed.file)
        return database, database.size, ""
    with Path(feed.file).open(encoding="utf-8") as lines:
        table = read(lines, countries=feed.category == GEO_IP)
    if table.size <= table.faults:
        raise ValueError(table.first_fault or "it is empty")
    return table, table.size, f"{table.faults} lines left out, first {table.first_fault}" if table.faults else ""


class Database:
    """Countries of addresses in a MaxMind DB file."""

    def __init__(self, reader: maxminddb.Reader) -> None:
        self._reader = reader
        self.size = reader.metadata().node_count

    @classmethod
    def read(cls, file: str) -> "Database":
        """From a file, which may be written over later: so not mapped; ValueError where it is none."""
        try:
            return cls(maxminddb.open_database(file, maxminddb.MODE_MEMORY))
        except maxminddb.InvalidDatabaseError:
            raise ValueError("no MaxMind database") from None

    def address(self, address: IPv4Address | IPv6Address) -> Entry | None:
        """The country, where the database has one."""
        try:
            found: Any = self._reader.get(address)
        except (ValueError, maxminddb.InvalidDatabaseError):  # an IPv6 address in a database of IPv4; a damaged one
            return None
        country = found.get("country", {}).get("iso_code") if isinstance(found, dict) else None
        return Entry(str(address), country=country) if isinstance(country, str) else None

    def host(self, name: str) -> Entry | None:  # noqa: ARG002
        """None."""
        return None

    def url(self, host: str, path: str) -> Entry | None:  # noqa: ARG002
        """None."""
        return None
