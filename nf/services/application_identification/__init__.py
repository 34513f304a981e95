"""Application identification (Junos: AppID, `services application-identification`): which application a session is.

Active where somebody wants to know: an application service of the policy, AppTrack, routing by application, or a policy
that waits for it. `evidence` is what has been seen, `custom` and `catalogue` what it may be, `cache` what servers were
found to be before.
"""

from collections.abc import Mapping
from typing import Any

from nf.policy.appid import ApplicationIdentification
from nf.policy.systems import Systems
from nf.protocols import applications, openings
from nf.services import Attachment, Bulletin, Scope
from nf.services.application_identification.cache import SystemCache
from nf.services.application_identification.identifier import SERVICE_NAME, Identifier
from nf.services.application_identification.knowledge import Statistics, knowledge

__all__ = ["SERVICE", "Identification", "Identifier"]


class Identification:
    """What a worker shares among its sessions: one configuration, one cache, one set of counters."""

    def __init__(self, options: ApplicationIdentification = ApplicationIdentification()) -> None:  # noqa: B008 - frozen
        self._cache, self._statistics = SystemCache(), Statistics()
        self._knows = knowledge(options, self._cache, self._statistics)

    @staticmethod
    def prepare(systems: Systems) -> "Identification":
        """The same with what the configuration says, its tables read."""
        applications.load()
        openings.load()
        return Identification(systems.root.services.get(SERVICE_NAME) or ApplicationIdentification())

    def concerns(self, scope: Scope) -> bool:
        """Whether somebody may want to know."""
        return not self._knows.options.off and (
            bool(scope.policy.services.others) or scope.is_tracked or scope.system.services.get("apbr") is not None)

    def attach(self, attachment: Attachment) -> Identifier | None:
        """An identifier where somebody wants to know."""
        others, apbr = attachment.policy.services.others, attachment.system.services.get("apbr")
        if apbr is not None and not (others or attachment.is_tracked
                                     or apbr.concerns(attachment.source_zone, attachment.facts.five_tuple)):
            return None
        firewall = bool(others) and attachment.asked("application-firewall") is not None
        appfw = attachment.system.services.get("appfw") if firewall else None
        return Identifier(self._knows, attachment.facts, decides=firewall, follows=appfw is not None and appfw.dynamic_lookup)

    def identify(self, attachment: Attachment, *, decides: bool = True, follows: bool = True) -> Identifier:
        """An identifier, as for a session whose policy waits for it."""
        return Identifier(self._knows, attachment.facts, decides=decides, follows=follows)

    def hear(self, bulletin: Bulletin, now: float) -> None:
        """Some worker has found out what a server speaks."""
        self._cache.learn(bulletin.key, bulletin.value, now + bulletin.seconds)

    def report(self, word: str, about: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        """The cache, the counters, the statistics; `clear` before the word empties them."""
        match word:
            case "cache":
                options = self._knows.options
                return {"entries": list(self._cache.rows()), "options": [{
                    "on": options.caches, "security": options.cache_for_security, "others": options.cache_for_others,
                    "timeout": options.cache_timeout, "off": options.off, "byte-limit": options.byte_limit,
                    "custom": len(options.applications)}]}
            case "counter":
                return {"unknown": self._statistics.unknown, "encrypted": self._statistics.encrypted,
                        "unknown-encrypted": self._statistics.unknown_encrypted,
                        "hits": self._cache.hits, "misses": self._cache.misses}
            case "statistics":
                return {"applications": self._statistics.rows()}
            case "clear cache":
                return {"cleared": self._cache.clear()}
            case "clear statistics":
                self._statistics.clear()
            case "clear counter":
                self._statistics.unknown = self._cache.hits = self._cache.misses = 0
                self._statistics.clear_encrypted()
            case "clear encrypted":
                self._statistics.clear_encrypted()
        return {}


SERVICE = Identification()
