"""What is named but has nothing behind it: zones without interfaces, interfaces without a configuration; and counts."""

from collections import Counter
from collections.abc import Iterable

from nf.config.build_policies import Written
from nf.config.errors import Findings
from nf.config.tree import Statement, active
from nf.policy.zones import ZoneMap

_NO_CONFIGURATION = frozenset({"all", "lo0.0"})  # names that stand in a zone without being configured


def note_usage(root: Statement, zones: ZoneMap, policies: Iterable[Written], findings: Findings) -> None:
    """Remark on zones that policies name and nothing is in, on their interfaces that are not configured, and on tags."""
    inhabited = any(zone.interfaces for zone in zones.zones.values())  # else a text for the engine on one address
    used = {zone for written in policies for zone in (*written.policy.from_zones, *written.policy.to_zones)}
    for entry in root.entries("security", "zones", "security-zone"):
        zone = zones.zones[entry.name]
        if inhabited and entry.name in used and not zone.interfaces:
            findings.remark(entry, f"security-zone {entry.name}", "policies name it, but no interface is in it")
    _note_tags(root, findings)
    if not zones.interfaces:
        return  # a text without interfaces, as the engine on one address takes it
    for entry in root.entries("security", "zones", "security-zone"):
        for interface in entry.all("interfaces"):
            name = interface.name if "." in interface.name else f"{interface.name}.0"
            if name not in zones.interfaces and interface.name not in _NO_CONFIGURATION:
                findings.remark(interface, f"security-zone {entry.name} interfaces {interface.name}",
                                "this interface is not configured under interfaces")


def _note_tags(root: Statement, findings: Findings) -> None:
    for device in root.entries("interfaces", "interface"):
        for unit in device.all("unit"):
            tag = unit.one("vlan-id")
            if tag is not None:
                findings.remark(tag, f"interfaces {device.name}.{unit.name} vlan-id",
                                "no traffic reaches this interface: tagged frames are dropped, a port is one without tags")


def check_counts(root: Statement, findings: Findings) -> None:
    """Note the lists and leaf-lists with more entries than the grammar allows, inherited ones included."""
    for place in active(root):
        counts: Counter[str] = Counter()
        for child in place.children.values():
            if child.word is None or not child.word.max_elements or child.inactive:
                continue
            counts[child.word.name] += len(child.values) if child.word.kind == "leaf-list" else 1
            if counts[child.word.name] > int(child.word.max_elements):
                findings.wrong(child, child.name or child.word.name,
                               f"'{child.word.name}' takes {child.word.max_elements} entries at most")
                break
