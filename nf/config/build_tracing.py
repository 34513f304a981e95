"""Statements under `services ssl traceoptions` to what is traced, and where."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import cast

from nf.config.errors import Findings
from nf.config.tree import Statement
from nf.policy.profile import SslProxyProfile
from nf.policy.tracing import Flag, Level, PacketFilter, TraceFile, TraceOptions

_SIZE = re.compile(r"(\d{1,12})([kmg]?)", re.IGNORECASE)
_SHIFTS = {"": 0, "k": 10, "m": 20, "g": 30}
_LEAST_SIZE = 10 << 10  # bytes; Junos's least too


def tracing(root: Statement, findings: Findings) -> TraceOptions:
    """What is traced; the standard where nothing is said."""
    place = root.one("services", "ssl", "traceoptions")
    if place is None:
        return TraceOptions()
    standard = TraceOptions()
    return TraceOptions(
        _file(place, findings), cast("Level", place.value("level") or standard.level),
        frozenset(cast("Flag", entry.name) for entry in place.all("flag")), _filter(place, findings))


def note_tracing(root: Statement, options: TraceOptions, profiles: Iterable[SslProxyProfile], findings: Findings) -> None:
    """Remark on `traceoptions` by which nothing is traced."""
    place = root.one("services", "ssl", "traceoptions")
    if place is not None and options.only_selected and not any(profile.enable_flow_tracing for profile in profiles):
        findings.remark(place, "services ssl traceoptions",
                        "traces nothing: no profile has enable-flow-tracing, and no flag but selected-profile asks for others")


def _file(place: Statement, findings: Findings) -> TraceFile:
    asked, standard = place.one("file"), TraceFile()
    if asked is None:
        return standard
    name, size, match = asked.one("filename"), asked.one("size"), asked.one("match")
    if name is not None and ("/" in name.text or name.text in ("", ".", "..")):
        findings.wrong(name, name.text, "expected a file's name without a directory")
    if size is not None and _bytes(size.text) < _LEAST_SIZE:
        findings.wrong(size, size.text, "expected a size of 10k or more, such as 128k, 1m or 1g")
    if match is not None:
        try:
            re.compile(match.text)
        except (re.error, OverflowError, RecursionError) as error:
            findings.wrong(match, match.text, f"no regular expression: {error}")
    return TraceFile(name.text if name else standard.name, size.text.lower() if size else standard.size,
                     asked.number("files") or standard.files, asked.has("world-readable"),
                     match.text if match else None)


def _bytes(size: str) -> int:
    """The size in bytes, 0 for what is none."""
    found = _SIZE.fullmatch(size)
    return int(found[1]) << _SHIFTS[found[2].lower()] if found else 0


def _filter(place: Statement, findings: Findings) -> PacketFilter:
    asked = place.one("packet-filter")
    if asked is None:
        return PacketFilter()
    return PacketFilter(_address(asked.one("source-ip"), findings), _address(asked.one("destination-ip"), findings),
                        asked.number("source-port"), asked.number("destination-port"))


def _address(leaf: Statement | None, findings: Findings) -> IPv4Address | IPv6Address | None:
    if leaf is not None:
        try:
            return ip_address(leaf.text)
        except ValueError:
            findings.wrong(leaf, leaf.text, "expected an IP address")
    return None
