"""Security intelligence (Junos: `services security-intelligence`): feeds, and what profiles do about whom they name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

BLACKLIST, WHITELIST, GEO_IP, INFECTED = "Blacklist", "Whitelist", "GeoIP", "Infected-Hosts"
HIGHEST: Final = 10  # threat level; also that of an entry that names none
RECOMMENDED: Final = 7  # from this level on `recommended` blocks; what devices recommend comes with their feeds
FEED_DIRECTORY: Final = "/var/lib/srxnf/feeds"


@dataclass(frozen=True, slots=True)
class Feed:
    """A list of addresses, prefixes, hosts and URLs: in a file, or fetched from a URL into one, that often (seconds)."""

    name: str
    category: str
    file: str
    url: str = ""
    interval: int = 3600


@dataclass(frozen=True, slots=True)
class Notice:
    """What the client of a closed session is told over HTTP: a text, or where to go instead."""

    text: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class Treatment:
    """`then`: what becomes of a session, and whether that is logged."""

    action: Literal["permit", "drop", "close", "recommended"] = "permit"
    log: bool = False
    notice: Notice | None = None

    def at(self, level: int) -> Literal["permit", "drop", "close"]:
        """The action for an entry of this threat level."""
        if self.action != "recommended":
            return self.action
        return "drop" if level >= RECOMMENDED else "permit"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a profile; where it names no feed or no level, every one fits."""

    name: str
    feeds: frozenset[str] = frozenset()
    levels: frozenset[int] = frozenset()
    then: Treatment = Treatment()

    def fits(self, feed: str, level: int) -> bool:
        """Whether the rule speaks of an entry of this feed and threat level."""
        return (not self.feeds or feed in self.feeds) and (not self.levels or level in self.levels)


@dataclass(frozen=True, slots=True)
class CategoryProfile:
    """What is done about those whom the feeds of one category name."""

    name: str
    category: str
    rules: tuple[Rule, ...] = ()
    default: Treatment = Treatment()

    def treatment(self, feed: str, level: int) -> Treatment:
        """By the first rule that fits, else by `default-rule`."""
        return next((rule.then for rule in self.rules if rule.fits(feed, level)), self.default)


@dataclass(frozen=True, slots=True)
class SecIntelPolicy:
    """`security-intelligence-policy`: a profile for each category that it looks at."""

    name: str
    profiles: Mapping[str, CategoryProfile] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SecurityIntelligence:
    """Policies by name, and the feeds that are in use; those of Blacklist and Whitelist hold under every policy."""

    policies: Mapping[str, SecIntelPolicy] = field(default_factory=dict)
    feeds: tuple[Feed, ...] = ()
