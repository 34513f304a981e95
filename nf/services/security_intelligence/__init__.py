"""Security intelligence (Junos: `security-intelligence-policy` of a policy): who is named by feeds, and what then.

In: the session's addresses, the name that its client asks for, requests. Out: blocks with pages, log records. A feed that
changes acts on sessions that are there at their next request.
"""

from collections.abc import Iterator
from typing import Any, ClassVar, cast

from nf.policy.security_intelligence import SecurityIntelligence
from nf.policy.systems import Systems
from nf.services import Attachment
from nf.services.security_intelligence.feeds import Feeds
from nf.services.security_intelligence.session import SecIntelSession
from nf.services.security_intelligence.statistics import Statistics

_NOTHING = SecurityIntelligence()


class SecIntel:
    """What the sessions of a worker share."""

    asked_by: ClassVar = ("security-intelligence-policy",)

    def __init__(self, feeds: Feeds) -> None:
        self._feeds = feeds
        self._statistics = Statistics()

    @classmethod
    def prepare(cls, systems: Systems) -> "SecIntel":
        """With the feeds that the configuration names, in memory before the workers fork."""
        return cls(_feeds(systems))

    def attach(self, attachment: Attachment) -> SecIntelSession | None:
        """Active where the policy names a security-intelligence policy."""
        name = attachment.asked("security-intelligence-policy")
        found = cast("SecurityIntelligence", attachment.system.services.get("security_intelligence", _NOTHING))
        policy = None if name is None else found.policies.get(name)
        return None if policy is None else SecIntelSession(policy, attachment.facts, self._feeds, self._statistics)

    def refresh(self, now: float) -> None:  # noqa: ARG002
        """Feeds that have changed are read again."""
        self._feeds.refresh()

    def notes(self, systems: Systems) -> Iterator[str]:  # noqa: ARG002
        """Feeds that cannot be read, and lines that are left out."""
        return self._feeds.problems()

    def report(self, word: str, about: Any) -> dict[str, Any]:  # noqa: ARG002
        """Counters by category and action; feeds by name; `clear statistics` begins the counters anew."""
        if word == "clear statistics":
            self._statistics.clear()
            return {}
        return {"categories": self._statistics.facts()} if word == "statistics" else {"feeds": self._feeds.facts()}


def _feeds(systems: Systems) -> Feeds:
    found = (system.services.get("security_intelligence", _NOTHING).feeds for system in systems.all)
    return Feeds(dict.fromkeys(feed for feeds in found for feed in feeds))


SERVICE = SecIntel(Feeds(()))
