"""Address books to prefixes: what each name of a policy or whitelist stands for, seen from a zone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Network,
    collapse_addresses,
    ip_address,
    ip_interface,
    ip_network,
    summarize_address_range,
)

from nf.config.errors import Findings
from nf.config.tree import Statement
from nf.policy.match import ANY, AddressMatch
from nf.policy.zones import IpNetwork

GLOBAL = "global"
_EVERY4, _EVERY6 = IPv4Network("0.0.0.0/0"), IPv6Network("::/0")
_RESERVED: Mapping[str, tuple[IpNetwork, ...]] = {
    ANY: (_EVERY4, _EVERY6), "any-ipv4": (_EVERY4,), "any-ipv6": (_EVERY6,)}
_MOST_HOLES = 8  # free bits above the last fixed one of a wildcard mask: 256 prefixes at most

Book = Mapping[str, tuple[IpNetwork, ...]]


@dataclass(slots=True)
class AddressBooks:
    """Every address book: the global one, and those that belong to a zone."""

    findings: Findings
    shared: Book = field(default_factory=dict)
    of_zone: dict[str, list[Book]] = field(default_factory=dict)

    def resolve(self, leaf: Statement | None, zone: str | None, *, negated: bool = False) -> AddressMatch:
        """What the names of a leaf-list stand for; a zone's own books come before the global one."""
        books = [*(self.of_zone.get(zone, ()) if zone else ()), self.shared, _RESERVED]
        prefixes: list[IpNetwork] = []
        names = leaf.values if leaf else {}
        for name, line in names.items():
            found = next((book[name] for book in books if name in book), None)
            if found is None:
                self._unknown(name, line, zone, books)
            prefixes += found or ()
        return AddressMatch(tuple(names), _collapsed(prefixes), negated)

    def _unknown(self, name: str, line: int, zone: str | None, books: list[Book]) -> None:
        known = [entry for book in books for entry in book]
        elsewhere = [owner for owner, own in self.of_zone.items() if any(name in book for book in own)]
        where = f"the global address book or that of zone {zone}" if zone else "the global address book"
        hint = f" (it is in a book of zone {elsewhere[0]})" if elsewhere else ""
        self.findings.wrong(line, name, f"no such address in {where}{hint}", known)


def address_books(root: Statement, findings: Findings) -> AddressBooks:
    """The books of `security address-book` and of `security-zone … address-book`."""
    books = AddressBooks(findings)
    zones = {zone.name: zone for zone in root.entries("security", "zones", "security-zone")}
    for zone in zones.values():
        own = zone.one("address-book")
        if own:
            books.of_zone.setdefault(zone.name, []).append(_book(own, findings))
    for entry in root.entries("security", "address-book"):
        book = _book(entry, findings)
        if entry.name == GLOBAL:
            books.shared = book
        for attached in entry.entries("attach", "zone"):
            if entry.name == GLOBAL:
                findings.wrong(attached, attached.name, "the global address book is not attached to zones")
            elif attached.name not in zones:
                findings.wrong(attached, attached.name, "no such zone", zones)
            else:
                books.of_zone.setdefault(attached.name, []).append(book)
    return books


def _book(statement: Statement, findings: Findings) -> Book:
    book: dict[str, tuple[IpNetwork, ...]] = {}
    for entry in statement.all("address"):
        book[entry.name] = tuple(_prefixes(entry, findings))
    sets = {entry.name: entry for entry in statement.all("address-set")}
    return book | {name: _collapsed(_members(entry, sets, book, findings)) for name, entry in sets.items()}


def _members(start: Statement, sets: Mapping[str, Statement], book: Book, findings: Findings) -> Iterator[IpNetwork]:
    waiting, seen = [start], {start.name}
    while waiting:
        for member in waiting.pop().children.values():
            kind = member.word.name if member.word else ""
            if member.inactive or kind not in {"address", "address-set"}:
                continue
            if member.name not in (book if kind == "address" else sets):
                findings.wrong(member, member.name, f"no such {kind} in this book", book if kind == "address" else sets)
            elif kind == "address":
                yield from book[member.name]
            elif member.name == start.name:
                findings.wrong(member, member.name, "this address-set contains itself")
            elif member.name not in seen:
                seen.add(member.name)
                waiting.append(sets[member.name])


def _prefixes(entry: Statement, findings: Findings) -> Iterable[IpNetwork]:
    prefix = entry.value("ip-prefix")
    if prefix is not None:
        return (ip_interface(prefix).network,)  # the grammar's type was looked at when it was read
    for kind in ("range-address", "address-range"):
        for low in entry.all(kind):
            return _range(low, findings)
    for wildcard in entry.all("wildcard-address"):
        return _wildcard(wildcard, findings)
    for name in entry.all("dns-name"):
        findings.remark(name, f"dns-name {name.name}", "no effect here: names are not looked up")
        return ()
    findings.wrong(entry, entry.name, "this address has no prefix, range or name")
    return ()


def _range(low: Statement, findings: Findings) -> Iterable[IpNetwork]:
    high = low.value("to", "range-high")
    try:
        first, last = (ip_address(text.partition("/")[0]) for text in (low.name, high or ""))
        return tuple(summarize_address_range(first, last))  # mixed versions raise TypeError
    except (ValueError, TypeError):
        findings.wrong(low, low.name, "a range is written LOW to HIGH, two addresses in rising order")
        return ()


def _wildcard(entry: Statement, findings: Findings) -> Iterable[IpNetwork]:
    address, _, mask = entry.name.partition("/")
    try:
        base, fixed = int(IPv4Address(address)), int(IPv4Address(mask))
    except ValueError:
        findings.wrong(entry, entry.name, "a wildcard address is written 192.0.2.0/255.0.255.0")
        return ()
    tail = (fixed & -fixed).bit_length() - 1 if fixed else 32  # free bits below the last fixed one
    holes = [bit for bit in range(tail, 32) if not fixed >> bit & 1]
    if len(holes) > _MOST_HOLES:
        findings.remark(entry, f"wildcard-address {entry.name}",
                        f"no effect here: it stands for 2^{len(holes)} prefixes")
        return ()
    return [ip_network((_fill(base & fixed, holes, number), 32 - tail)) for number in range(1 << len(holes))]


def _fill(base: int, holes: list[int], number: int) -> int:
    return base | sum((number >> index & 1) << bit for index, bit in enumerate(holes))


def _collapsed(prefixes: Iterable[IpNetwork]) -> tuple[IpNetwork, ...]:
    """The fewest prefixes that stand for the same addresses, in rising order, IPv4 first."""
    found = tuple(prefixes)
    return (*collapse_addresses(prefix for prefix in found if isinstance(prefix, IPv4Network)),
            *collapse_addresses(prefix for prefix in found if isinstance(prefix, IPv6Network)))
