"""What a web filtering profile says of a URL: lists first, then categories, then the site's reputation, then the default."""

from dataclasses import dataclass

from nf.policy.url_categories import UrlCategory
from nf.policy.url_patterns import covers
from nf.policy.utm import CategoryAction, Notice, WebAction, WebFiltering
from nf.services.utm.url_tables import UrlTables

NONE = "N/A"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What happens, and by what: the words of the log, and of the statistics."""

    action: WebAction
    reason: str
    counted: str
    category: str = NONE
    notice: Notice = Notice()
    risk: str = "0"


def judge(profile: WebFiltering, tables: UrlTables, host: str, path: str | None) -> Judgement:
    """Of a host in lower case without port, and of a path, None where it is not known."""
    if _in(profile.whitelist, host, path):
        return Judgement("permit", "BY_WHITE_LIST", "White list hit", _name(profile.whitelist))
    if _in(profile.blacklist, host, path):
        return Judgement("block", "BY_BLACK_LIST", "Black list hit", _name(profile.blacklist), profile.notice)
    for category in profile.categories:
        if category.action is not None and _in(category.patterns, host, path):
            return _by_category(profile, category, "BY_USER_DEFINED", "Custom category")
    return _by_site(profile, tables, host) or Judgement(
        profile.default, "BY_OTHER", f"Default {profile.default}", notice=profile.notice)


def _by_site(profile: WebFiltering, tables: UrlTables, host: str) -> Judgement | None:
    """By what the table knows of the site; by the fallback where there is no table."""
    if profile.reputation is None:
        return None
    if not tables.ready(profile.table):
        return Judgement(profile.fallback, "BY_FALLBACK", f"Fallback {profile.fallback}", notice=profile.notice)
    site = tables.find(profile.table, host)
    if site is None:
        return None
    predefined = next((one for one in profile.categories if one.patterns is None and one.name == site.category), None)
    risk = str(100 - site.reputation)
    if predefined is not None and predefined.action is not None:
        return _by_category(profile, predefined, "BY_PRE_DEFINED", "Predefined category", risk)
    kind = profile.reputation.kind(site.reputation)
    action = profile.reputation.actions.get(kind)
    if action is None:
        return None
    return Judgement(action, f"BY_SITE_REPUTATION_{kind.upper().replace('-', '_')}", f"Site reputation {action}", site.category,
                     profile.notice, risk)


def _by_category(profile: WebFiltering, category: CategoryAction, reason: str, counted: str, risk: str = "0") -> Judgement:
    action = category.action or profile.default
    notice = category.notice if category.notice != Notice() else profile.notice
    return Judgement(action, reason, f"{counted} {action}", category.name, notice, risk)


def _in(category: UrlCategory | None, host: str, path: str | None) -> bool:
    return category is not None and covers(category.patterns, host, path)


def _name(category: UrlCategory | None) -> str:
    return category.name if category else NONE
