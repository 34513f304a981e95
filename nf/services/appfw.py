"""The application firewall (Junos: AppFW): rule sets that permit or refuse a session by its application.

Until the application is known nothing of the client's passes (see application identification). `deny` ends both
connections without a word, `reject` by resets; with a block message the client of an HTTP request gets that instead.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from hwmodel.session import Direction
from nf.log.records import ApplicationFacts, LogRecord, session_deny
from nf.policy.appfw import AppFwRule, AppFwRuleSet
from nf.policy.policies import Action
from nf.policy.systems import Systems
from nf.policy.unified import Known
from nf.services import IGNORE, PERMIT, Attachment, Block, Ending, Opinion, Page, Piece, Service, Verdict

_REDIRECT: Final = 302
_TEXT: Final = "Access to this application is not permitted."


class Watch(Service):
    """A rule set on one session; `again` says that each further request is looked up too."""

    rank = 10
    bodies = False

    def __init__(self, rule_set: AppFwRuleSet, attachment: Attachment, counts: Counter[str], *, again: bool) -> None:
        self._rule_set, self._facts, self._counts, self._again = rule_set, attachment.facts, counts, again
        policy = attachment.policy
        self._logs = policy.log_init or policy.log_close
        self._rule: AppFwRule | None = None
        self.reads = rule_set.message is not None  # a message is written by who reads the protocol

    def inspect(self, piece: Piece) -> Opinion:  # noqa: ARG002
        """No bytes are wanted, but for the moment at which a message may have to be written."""
        return PERMIT if self.reads and (self._rule is None or self._again) else IGNORE

    def indifferent(self, direction: Direction) -> bool:  # noqa: ARG002
        """What is decided stands until another request."""
        return self._rule is not None

    def identified(self, known: Known, application: ApplicationFacts, now: float) -> Opinion:  # noqa: ARG002
        """The first rule that covers it decides, once nothing better will be known."""
        if not known.final:
            return PERMIT
        rule = self._rule_set.rule(known, application.encrypted == "Yes")
        if rule is not self._rule:
            self._counts[f"{self._rule_set.name} {rule.name}"] += 1
        self._rule = rule
        return PERMIT if rule.action is Action.PERMIT else self._refuse(rule, known, application)

    def _refuse(self, rule: AppFwRule, known: Known, application: ApplicationFacts) -> Opinion:
        page = self._page(known) if rule.tells else None
        if page is not None:
            self._counts[f"{self._rule_set.name} {rule.name} told"] += 1
        reason = f"application firewall rule-set {self._rule_set.name} rule {rule.name}"
        ending = Ending.SILENT if rule.action is Action.DENY else Ending.RESET
        return Opinion(Verdict.BLOCK, self._denied(reason, application), block=Block(reason, page, ending))

    def _denied(self, reason: str, application: ApplicationFacts) -> tuple[LogRecord, ...]:
        return (session_deny(self._facts, reason, application=application),) if self._logs else ()

    def _page(self, known: Known) -> Page | None:
        message = self._rule_set.message
        if message is None or known.exchange is None:
            return None
        if message.location:
            return Page(known.exchange, status=_REDIRECT, location=message.location)
        return Page(known.exchange, message.text or _TEXT)


class AppFw:
    """The rule sets of all systems, and how often each rule has decided in this worker."""

    asked_by: ClassVar = ("application-firewall",)

    def __init__(self, systems: Systems = Systems()) -> None:  # noqa: B008 - frozen
        self._systems = systems
        self._counts: dict[str, Counter[str]] = {}

    @staticmethod
    def prepare(systems: Systems) -> "AppFw":
        """The same with what the configuration says."""
        return AppFw(systems)

    def attach(self, attachment: Attachment) -> Watch | None:
        """Active where the policy names a rule set."""
        name, firewall = attachment.asked("application-firewall"), attachment.system.services.get("appfw")
        rule_set = None if name is None or firewall is None else firewall.rule_sets.get(name)
        if rule_set is None or firewall is None:
            return None
        counts = self._counts.setdefault(attachment.system.name, Counter())
        return Watch(rule_set, attachment, counts, again=firewall.dynamic_lookup)

    def report(self, word: str, about: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        """`rule-sets` and how often each rule decided; `clear rule-sets` counts anew."""
        if word == "clear rule-sets":
            self._counts.clear()
            return {}
        return {"rule-sets": {f"{system.name} {name}": self._row(system.name, rule_set) for system in self._systems.all
                              if (firewall := system.services.get("appfw")) is not None
                              for name, rule_set in firewall.rule_sets.items()}}

    def _row(self, system: str, rule_set: AppFwRuleSet) -> dict[str, Any]:
        counts = self._counts.get(system, Counter())
        rules = {rule.name: {
            "applications": " ".join(sorted(rule.names)), "encrypted": rule.encrypted, "action": rule.action.value,
            "matched": counts[f"{rule_set.name} {rule.name}"], "redirected": counts[f"{rule_set.name} {rule.name} told"]}
            for rule in (*rule_set.rules, rule_set.default)}
        return {"system": system, "name": rule_set.name, "rules": rules}


SERVICE = AppFw()
