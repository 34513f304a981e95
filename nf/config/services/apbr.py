"""Statements under `security advance-policy-based-routing` and `routing-instances` to profiles, policies and ways."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from typing import Final

from nf.config.build_applications import applications as build_applications
from nf.config.services import Scope
from nf.config.tree import Statement
from nf.policy.apbr import Apbr, ApbrPolicy, ApbrProfile, ApbrRule, RoutingInstance
from nf.policy.zones import Route
from nf.protocols import applications

_PATH: Final = ("security", "advance-policy-based-routing")
AREAS = (
    ("security advance-policy-based-routing profile rule", """match dynamic-application | match dynamic-application-group
        match category | then routing-instance routing-instance-name | disable-midstream-routing"""),
    ("security advance-policy-based-routing tunables", "max-route-change | drop-on-zone-mismatch | enable-logging"),
    ("security advance-policy-based-routing policy policy", """match source-address | match destination-address
        match source-address-excluded | match destination-address-excluded | match application | description
        then application-services advance-policy-based-routing-profile"""),
    ("security zones security-zone advance-policy-based-routing-profile", "profile"),
    ("routing-instances instance", "instance-type | description | routing-options static route next-hop"),
)
OWN = ("security advance-policy-based-routing ", "routing-instances ")


def build(scope: Scope) -> Apbr | None:
    """Profiles, where they are attached, and the routing instances; nothing where there are no profiles."""
    place = scope.root.one(*_PATH)
    zones = dict(_zones(scope.root))
    if place is None and not zones:
        return None
    instances = {entry.name: RoutingInstance(entry.name, tuple(_routes(entry, scope)))
                 for entry in scope.root.entries("routing-instances", "instance")}
    profiles = {entry.name: ApbrProfile(entry.name, tuple(_rules(entry, instances, scope)))
                for entry in (place.all("profile") if place else ())}
    for zone, (profile, leaf) in zones.items():
        if profile not in profiles:
            scope.findings.wrong(leaf, profile, f"zone {zone} names a profile that is not there", profiles)
    tunables = place.one("tunables") if place else None
    changes = tunables.number("max-route-change") if tunables else None
    return Apbr(
        profiles, {zone: profile for zone, (profile, _) in zones.items()}, tuple(_policies(scope, profiles)), instances,
        1 if changes is None else changes, bool(tunables and tunables.has("drop-on-zone-mismatch")),
        bool(tunables and tunables.has("enable-logging")))


def _zones(root: Statement) -> Iterator[tuple[str, tuple[str, Statement]]]:
    for zone in root.entries("security", "zones", "security-zone"):
        leaf = zone.one("advance-policy-based-routing-profile", "profile")
        if leaf is not None:
            yield zone.name, (leaf.text, leaf)


def _rules(profile: Statement, instances: Mapping[str, RoutingInstance], scope: Scope) -> Iterator[ApbrRule]:
    for entry in profile.all("rule"):
        match, then = entry.one("match"), entry.one("then")
        names, categories = _matched(match, scope) if match else (frozenset(), ())
        if not names and not categories:
            scope.findings.wrong(entry, entry.name, "a rule matches a dynamic-application, a group or a category")
        leaf = then.one("routing-instance", "routing-instance-name") if then else None
        if leaf is None:
            scope.findings.remark(entry, f"rule {entry.name} then", "no routing-instance: its sessions keep their way")
        elif leaf.text not in instances:
            scope.findings.wrong(leaf, leaf.text, "no such routing instance", instances)
        yield ApbrRule(entry.name, names, tuple(scope.system.url_categories[name] for name in categories),
                       leaf.text if leaf else "", not entry.has("disable-midstream-routing"))


def _matched(match: Statement, scope: Scope) -> tuple[frozenset[str], tuple[str, ...]]:
    own = scope.system.services.get("application_identification")
    known = applications.names() | (frozenset({*(one.name for one in own.applications), *own.groups}) if own else frozenset())
    wanted = {"dynamic-application": known, "dynamic-application-group": known, "category": scope.system.url_categories}
    found: dict[str, tuple[str, ...]] = {}
    for word, there in wanted.items():
        leaf = match.one(word)
        for name, line in leaf.values.items() if leaf else ():
            if name not in there:
                scope.findings.wrong(line, name, f"no such {word}", there)
        found[word] = tuple(name for name in (leaf.values if leaf else ()) if name in there)
    if match.has("dscp"):
        scope.findings.remark(match, "advance-policy-based-routing match dscp",
                              "not looked at: the proxy's sockets do not tell the code point of a client's packets")
    return frozenset((*found["dynamic-application"], *found["dynamic-application-group"])), found["category"]


def _policies(scope: Scope, profiles: Mapping[str, ApbrProfile]) -> Iterator[ApbrPolicy]:
    known = build_applications(scope.root, scope.findings)
    for pair in scope.root.entries(*_PATH, "policy"):
        if pair.name not in scope.system.zone_map.zones:
            scope.findings.wrong(pair, pair.name, "no such zone", scope.system.zone_map.zones)
        for entry in pair.all("policy"):
            leaves = {word: entry.one("match", word) for word in ("source-address", "destination-address", "application")}
            profile = entry.one("then", "application-services", "advance-policy-based-routing-profile")
            source, destination, application = leaves.values()
            if source is None or destination is None or application is None or profile is None:
                scope.findings.wrong(entry, entry.name, "a policy matches source-address, destination-address and application, "
                                                        "and its 'then application-services' names a profile")
                continue
            if profile.text not in profiles:
                scope.findings.wrong(profile, profile.text, "no such profile", profiles)
            books = scope.books
            yield ApbrPolicy(
                entry.name, pair.name,
                books.resolve(source, None, negated=entry.has("match", "source-address-excluded")),
                books.resolve(destination, None, negated=entry.has("match", "destination-address-excluded")),
                known.resolve(application), profile.text)


def _routes(entry: Statement, scope: Scope) -> Iterator[Route]:
    for route in entry.entries("routing-options", "static", "route"):
        try:
            prefix = ip_network(route.name, strict=False)
        except ValueError:
            scope.findings.wrong(route, route.name, "a destination prefix is expected, such as 0.0.0.0/0")
            continue
        hops = route.one("next-hop")
        for text, line in hops.values.items() if hops else ():
            try:
                yield Route(prefix, ip_address(text))
            except ValueError:
                scope.findings.wrong(line, text, "the address of a next hop is expected")
