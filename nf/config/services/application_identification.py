"""Statements under `services application-identification` to their facts: custom applications, groups, limits and the cache."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Final, cast

import hyperscan

from nf.config.errors import Findings
from nf.config.services import Scope
from nf.config.tree import Statement
from nf.policy.appid import (
    BYTE_LIMIT,
    CACHE_TIMEOUT,
    AddressMapping,
    ApplicationIdentification,
    CustomApplication,
    Member,
    Side,
    Signature,
)
from nf.policy.match import PortRange
from nf.protocols import applications

_PATH: Final = ("services", "application-identification")
AREAS = (
    (" ".join(_PATH), """application-group applications | application-group application-groups | application-group .
        application-system-cache | application-system-cache-timeout | no-application-system-cache
        no-application-identification | inspection-limit tcp byte-limit | inspection-limit tcp ."""),
    ("services application-identification application", """description | cacheable | risk | priority | order
        address-mapping filter ip | address-mapping filter port-range tcp | over signature port-range
        over signature member depth | over signature member context | over signature member pattern
        over signature member direction"""),
)
OWN = ()
MOST_MEMBERS: Final = 5
CONTEXTS: Final = (
    "http-header-host", "http-header-user-agent", "http-header-content-type", "http-header-cookie", "http-header-referer",
    "http-url-parsed", "http-url-parsed-param-parsed", "http-get-url-parsed-param-parsed",
    "http-post-url-parsed-param-parsed", "ssl-server-name", "stream")
_CARRIERS: Final = ("HTTP", "SSL", "TCP")
_NO_CASE: Final = re.compile(r"\\\[(.*?)\\\]")  # Junos: letters of either case


def build(scope: Scope) -> ApplicationIdentification | None:
    """What the text says; a logical system has what the box has."""
    place = scope.root.one(*_PATH)
    if place is None or not scope.system.is_root:
        return None
    own = [found for entry in place.all("application") if (found := _application(entry, scope.findings)) is not None]
    own.sort(key=lambda each: (each.priority != "high", each.order, each.name))
    cache = place.one("application-system-cache")
    timeout = place.number("application-system-cache-timeout")
    limits = place.one("inspection-limit", "tcp")
    limit = limits.number("byte-limit") if limits else None
    return ApplicationIdentification(
        tuple(own), _groups(place, scope.findings), BYTE_LIMIT if limit is None else limit,
        caches=not place.has("no-application-system-cache") and timeout != 0,
        cache_for_security=bool(cache and cache.has("security-services")),
        cache_for_others=not (cache and cache.has("no-miscellaneous-services")),
        cache_timeout=CACHE_TIMEOUT if timeout is None else timeout,
        off=place.has("no-application-identification"))


def names(root: Statement) -> frozenset[str]:
    """The applications and groups that a text makes."""
    place = root.one(*_PATH)
    return frozenset() if place is None else frozenset(
        entry.name for word in ("application", "application-group") for entry in place.all(word))


def _application(entry: Statement, findings: Findings) -> CustomApplication | None:
    if entry.name in applications.names():
        findings.wrong(entry, entry.name, "this is the name of a predefined application or group")
        return None
    for word in ("icmp-mapping", "ip-protocol-mapping"):
        found = entry.one(word)
        if found is not None:
            findings.remark(found, f"application {entry.name} {word}", "never matches: only what TCP carries is looked into")
    signatures = tuple(signature for over in entry.all("over") for signature in _signatures(entry, over, findings))
    addresses = tuple(_mapping(each, findings) for each in entry.all("address-mapping"))
    return CustomApplication(
        entry.name, signatures, addresses, "high" if entry.value("priority") == "high" else "low",
        entry.number("order") or 50000, entry.number("risk") or 0, entry.has("cacheable"))


def _signatures(entry: Statement, over: Statement, findings: Findings) -> Iterator[Signature]:
    if over.name.upper() not in _CARRIERS:
        findings.remark(over, f"application {entry.name} over {over.name}",
                        f"never matches: only what {', '.join(_CARRIERS)} carry is looked into")
        return
    for signature in over.all("signature"):
        members = tuple(_member(entry, each, findings) for each in signature.all("member"))
        if not 1 <= len(members) <= MOST_MEMBERS:
            findings.wrong(signature, signature.name, f"a signature has 1 to {MOST_MEMBERS} members")
        yield Signature(signature.name, over.name.upper(), members, _ports(signature.one("port-range"), findings))


def _member(entry: Statement, member: Statement, findings: Findings) -> Member:
    context, pattern = member.value("context") or "", member.value("pattern") or ""
    if not context or not pattern:
        findings.wrong(member, member.name, "a member has a context and a pattern")
    elif context not in CONTEXTS:
        findings.remark(member, f"application {entry.name} context {context}",
                        f"not looked at, so the signature never matches; known are {', '.join(CONTEXTS)}")
    direction = member.value("direction") or "any"
    try:
        hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK).compile(expressions=[expression(pattern).encode()], flags=[0])
    except hyperscan.error as error:
        findings.wrong(member.one("pattern") or member, pattern, f"no regular expression that can be looked for: {error}")
    return Member(context, expression(pattern), cast("Side", direction), member.number("depth"))


def expression(pattern: str) -> str:
    r"""A pattern of Junos as others write it: `\\[letters\\]` is letters in either case.

    >>> expression(r"www\\.\\[shop\\]\\.test")
    'www\\\\.(?i:shop)\\\\.test'
    """
    return _NO_CASE.sub(r"(?i:\1)", pattern)


def _mapping(entry: Statement, findings: Findings) -> AddressMapping:
    text = entry.one("filter", "ip")
    network = None
    if text is not None:
        try:
            network = ip_network(text.text, strict=False)
        except ValueError:
            findings.wrong(text, text.text, "a prefix is expected, such as 192.0.2.0/24")
    tcp = _ports(entry.one("filter", "port-range", "tcp"), findings)
    udp = entry.one("filter", "port-range", "udp")
    if udp is not None:
        findings.remark(udp, "address-mapping filter port-range udp", "never matches: only what TCP carries is looked into")
    return AddressMapping(network, tcp, any_port=not tcp and udp is None)


def _ports(leaf: Statement | None, findings: Findings) -> tuple[PortRange, ...]:
    found = []
    for text, line in leaf.values.items() if leaf else ():
        low, _, high = text.partition("-")
        high = high or low
        if low.isdecimal() and high.isdecimal() and int(low) <= int(high) <= 0xFFFF:
            found.append(PortRange(int(low), int(high)))
        else:
            findings.wrong(line, text, "a port or a range of ports is expected, such as 8000-8010")
    return tuple(found)


def _groups(place: Statement, findings: Findings) -> Mapping[str, frozenset[str]]:
    """Groups of one's own, unfolded; members that do not exist are mistakes."""
    own, known = {entry.name: entry for entry in place.all("application-group")}, names_of_applications(place)
    for entry in own.values():
        for word, there in (("applications", known), ("application-groups", {*own, *applications.groups()})):
            for member in entry.all(word):
                if member.name not in there:
                    findings.wrong(member, member.name, f"no such {word.removesuffix('s')}", there)
    return {name: frozenset(_members(name, own)) for name in own}


def names_of_applications(place: Statement) -> frozenset[str]:
    """Every application, predefined or of one's own."""
    return frozenset(applications.predefined()) | frozenset(entry.name for entry in place.all("application"))


def _members(start: str, own: Mapping[str, Statement]) -> Iterator[str]:
    waiting, seen = [start], {start}
    while waiting:
        name = waiting.pop()
        if name not in own:
            yield from applications.groups().get(name, ())
            continue
        yield from (member.name for member in own[name].all("applications"))
        inner = [member.name for member in own[name].all("application-groups") if member.name not in seen]
        seen.update(inner)
        waiting += inner
