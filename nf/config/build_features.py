"""Statements that cost a modelled box something: rules of address translation, and screens that count."""

from typing import Final

from hwmodel.platform.features import Features, Nat, Screen
from nf.config.tree import Statement

_NAT: Final = {"static": (Nat.STATIC, Nat.REVERSE_STATIC), "destination": (Nat.DESTINATION,), "source": (Nat.SOURCE,)}
_SCREENS: Final = {
    Screen.SYN_FLOOD: ("tcp", "syn-flood"), Screen.UDP_FLOOD: ("udp", "flood"), Screen.ICMP_FLOOD: ("icmp", "flood"),
    Screen.PORT_SCAN: ("tcp", "port-scan"), Screen.IP_SWEEP: ("icmp", "ip-sweep"), Screen.LIMIT_SESSION: ("limit-session",)}


def features(root: Statement) -> Features:
    """Those of the box itself; a screen counts where a zone names it."""
    named = {zone.value("screen") for zone in root.entries("security", "zones", "security-zone")}
    used = [entry for entry in root.entries("security", "screen", "ids-option") if entry.name in named]
    rules = (kind for word, kinds in _NAT.items() if _has_rules(root, word) for kind in kinds)
    return Features(frozenset(rules), frozenset(screen for screen, path in _SCREENS.items()
                                                if any(entry.has(*path) for entry in used)))


def _has_rules(root: Statement, kind: str) -> bool:
    return any(True for rule_set in root.entries("security", "nat", kind, "rule-set") for _ in rule_set.all("rule"))
