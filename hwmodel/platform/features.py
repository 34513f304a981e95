"""What screens and NAT add to the costs of a platform: its cost table, changed, with the reason beside every figure.

Order of address translation (Junos documentation, NAT overview): static, destination, route, policy, reverse static,
source; a static match leaves destination NAT out, a reverse static one leaves source NAT out. How much each costs is
published nowhere: a rule-set look-up is taken for two fast-path packets, a source pool's port for four more. A session
whose way back hashes to another SPU than its way there costs that one, its distributed central point, a message more.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType
from typing import Final, TypeVar

from hwmodel.document import Section
from hwmodel.platform.facts import Figure, Kind, Platform

LOOKUP_PACKETS: Final = 2.0
PORT_PACKETS: Final = 4.0
MATCH_PACKETS: Final = 1.0  # the message to the SPU that matches the way back
SCREEN_SHARE: Final = 0.05  # of a fast-path packet, for every screen that counts or remembers


_Feature = TypeVar("_Feature", bound=Enum)


class Nat(Enum):
    """A kind of translation that a session has, or rules for it are asked for."""

    STATIC = "static"
    DESTINATION = "destination"
    REVERSE_STATIC = "reverse static"
    SOURCE = "source"


class Screen(Enum):
    """Screens that cost: those that keep counts or tables (the others are comparisons of header fields)."""

    SYN_FLOOD = "syn-flood"
    UDP_FLOOD = "udp flood"
    ICMP_FLOOD = "icmp flood"
    PORT_SCAN = "port-scan"
    IP_SWEEP = "ip-sweep"
    LIMIT_SESSION = "limit-session"


@dataclass(frozen=True, slots=True)
class Features:
    """What a configuration asks of a box beside its policies: kinds of translation, and screens that cost."""

    rules: frozenset[Nat] = frozenset()
    screens: frozenset[Screen] = frozenset()


def nat_packets(rules: Collection[Nat], hits: Collection[Nat] = ()) -> float:
    """Fast-path packets that translation adds to a new session: look-ups in order, and a port where source NAT hits."""
    skipped = {after for before, after in _LEFT_OUT if before in hits}
    lookups = sum(nat in rules and nat not in skipped for nat in Nat)
    takes_port = Nat.SOURCE in hits and Nat.SOURCE not in skipped
    return LOOKUP_PACKETS * lookups + PORT_PACKETS * takes_port


def matched_apart(platform: Platform) -> float:
    """Share of translated sessions whose two wings are matched by different SPUs, a slice of all tuples each."""
    return 1 - sum((spu.max_sessions / platform.max_sessions) ** 2 for spu in platform.spus)


_LEFT_OUT: Final = ((Nat.STATIC, Nat.DESTINATION), (Nat.REVERSE_STATIC, Nat.SOURCE))


def with_features(
    platform: Platform, *, rules: Collection[Nat] = (), hits: Collection[Nat] = (), screens: Collection[Screen] = (),
    classic: bool = False,
) -> Platform:
    """The platform with rule sets of those kinds, sessions that hit those, and those screens on.

    A `classic` central point matches both ways of every session itself.
    """
    costs, count = platform.costs, len(set(screens))
    packet_us = costs.packet_us * (1 + SCREEN_SHARE * count)
    apart = matched_apart(platform) if hits and not classic else 0.0
    session_us = costs.session_us + (nat_packets(rules, hits) + MATCH_PACKETS * apart) * costs.packet_us
    told = f"; the way back of {apart:.0%} is another SPU's to match, a packet each" if apart else ""
    added = {
        "costs.packet_us": Figure(packet_us, f"{costs.packet_us:g} with {count} screens", Kind.ASSUMED, "us"),
        "costs.session_us": Figure(session_us, f"{costs.session_us:g} with address translation{told}", Kind.ASSUMED, "us"),
    }
    changed = {key: figure for key, figure in added.items() if figure.value != platform.figures[key].value}
    return replace(
        platform,
        costs=replace(costs, packet_us=packet_us, session_us=session_us),
        figures=MappingProxyType({**platform.figures, **changed}),
    )


def read_features(section: Section, platform: Platform) -> Platform:
    """The platform with what a `[features]` table names: `nat_rules`, `nat_hits`, `screens`."""
    section.only(("nat_rules", "nat_hits", "screens"))
    return with_features(
        platform,
        rules=_named(section, "nat_rules", Nat),
        hits=_named(section, "nat_hits", Nat),
        screens=_named(section, "screens", Screen),
    )


def _named(section: Section, key: str, kind: type[_Feature]) -> list[_Feature]:
    known = {entry.value: entry for entry in kind}
    names = section.data.get(key, [])
    if not isinstance(names, list) or any(name not in known for name in names):
        raise section.fault(key, f"expected a list of {', '.join(known)}")
    return [known[name] for name in names]
