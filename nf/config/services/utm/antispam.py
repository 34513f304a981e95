"""`feature-profile anti-spam sbl` and its defaults to anti-spam profiles."""

from typing import cast

from nf.config.errors import Findings
from nf.config.services.utm.layers import Layers
from nf.config.services.utm.objects import Objects
from nf.config.tree import Statement
from nf.policy.utm import AntiSpam, Endpoint, SpamAction

_DNS = 53


def spam_profiles(utm: Statement, objects: Objects, findings: Findings) -> dict[str, AntiSpam | None]:
    """The profiles by name; None where `type anti-spam-none` switches them off."""
    feature = utm.one("default-configuration", "anti-spam")
    sbl = feature.one("sbl") if feature else None
    off = feature is not None and feature.value("type") == "anti-spam-none"
    return {entry.name: None if off else _profile(entry, Layers.of(entry, sbl), Layers.of(entry, feature), objects, findings)
            for entry in utm.entries("feature-profile", "anti-spam", "sbl", "profile")}


def _profile(entry: Statement, place: Layers, lists: Layers, objects: Objects, findings: Findings) -> AntiSpam:
    standard = AntiSpam(entry.name)
    asks = not place.has("no-sbl-default-server")
    zone = (place.setting("sbl-zone") or "") if asks else ""
    resolver = _resolver(place.setting("resolver") or place.value("server", "ip"))
    if zone and resolver is None:
        findings.remark(entry, f"anti-spam sbl profile {entry.name}", "nobody is asked for sbl-zone: there is no resolver")
    if asks and not zone:
        findings.remark(entry, f"anti-spam sbl profile {entry.name}", "only its own lists count: Juniper's SBL server is not "
                        "asked, and 'apply-macro srxnf sbl-zone' of 'default-configuration anti-spam sbl' names no other")
    return AntiSpam(
        entry.name, zone if resolver else "", resolver,
        cast("SpamAction", place.value("spam-action") or standard.action), place.value("custom-tag-string") or standard.tag,
        _senders(lists, "address-whitelist", objects), _senders(lists, "address-blacklist", objects))


def _senders(lists: Layers, word: str, objects: Objects) -> tuple[str, ...]:
    return tuple(map(str.lower, objects.texts(lists.one(word), "url-pattern")))


def _resolver(text: str | None) -> Endpoint | None:
    if text is None:
        return None
    if text.startswith("["):
        host, _, port = text[1:].partition("]")
        return Endpoint("udp", host, int(port[1:] or _DNS))
    host, _, port = text.partition(":") if text.count(":") == 1 else (text, "", "")
    return Endpoint("udp", host, int(port or _DNS))
