"""Routing by application (Junos: APBR): says which routing instance's way a session is to take, once it is known what it is.

The first packet takes it where the application cache knows the server. A session that has begun is moved where its rule
lets it be, and not more often than `max-route-change`. Into another zone nothing is moved: its policies were not asked.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from nf.log.apptrack_records import apbr_zone_mismatch, apptrack_route_update
from nf.log.records import ApplicationFacts, LogRecord, Route
from nf.policy.apbr import Apbr, ApbrProfile, ApbrRule
from nf.policy.systems import Systems
from nf.policy.unified import Known
from nf.services import PERMIT, Attachment, Block, Opinion, Scope, Service, Verdict


class Router(Service):
    """One profile on one session."""

    rank = 12
    watches = False  # what the bytes tell is heard of

    def __init__(self, options: Apbr, profile: ApbrProfile, attachment: Attachment, counts: Counter[str]) -> None:
        self._options, self._profile, self._attachment, self._counts = options, profile, attachment, counts
        self._logs = options.logs or attachment.is_tracked
        self._begun = False  # the first packet is on its way
        self._changes = 0  # since then
        self._rule: ApbrRule | None = None

    def open(self, now: float) -> Opinion:  # noqa: ARG002
        """What is heard from now on comes after the first packet."""
        self._begun = True
        return PERMIT

    def identified(self, known: Known, application: ApplicationFacts, now: float) -> Opinion:  # noqa: ARG002
        """The first rule that covers it; a session that no rule covers keeps its way."""
        rule = self._profile.rule(known)
        if rule is None or not rule.instance or rule is self._rule:
            return PERMIT
        route = Route(self._profile.name, rule.name, rule.instance)
        moved = ApplicationFacts(application.application, application.nested_application, application.encrypted, route=route)
        if self._mismatch(rule):
            return self._mismatched(moved)
        if self._begun:
            if not rule.midstream or self._changes >= self._options.most_changes:
                self._counts["midstream-rerouting-disabled"] += 1
                return PERMIT
            self._changes += 1
        self._rule = rule
        self._counts["midstream-rerouted" if self._begun else "cache-hit-rerouted"] += 1
        self._counts[f"{self._profile.name} {rule.name}"] += 1
        record = apptrack_route_update(self._attachment.facts, moved)
        return Opinion(Verdict.PERMIT, (record,) if self._logs else (), route=route)

    def _mismatch(self, rule: ApbrRule) -> bool:
        """Whether the routing instance leads into another zone, as far as the configuration's addresses tell."""
        server, zones = self._attachment.facts.five_tuple.dst, self._attachment.system.zone_map
        hop = self._options.instances[rule.instance].next_hop(server)
        interface = None if hop is None else zones.interface_towards(hop)
        zone = None if interface is None else zones.zone_of(interface.name)
        return interface is not None and (zone is None or zone.name != self._attachment.destination_zone.name)

    def _mismatched(self, moved: ApplicationFacts) -> Opinion:
        self._counts["zone-mismatch"] += 1
        drops = self._options.drops_mismatch
        record: tuple[LogRecord, ...] = (
            apbr_zone_mismatch(self._attachment.facts, moved, "Drop" if drops else "Keep"),) if self._logs else ()
        if drops:
            return Opinion(Verdict.BLOCK, record, block=Block("routing by application leads into another zone"))
        return Opinion(Verdict.PERMIT, record)


class RoutesByApplication:
    """What a worker's sessions share: counters."""

    def __init__(self, systems: Systems = Systems()) -> None:  # noqa: B008 - frozen
        self._systems = systems
        self._counts: Counter[str] = Counter()

    @staticmethod
    def prepare(systems: Systems) -> "RoutesByApplication":
        """The same with what the configuration says."""
        return RoutesByApplication(systems)

    @staticmethod
    def concerns(scope: Scope) -> bool:
        """Whether there are profiles at all."""
        return scope.system.services.get("apbr") is not None

    def attach(self, attachment: Attachment) -> Router | None:
        """Active where the zone that a session comes from has a profile, or a policy names one for it."""
        options: Apbr | None = attachment.system.services.get("apbr")
        profile = None if options is None else options.profile(attachment.source_zone, attachment.facts.five_tuple)
        if options is None or profile is None:
            return None
        self._counts["sessions-processed"] += 1
        return Router(options, profile, attachment, self._counts)

    def report(self, word: str, about: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        """`statistics`, and the profiles with how often each rule decided; `clear statistics` counts anew."""
        if word == "clear statistics":
            self._counts.clear()
            return {}
        rows = {f"{system.name} {name}": {
            "system": system.name, "name": name, "rules": {rule.name: {
                "instance": rule.instance, "applied": self._counts[f"{name} {rule.name}"]} for rule in profile.rules}}
            for system in self._systems.all if (options := system.services.get("apbr")) is not None
            for name, profile in options.profiles.items()}
        return {"counters": dict(self._counts), "profiles": rows}


SERVICE = RoutesByApplication()
