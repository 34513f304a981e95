"""UTM (Junos: `utm-policy` of a policy): web filtering, content filtering, antivirus and anti-spam, one file each.

In: items and files that the protocols' readers find, the client's first bytes. Out: blocks with pages, log records, holds,
and what clamd and a name server are asked. The features see each item in this order, and the first that blocks ends it.
"""

from collections.abc import Iterable, Iterator
from secrets import token_bytes
from typing import Any, ClassVar, cast

from nf.log.records import SessionFacts
from nf.policy.systems import Systems
from nf.policy.utm import UtmPolicy
from nf.services import Attachment, Bulletin
from nf.services.utm.antispam import SpamFilter
from nf.services.utm.antivirus import VirusScanner
from nf.services.utm.content_filtering import ContentFilter
from nf.services.utm.feature import Feature
from nf.services.utm.ftp_data import MARK, DataConnection, FtpControl, Gates
from nf.services.utm.limits import COUNTED, ClientSessions
from nf.services.utm.quarantine import Quarantine
from nf.services.utm.session import UtmSession
from nf.services.utm.statistics import Statistics
from nf.services.utm.url_tables import UrlTables
from nf.services.utm.web_filtering import WebFilter


class Utm:
    """What the sessions of a worker share."""

    asked_by: ClassVar = ("utm-policy",)

    def __init__(self, tables: UrlTables) -> None:
        self._tables = tables
        self._secret = token_bytes(16)  # made before the workers fork, so that they share it
        self._quarantine = Quarantine(self._secret)
        self._gates = Gates()
        self._clients = ClientSessions()
        self._statistics = Statistics()

    @classmethod
    def prepare(cls, systems: Systems) -> "Utm":
        """With the tables that the configuration names."""
        return cls(UrlTables(_tables(systems)))

    def attach(self, attachment: Attachment) -> UtmSession | None:
        """Active where the policy names a UTM policy that does something."""
        name = attachment.asked("utm-policy")
        policies = attachment.system.services.get("utm", {})
        policy = cast("UtmPolicy | None", policies.get(name))
        if policy is None or not policy.has_work:
            return None
        self._statistics.count("session", "Total sessions")
        control = self._gates.control(attachment.facts, attachment.now)
        data = None if control is None else DataConnection(self._gates, control)
        features = tuple(self._features(policy, attachment.facts))
        return UtmSession(policy, attachment.facts, features, self._clients, self._statistics, data)

    def hear(self, bulletin: Bulletin, now: float) -> None:
        """A client has confirmed that it wants to see a quarantined site, goes for a file by FTP, or has one session more."""
        if bulletin.key.startswith(MARK):
            self._gates.hear(bulletin, now)
        elif bulletin.key.startswith(COUNTED):
            self._clients.hear(bulletin)
        else:
            self._quarantine.hear(bulletin.key, now)

    def refresh(self, now: float) -> None:  # noqa: ARG002
        """Tables that have changed are read again."""
        self._tables.refresh()

    def notes(self, systems: Systems) -> Iterator[str]:
        """Tables that cannot be read."""
        return UrlTables(_tables(systems)).errors()

    def report(self, word: str, about: Any) -> dict[str, Any]:  # noqa: ARG002
        """The counters of a feature; `clear` and its name begins them anew."""
        if word.startswith("clear "):
            self._statistics.clear(word.removeprefix("clear "))
            return {}
        if word == "status":
            return {"tables": list(self._tables.errors())}
        if word == "anti-virus status":
            return {"engines": self._statistics.engines}
        live = {"sessions in use": len(self._clients)} if word == "session" else {}
        return {**self._statistics.of(word), **live}

    def _features(self, policy: UtmPolicy, facts: SessionFacts) -> Iterator[Feature]:
        if policy.web is not None:
            yield WebFilter(policy.web, facts, self._tables, self._quarantine, self._statistics)
        if policy.content or policy.rules:
            yield ContentFilter(policy.content, policy.rules, facts, self._statistics)
        if policy.antivirus:
            yield VirusScanner(policy.antivirus, facts, self._statistics)
        if policy.spam is not None:
            yield SpamFilter(policy.spam, facts, self._secret, self._statistics)
        if policy.scans_ftp:
            yield FtpControl(facts, self._gates)


def _tables(systems: Systems) -> Iterable[str]:
    policies = (policy for system in systems.all for policy in system.services.get("utm", {}).values())
    return dict.fromkeys(policy.web.table for policy in policies if policy.web is not None)


SERVICE = Utm(UrlTables(()))
