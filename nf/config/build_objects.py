"""Statements under `security flow tcp-session` and `security utm custom-objects` to their facts."""

from nf.config.errors import Findings
from nf.config.tree import Statement
from nf.policy.tcp_session import TIME_WAIT, TcpSession
from nf.policy.url_categories import UrlCategory

_CUSTOM = ("security", "utm", "custom-objects")


def tcp_session(root: Statement) -> TcpSession:
    """How TCP sessions are checked and timed."""
    place = root.one("security", "flow", "tcp-session")
    standard = TcpSession()
    if place is None:
        return standard
    return TcpSession(
        place.number("tcp-initial-timeout") or standard.tcp_initial_timeout,
        place.has("no-syn-check"), place.has("strict-syn-check"), place.has("no-sequence-check"),
        place.has("rst-sequence-check"), place.has("rst-invalidate-session"), place.has("fin-invalidate-session"),
        _half_closed(place.one("time-wait-state")), place.value("maximum-window") or standard.maximum_window)


def _half_closed(place: Statement | None) -> int | None:
    """Half-closed sessions have always been timed here; the statement says how."""
    if place is None or not place.has("apply-to-half-close-state"):
        return TIME_WAIT
    return None if place.has("session-ageout") else place.number("session-timeout") or TIME_WAIT


def url_categories(root: Statement, findings: Findings) -> dict[str, UrlCategory]:
    """The custom URL categories, each with the patterns of the lists that it names."""
    lists = {entry.name: entry.texts("value") for entry in root.entries(*_CUSTOM, "url-pattern")}
    categories = {}
    for entry in root.entries(*_CUSTOM, "custom-url-category"):
        value = entry.one("value")
        for name, line in value.values.items() if value else ():
            if name not in lists:
                findings.wrong(line, name, "no such url-pattern", lists)
        names = entry.texts("value")
        patterns = dict.fromkeys(pattern for name in names for pattern in lists.get(name, ()))
        categories[entry.name] = UrlCategory(entry.name, names, tuple(patterns))
    return categories
