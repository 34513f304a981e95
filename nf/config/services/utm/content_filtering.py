"""`feature-profile content-filtering` and rule sets of a policy to what content may pass."""

from collections.abc import Iterator
from typing import Literal, cast

from nf.config.errors import Findings
from nf.config.services.utm.layers import Layers
from nf.config.services.utm.objects import Objects, notice
from nf.config.tree import Statement
from nf.policy.utm import ContentAction, ContentFiltering, ContentRule
from nf.protocols.file_types import FILE_TYPES

_KINDS = ("activex", "java-applet", "exe", "zip", "http-cookie")
APPLICATIONS = ("HTTP", "FTP", "SMTP", "IMAP", "POP3")


def content_profiles(utm: Statement, objects: Objects) -> dict[str, ContentFiltering | None]:
    """The profiles by name; None where `type content-filtering-none` switches them off."""
    defaults = utm.one("default-configuration", "content-filtering")
    off = defaults is not None and defaults.value("type") == "content-filtering-none"
    return {entry.name: None if off else _profile(entry, Layers.of(entry, defaults), objects)
            for entry in utm.entries("feature-profile", "content-filtering", "profile")}


def _profile(entry: Statement, place: Layers, objects: Objects) -> ContentFiltering:
    def words(leaf: str, kind: str) -> frozenset[str]:
        return frozenset(text.lower().lstrip(".") for text in objects.texts(place.one(leaf), kind))

    kinds = place.below("block-content-type")
    return ContentFiltering(
        entry.name,
        permitted=frozenset(map(str.upper, words("permit-command", "protocol-command"))),
        blocked=frozenset(map(str.upper, words("block-command", "protocol-command"))),
        extensions=words("block-extension", "filename-extension"),
        mimes=objects.mimes(place.one("block-mime")),
        kinds=frozenset(kind for kind in _KINDS if kinds.has(kind)),
        notice=notice(place.below("notification-options")))


def content_rules(place: Layers, findings: Findings) -> Iterator[ContentRule]:
    """The rules of all rule sets, in the order in which they are tried."""
    for rule_set in place.all("rule-set"):
        for rule in rule_set.all("rule"):
            match, then = Layers.of(rule.one("match")), Layers.of(rule.one("then"))
            direction = cast('Literal["upload", "download", "any"]', match.value("direction") or "any")
            yield ContentRule(
                f"{rule_set.name}/{rule.name}", frozenset(_known(match, "applications", APPLICATIONS, findings)), direction,
                frozenset(_known(match, "file-types", FILE_TYPES, findings)),
                cast("ContentAction", then.value("action") or "no-action"), then.has("notification", "log"),
                notice(then.below("notification", "endpoint")))


def _known(place: Layers, word: str, known: tuple[str, ...], findings: Findings) -> Iterator[str]:
    """The values of a leaf-list in the spelling that is known; `any` is no condition."""
    statement = place.one(word)
    spelt = {text.lower(): text for text in known}
    values = statement.values if statement and "any" not in statement.values else {}
    for text, line in values.items():
        name = text.lower().removeprefix("junos-").removeprefix("junos:")
        if name not in spelt:
            findings.wrong(line, text, f"no such value of {word}", known)
        else:
            yield spelt[name]
