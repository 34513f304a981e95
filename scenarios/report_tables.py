"""The tables of a report: what clients and servers saw, sessions, flow entries, log records; grouped for a reader."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec

from nf.policy.systems import ROOT_LOGICAL_SYSTEM
from scenarios.observe import ClientView, FlowEntry, ServerView
from scenarios.report_paths import Attempt, Way
from scenarios.schema import Visit

_POLICY = re.compile(r"((?:(?:logical-system|tenant) \S+ )?policy .+?|default policy): (.*)")
_TOLD = ("policy-name", "service-name", "application", "nested-application", "encrypted", "reason", "profile-name",
         "message", "bytes-from-client", "bytes-from-server", "elapsed-time")
_SAYS_NOTHING = {"", "N/A", "UNKNOWN", "None", "unset"}


@dataclass(frozen=True, slots=True)
class VisitRow:
    """Attempts of a visit that saw the same."""

    visit: Visit
    view: ClientView
    way: Way
    times: int
    body: str


def visits(taken: Sequence[Attempt], served: Mapping[str, str]) -> list[VisitRow]:
    """What clients saw, attempts alike in one row."""
    alike = Counter((it.visit.name, msgspec.structs.replace(it.view, local=""), it.way) for it in taken)
    by_name = {attempt.visit.name: attempt.visit for attempt in taken}
    return [VisitRow(by_name[name], view, way, times, _body(view, served.get(urlsplit(by_name[name].url).path)))
            for (name, view, way), times in alike.items()]


def _body(view: ClientView, served: str | None) -> str:
    if not view.size:
        return ""
    if served is None:
        return f"“{view.text}”"
    return "as served" if view.sha256 == served else "NOT as served"


def requests(seen: Iterable[ServerView]) -> list[tuple[ServerView, int]]:
    """What servers saw, each request once with how often it came."""
    return list(Counter(seen).items())


@dataclass(frozen=True, slots=True)
class FlowGroup:
    """Flow entries of one switch with one meaning."""

    switch: str
    policy: str
    purpose: str
    entries: tuple[FlowEntry, ...]

    @property
    def packets(self) -> int:
        """Packets that they counted together."""
        return sum(entry.packets for entry in self.entries)

    @property
    def octets(self) -> int:
        """Bytes that they counted together."""
        return sum(entry.octets for entry in self.entries)


def flow_groups(flows: Iterable[FlowEntry]) -> list[FlowGroup]:
    """Entries by switch, policy and purpose; those of policies first, then the default, then what serves them all."""
    groups: dict[tuple[str, str, str], list[FlowEntry]] = {}
    for entry in flows:
        found = _POLICY.fullmatch(entry.meaning)
        policy, purpose = found.groups() if found else ("", entry.meaning)
        groups.setdefault((entry.switch, policy, purpose), []).append(entry)
    grouped = [FlowGroup(*key, entries=tuple(own)) for key, own in groups.items()]
    return sorted(grouped, key=lambda it: (it.switch, not it.policy, it.policy == "default policy", it.policy))


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as its log records tell it; counts are None until a record says them."""

    number: str
    ends: tuple[str, str]
    zones: str
    policy: str
    application: str
    encrypted: str
    octets: tuple[int | None, int | None]
    end: str
    ssl_proxy: tuple[str, ...]


def sessions(log: Iterable[Mapping[str, Any]]) -> list[SessionRow]:
    """Sessions in the order of first records, by number and ends: a network function that starts again counts anew."""
    records: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for record in log:
        number = str(record.get("session-id-32") or record.get("session-id") or "")
        if number:
            records.setdefault((number, *ends(record)), []).append(record)
    return [_session(number, own) for (number, *_), own in records.items()]


def _session(number: str, own: Sequence[Mapping[str, Any]]) -> SessionRow:
    def last(field: str) -> str:
        values = [str(record.get(field, "")) for record in own]
        return next((value for value in reversed(values) if value not in _SAYS_NOTHING), "")

    proxied = dict.fromkeys(f"{str(record['name']).removeprefix('SSL_PROXY_')}: {record.get('message', '')}"
                            for record in own if str(record.get("name", "")).startswith("SSL_PROXY_"))
    system = f"{last('logical-system-name')}: ".removeprefix(f"{ROOT_LOGICAL_SYSTEM}: ").removeprefix(": ")
    zones = f"{system}{last('source-zone-name')} → {last('destination-zone-name')}"
    octets = _number(last("bytes-from-client")), _number(last("bytes-from-server"))
    return SessionRow(number, ends(own[0]), zones, last("policy-name"), last("application"), last("encrypted"), octets,
                      last("reason"), tuple(proxied))


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def ends(record: Mapping[str, Any]) -> tuple[str, str]:
    """Source and destination as a record gives them, empty where it gives none."""
    both = [f"{record[address]}/{record.get(port, '')}" if address in record else "" for address, port in (
        ("source-address", "source-port"), ("destination-address", "destination-port"))]
    return both[0], both[1]


def clock(record: Mapping[str, Any]) -> str:
    """The time of day in a record's time, as it writes it: UTC, in milliseconds."""
    return str(record.get("time", "")).partition("T")[2].removesuffix("Z")


def told(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The fields of a record that say something, in one order for all."""
    return [(field, str(record[field])) for field in _TOLD if str(record.get(field, "")) not in _SAYS_NOTHING]
