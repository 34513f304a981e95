"""Which live sessions an operator means: filters with the names that Junos gives them, looked for in portions."""

from collections.abc import Callable, Mapping
from ipaddress import ip_network
from typing import Any, Final, Literal, TypeAlias

import msgspec

from nf.dataplane.ledger import Row
from nf.policy.systems import ROOT_LOGICAL_SYSTEM

SCANNED: Final = 1024  # sessions looked at for one answer, so that the device does not pause
PAGE: Final = 128  # sessions in one answer

EVERY: Final = "all"  # in the place of a system's name

Test: TypeAlias = Callable[[Row, float], bool]


class RequestError(Exception):
    """An operator's request that cannot be understood; the message says why."""


class Selection(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """Every condition that is given must hold."""

    source_prefix: str | None = None
    destination_prefix: str | None = None
    source_port: int | None = None
    destination_port: int | None = None
    protocol: int | None = None
    family: Literal["inet", "inet6"] | None = None
    interface: str | None = None
    zone: str | None = None
    policy_id: int | None = None
    policy_name: str | None = None
    dynamic_application: str | None = None
    encrypted: bool = False
    ssl: bool = False
    logical_system: str | None = None  # or tenant; "all" is every one
    session_identifier: int | None = None
    packets_more_than: int | None = None
    packets_less_than: int | None = None
    bytes_more_than: int | None = None
    bytes_less_than: int | None = None
    duration_more_than: int | None = None
    duration_less_than: int | None = None
    extensive: bool = False  # no condition: with what only the workers know


def selection(filters: object) -> Selection:
    """The filters of a request."""
    try:
        return msgspec.convert(filters, Selection)
    except msgspec.ValidationError as error:
        raise RequestError(f"filters: {error}") from None


def scan(rows: Mapping[int, Row], chosen: Selection, after: int, now: float) -> tuple[list[Row], int | None]:
    """Rows that are meant, from those that arrived after number `after`; and where to go on, None at the end."""
    if chosen.session_identifier is not None:
        row = rows.get(chosen.session_identifier)
        return ([row] if row is not None and all(test(row, now) for test in _tests(chosen)) else []), None
    tests, found = _tests(chosen), list[Row]()
    looked_at = 0
    for row in rows.values():
        if row.number <= after:
            continue
        if looked_at == SCANNED or len(found) == PAGE:
            return found, after
        looked_at, after = looked_at + 1, row.number
        if not row.cleared and all(test(row, now) for test in tests):
            found.append(row)
    return found, None


def _tests(chosen: Selection) -> list[Test]:
    given = {name: value for name in chosen.__struct_fields__ if (value := getattr(chosen, name)) not in (None, False)}
    return [_MAKERS[name](value) for name, value in given.items() if name in _MAKERS]


def _prefix(text: str, of: Callable[[Row], Any]) -> Test:
    try:
        network = ip_network(text, strict=False)
    except ValueError as error:
        raise RequestError(str(error)) from None
    return lambda row, _: of(row) in network


def _within(of: Callable[[Row, float], float], limit: float, *, more: bool) -> Test:
    return lambda row, now: of(row, now) > limit if more else of(row, now) < limit


def _packets(row: Row, _: float) -> int:
    return 0 if row.progress is None else row.progress.packets_c2s + row.progress.packets_s2c


def _bytes(row: Row, _: float) -> int:
    return 0 if row.progress is None else row.progress.bytes_c2s + row.progress.bytes_s2c


def _duration(row: Row, now: float) -> float:
    return now - row.since


def _system(row: Row) -> str:
    return ROOT_LOGICAL_SYSTEM if row.opened is None else row.opened.logical_system


def _application(row: Row) -> str:
    return "" if row.progress is None else row.progress.application.lower()


_MAKERS: Final[Mapping[str, Callable[[Any], Test]]] = {
    "source_prefix": lambda text: _prefix(text, lambda row: row.session.c2s.five_tuple.src),
    "destination_prefix": lambda text: _prefix(text, lambda row: row.session.c2s.five_tuple.dst),
    "source_port": lambda port: lambda row, _: row.session.c2s.five_tuple.sport == port,
    "destination_port": lambda port: lambda row, _: row.session.c2s.five_tuple.dport == port,
    "protocol": lambda number: lambda row, _: row.session.c2s.five_tuple.proto == number,
    "family": lambda name: lambda row, _: row.session.c2s.five_tuple.src.version == (6 if name == "inet6" else 4),
    "interface": lambda name: lambda row, _: row.opened is not None and name in (
        row.opened.source_interface, row.opened.destination_interface),
    "zone": lambda name: lambda row, _: row.opened is not None and name in (
        row.opened.source_zone, row.opened.destination_zone),
    "policy_id": lambda index: lambda row, _: row.opened is not None and row.opened.policy_index == index,
    "policy_name": lambda name: lambda row, _: row.opened is not None and row.opened.policy == name,
    "logical_system": lambda name: lambda row, _: name == EVERY or _system(row) == name,
    "dynamic_application": lambda name: lambda row, _: _application(row) == name.lower().removeprefix("junos:"),
    "encrypted": lambda _: lambda row, _: row.progress is not None and row.progress.encrypted == "Yes",
    "ssl": lambda _: lambda row, _: row.opened is not None and bool(row.opened.profile) and not row.opened.bypass,
    "packets_more_than": lambda limit: _within(_packets, limit, more=True),
    "packets_less_than": lambda limit: _within(_packets, limit, more=False),
    "bytes_more_than": lambda limit: _within(_bytes, limit, more=True),
    "bytes_less_than": lambda limit: _within(_bytes, limit, more=False),
    "duration_more_than": lambda limit: _within(_duration, limit, more=True),
    "duration_less_than": lambda limit: _within(_duration, limit, more=False),
}
