"""What one worker knows for a system's sessions: the configuration made ready, the cache, and what has been counted."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from nf.log.records import Volume
from nf.policy.appid import ApplicationIdentification
from nf.protocols.first_bytes import LONGEST_REQUEST_LINE
from nf.services.application_identification.cache import SystemCache
from nf.services.application_identification.catalogue import Catalogue
from nf.services.application_identification.custom import CustomApplications


class Found(Protocol):
    """What a session was found to be."""

    @property
    def carrier(self) -> str:
        """The protocol."""

    @property
    def nested(self) -> str:
        """What is nested in it."""


@dataclass(slots=True)
class Statistics:
    """Sessions that are over, by what they were: (application, encrypted) -> sessions, bytes; beside them the counters."""

    sessions: Counter[tuple[str, bool]] = field(default_factory=Counter)
    bytes: Counter[tuple[str, bool]] = field(default_factory=Counter)
    unknown: int = 0
    encrypted: int = 0
    unknown_encrypted: int = 0

    def count(self, found: Found | None, encrypted: bool, volume: Volume) -> None:
        """A session is over."""
        name = "junos:UNKNOWN" if found is None else found.nested or found.carrier
        if name == "junos:UNKNOWN":
            self.unknown += not encrypted
            self.unknown_encrypted += encrypted
        self.encrypted += encrypted
        self.sessions[name, encrypted] += 1
        self.bytes[name, encrypted] += volume.bytes_c2s + volume.bytes_s2c

    def rows(self) -> list[dict[str, Any]]:
        """One for each."""
        return [{"application": name, "encrypted": encrypted, "sessions": sessions, "bytes": self.bytes[name, encrypted]}
                for (name, encrypted), sessions in sorted(self.sessions.items())]

    def clear(self) -> None:
        """Begin anew by application."""
        self.sessions.clear()
        self.bytes.clear()

    def clear_encrypted(self) -> None:
        """Begin anew with the counters of encrypted sessions."""
        self.encrypted = self.unknown_encrypted = 0


@dataclass(frozen=True)
class Knowledge:
    """Of one configuration."""

    options: ApplicationIdentification
    catalogue: Catalogue
    custom: CustomApplications
    cache: SystemCache
    statistics: Statistics

    @cached_property
    def most(self) -> int:
        """Bytes of each direction that are kept to be looked at."""
        return max(self.options.byte_limit, LONGEST_REQUEST_LINE)

    @cached_property
    def uncacheable(self) -> frozenset[str]:
        """Applications whose servers may not be remembered: those of one's own must say so."""
        return frozenset(one.name for one in self.options.applications if not one.cacheable)


def knowledge(options: ApplicationIdentification, cache: SystemCache, statistics: Statistics) -> Knowledge:
    """Everything made ready."""
    return Knowledge(options, Catalogue(options), CustomApplications(options.applications), cache, statistics)
