"""Statements under `security policies` to policies in look-up order, each with the statement that it came from."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from nf.config.build_applications import Applications
from nf.config.build_books import AddressBooks
from nf.config.effects import ASKED_FOR
from nf.config.errors import Findings
from nf.config.extensions import extension
from nf.config.schema import EVERYWHERE
from nf.config.tree import Statement
from nf.policy.match import ANY, AddressMatch, Application, ApplicationMatch, ApplicationTerm
from nf.policy.policies import Action, ApplicationServices, FailMode, Policy, PolicyTable
from nf.policy.profile import SslProxyProfile
from nf.policy.release import NEWEST, Release
from nf.policy.zones import Zone
from nf.protocols import applications
from nf.services import available

_JUNOS_HOST = "junos-host"  # the box itself, a zone that is always there
_ANY_APPLICATION = ApplicationMatch((ANY,), (Application(ANY, (ApplicationTerm(),)),))
_LOOKED_AT = frozenset({"source-address", "destination-address", "source-address-excluded",
                        "destination-address-excluded", "application", "from-zone", "to-zone"})
_DECIDED_LATER = {"dynamic-application": "application", "url-category": "URL category"}
_DEFAULTS = "junos-defaults"
_TCP = 6
_NAMED = ("dynamic-application", "source-identity", "url-category")  # conditions with a field of their own


@dataclass(frozen=True, slots=True)
class Written:
    """A policy and where it stands in the text."""

    policy: Policy
    statement: Statement


@dataclass(frozen=True, slots=True)
class Policies:
    """Builds policies from what they may name: zones, addresses, applications and SSL proxy profiles."""

    zones: Mapping[str, Zone]
    books: AddressBooks
    applications: Applications
    profiles: Mapping[str, SslProxyProfile]
    findings: Findings
    url_categories: Collection[str] = ()  # custom ones
    own_applications: frozenset[str] = frozenset()  # `services application-identification`, groups too
    release: Release = NEWEST

    def written(self, root: Statement) -> Iterator[Written]:
        """The policies of zone pairs in the order of the text, then the global ones."""
        for pair in root.entries("security", "policies", "policy"):
            known = [self._is_zone(zone, pair.line) for zone in pair.keys]
            for entry in pair.all("policy") if all(known) else ():
                yield from self._policy(entry, (pair.keys[0],), (pair.keys[1],), shared=False)
        for entry in root.entries("security", "policies", "global", "policy"):
            sources, destinations = self._zone_names(entry, "from-zone"), self._zone_names(entry, "to-zone")
            yield from self._policy(entry, sources, destinations, shared=True)

    def table(self, root: Statement, written: tuple[Written, ...]) -> PolicyTable:
        """The policies with what happens where none covers a flow, and while it is not known which one does."""
        place = root.one("security", "policies")
        action = place.value("default-policy", "default-action") if place else None
        log = place.one("pre-id-default-policy", "then", "log") if place else None
        return PolicyTable(
            tuple(each.policy for each in written), Action.PERMIT if action == "permit-all" else Action.DENY,
            pre_id_log_init=bool(log and log.has("session-init")), pre_id_log_close=bool(log and log.has("session-close")))

    def _policy(self, entry: Statement, sources: tuple[str, ...], destinations: tuple[str, ...], *,
                shared: bool) -> Iterator[Written]:
        action = self._action(entry)
        from_book, to_book = (None, None) if shared else (sources[0], destinations[0])
        source = self._addresses(entry, "source", from_book)
        destination = self._addresses(entry, "destination", to_book)
        application = self._application(entry)
        if not (action and source and destination and application):
            return
        then = entry.one("then")
        conditions = dict(_conditions(entry))
        policy = Policy(
            entry.name, sources, destinations, source, destination, application, action,
            self._services(then, entry),
            log_init=entry.has("then", "log", "session-init"), log_close=entry.has("then", "log", "session-close"),
            count=entry.has("then", "count"), is_global=shared,
            dynamic_applications=conditions.get("dynamic-application", ()),
            source_identities=conditions.get("source-identity", ()),
            url_categories=conditions.get("url-category", ()),
            other_conditions=tuple(item for item in conditions.items() if item[0] not in _NAMED),
            fail_mode=FailMode.OPEN if extension(entry, "fail-mode") == "open" else FailMode.CLOSED,
            message_profile=entry.value("then", "reject", "profile") or "",
            services_offload=entry.has("then", "permit", "services-offload") or (
                self.release.offloads and not entry.has("then", "permit", "no-services-offload")))
        self._note_conditions(policy, entry)
        yield Written(policy, entry)

    def _action(self, entry: Statement) -> Action | None:
        actions = [action for action in Action if entry.has("then", action.value)]
        if len(actions) == 1:
            return actions[0]
        said = " and ".join(action.value for action in actions) or "no action"
        self.findings.wrong(entry, entry.name, f"policy has {said}, 'then' takes one of permit, deny, reject")
        return None

    def _addresses(self, entry: Statement, side: str, zone: str | None) -> AddressMatch | None:
        leaf = entry.one("match", f"{side}-address")
        if leaf is None:
            self.findings.wrong(entry, entry.name, f"policy has no 'match {side}-address'")
            return None
        return self.books.resolve(leaf, zone, negated=entry.has("match", f"{side}-address-excluded"))

    def _application(self, entry: Statement) -> ApplicationMatch | None:
        leaf = entry.one("match", "application")
        if leaf is not None:
            if _DEFAULTS in leaf.values:
                self.findings.remark(leaf, f"policy {entry.name} match application {_DEFAULTS}",
                                     "stands for every port here, not only for those that are usual for an application")
            return self.applications.resolve(leaf)
        if entry.has("match", "dynamic-application"):
            return _ANY_APPLICATION
        self.findings.wrong(entry, entry.name, "policy has no 'match application'")
        return None

    def _note_conditions(self, policy: Policy, entry: Statement) -> None:
        wider = "covers more than it says" + (", so it permits more" if policy.action is Action.PERMIT else "")
        self._note_open(policy, entry)
        for word, names in policy.conditions:
            if word in _DECIDED_LATER:
                continue
            leaf = entry.one("match", word) or entry
            self.findings.remark(leaf, f"policy {policy.name} match {word} {' '.join(names)}".rstrip(),
                                 f"the condition is not looked at yet: the policy {wider}")

    def _note_open(self, policy: Policy, entry: Statement) -> None:
        """Names by which nothing is ever found, and policies for what is never looked into."""
        if not policy.is_open:
            return
        known = {"dynamic-application": applications.names() | self.own_applications, "url-category": self.url_categories}
        for word, names in policy.conditions:
            for name in names if word in known else ():
                if name not in known[word]:
                    self.findings.remark(entry.one("match", word) or entry, f"policy {policy.name} match {word} {name}",
                                         f"no {_DECIDED_LATER[word]} is known by this name: by it the policy never matches")
        if not any(term.protocol in {None, _TCP} for term in policy.application.terms()):
            self.findings.remark(entry, f"policy {policy.name}", "never matches: only what TCP carries is looked into")

    def _services(self, then: Statement | None, entry: Statement) -> ApplicationServices:
        rejecting = then.one("reject", "ssl-proxy") if then else None
        if rejecting is not None:
            return ApplicationServices(True, self._profile(rejecting))
        asked = then.one("permit", "application-services") if then else None
        ours = self._ours(entry)
        if asked is None:
            return ApplicationServices(others=ours)
        others = ours + tuple((service.word.name, _innermost(service)) for service in asked.children.values()
                       if service.word and not service.inactive and service.word.name in ASKED_FOR)
        proxy = asked.one("ssl-proxy")
        if proxy is None:
            return ApplicationServices(others=others)
        return ApplicationServices(True, self._profile(proxy), proxy.has("disable-http2"), others)

    def _ours(self, entry: Statement) -> tuple[tuple[str, str], ...]:
        """The service that our own setting asks for."""
        name = extension(entry, "service")
        if name is None:
            return ()
        if name not in available():
            self.findings.wrong(entry, name, "no such service", available())
        return ((name, ""),)

    def _profile(self, proxy: Statement) -> str | None:
        leaf = proxy.one("profile-name")
        if leaf is not None and leaf.text not in self.profiles:
            self.findings.wrong(leaf, leaf.text, "no such SSL proxy profile", self.profiles)
        return leaf.text if leaf else None

    def _zone_names(self, entry: Statement, word: str) -> tuple[str, ...]:
        leaf = entry.one("match", word)
        if leaf is None or ANY in leaf.values:
            return ()
        return tuple(name for name, line in leaf.values.items() if self._is_zone(name, line))

    def _is_zone(self, name: str, line: int) -> bool:
        if name in self.zones or name == _JUNOS_HOST:
            return True
        self.findings.wrong(line, name, "no such zone", self.zones)
        return False


def _conditions(entry: Statement) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every condition beyond zones and five-tuple; one that is a container has the value in it."""
    match = entry.one("match")
    for leaf in match.children.values() if match else ():
        if leaf.word and not leaf.inactive and leaf.word.name not in {*_LOOKED_AT, *EVERYWHERE}:
            yield leaf.word.name, tuple(leaf.values) or (_innermost(leaf),)


def _innermost(service: Statement) -> str:
    """The first value at or below a statement: the policy's or rule set's name of a service."""
    waiting = [service]
    while waiting:
        statement = waiting.pop()
        if statement.text:
            return statement.text
        waiting.extend(reversed([child for child in statement.children.values() if not child.inactive]))
    return ""
