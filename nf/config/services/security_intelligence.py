"""Statements under `services security-intelligence` to feeds, profiles and policies."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nf.config.extensions import extension
from nf.config.services import Scope
from nf.config.tree import Statement
from nf.policy.pki import is_fetchable
from nf.policy.security_intelligence import (
    FEED_DIRECTORY,
    GEO_IP,
    CategoryProfile,
    Feed,
    Notice,
    Rule,
    SecIntelPolicy,
    SecurityIntelligence,
    Treatment,
)

_THEN = """then action . | then action permit | then action block . | then action block drop | then action block close .
    then action block close http message | then action block close http redirect-url | then action recommended
    then action sinkhole | then log"""
AREAS = (
    ("services security-intelligence", """category all disable | category category-name . | category category-name disable
        global-disable-feed"""),
    ("services security-intelligence profile", "description | category"),
    ("services security-intelligence profile rule", f"match feed-name | match threat-level\n{_THEN}"),
    ("services security-intelligence profile default-rule", f"then . | then no-log\n{_THEN}"),
    ("services security-intelligence policy", "description | category-profiles profile-name"),
)
OWN: tuple[str, ...] = ()
_ROOT = ("services", "security-intelligence")
_LOOKED_AT = frozenset({"CC", "Infected-Hosts", GEO_IP, "IPFilter"})


def build(scope: Scope) -> SecurityIntelligence | None:
    """Policies and feeds of the box, which hold in its logical systems too."""
    found = scope.shared or _Reader(scope).build()
    scope.check_asked("security-intelligence-policy", "a security-intelligence policy", found.policies if found else ())
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    scope: Scope

    def build(self) -> SecurityIntelligence | None:
        root = self.scope.root.one(*_ROOT)
        if root is None:
            return None
        feeds = tuple(self._feeds(root))
        profiles = {entry.name: self._profile(entry, feeds) for entry in root.all("profile")}
        policies = {entry.name: self._policy(entry, profiles) for entry in root.all("policy")}
        return SecurityIntelligence(policies, feeds)

    def _feeds(self, root: Statement) -> Iterator[Feed]:
        """Those that are not switched off, each name once."""
        off = {entry.name for entry in root.entries("global-disable-feed", "feed-name")}
        if root.has("category", "all", "disable") or root.has("global-disable-feed", "all"):
            return
        directory, names = extension(root, "feed-directory") or FEED_DIRECTORY, set[str]()
        for entry in root.entries("category", "category-name"):
            interval = int(extension(entry, "feed-interval") or Feed("", "", "").interval)
            for words in (extension(entry, "feeds") or "").split():
                name, _, source = words.partition("=")
                if not source:
                    continue  # which is noted where settings are looked at
                if name in names:
                    self.scope.findings.wrong(entry, name, "another feed has this name")
                names.add(name)
                if source[0] != "/" and not is_fetchable(source):
                    self.scope.findings.wrong(entry, source, "expected /PATH, http://HOST… or https://HOST…")
                if name not in off and not entry.has("disable"):
                    fetched = source[0] != "/"
                    yield Feed(name, entry.name, str(Path(directory, name)) if fetched else source,
                               source if fetched else "", interval)

    def _profile(self, entry: Statement, feeds: tuple[Feed, ...]) -> CategoryProfile:
        category = entry.value("category") or ""
        about = f"profile {entry.name}"
        if category not in _LOOKED_AT:
            self.scope.findings.remark(entry, f"security-intelligence {about} category",
                                       f"nothing is looked up for category {category or '(none)'} here")
        elif category not in {feed.category for feed in feeds}:
            self.scope.findings.remark(
                entry, f"security-intelligence {about}", f"there is no feed of category {category}; name one by `category "
                f"{category} apply-macro srxnf feeds NAME=SOURCE`")
        rules = tuple(self._rule(rule, category, feeds, about) for rule in entry.all("rule"))
        return CategoryProfile(entry.name, category, rules, self._then(entry.one("default-rule", "then"), about))

    def _rule(self, entry: Statement, category: str, feeds: tuple[Feed, ...], about: str) -> Rule:
        names = frozenset(each.name for each in entry.entries("match", "feed-name"))
        known = [feed.name for feed in feeds if feed.category == category]
        for each in entry.entries("match", "feed-name"):
            if category != GEO_IP and each.name not in known:
                self.scope.findings.remark(each, f"security-intelligence {about} rule {entry.name} feed-name",
                                           f"no feed {each.name} is there, so it fits nothing")
        levels = entry.texts("match", "threat-level")
        for text in levels:
            if not (text.isdecimal() and 1 <= int(text) <= 10):
                self.scope.findings.wrong(entry, text, "expected a threat level from 1 to 10")
        return Rule(entry.name, names, frozenset(int(text) for text in levels if text.isdecimal()),
                    self._then(entry.one("then"), f"{about} rule {entry.name}"))

    def _then(self, then: Statement | None, about: str) -> Treatment:
        if then is None:
            return Treatment()
        action: Literal["permit", "drop", "close", "recommended"] = "permit"
        if then.has("action", "sinkhole"):
            self.scope.findings.remark(then, f"security-intelligence {about} then action sinkhole",
                                       "sinkhole is for DNS, which nobody answers here: the session is dropped")
            action = "drop"
        elif then.has("action", "block", "close"):
            action = "close"
        elif then.has("action", "block"):
            action = "drop"
        elif then.has("action", "recommended"):
            action = "recommended"
        http = then.one("action", "block", "close", "http")
        notice = None if http is None else Notice(http.value("message") or "", http.value("redirect-url") or "")
        return Treatment(action, then.has("log"), notice)

    def _policy(self, entry: Statement, profiles: Mapping[str, CategoryProfile]) -> SecIntelPolicy:
        chosen = {}
        for each in entry.all("category-profiles"):
            name = each.value("profile-name") or ""
            profile = profiles.get(name)
            if profile is None:
                self.scope.findings.wrong(each, name or each.name, "no such security-intelligence profile", profiles)
            elif profile.category != each.name:
                self.scope.findings.wrong(each, name, f"this profile is of category {profile.category}, not {each.name}")
            else:
                chosen[each.name] = profile
        return SecIntelPolicy(entry.name, chosen)
