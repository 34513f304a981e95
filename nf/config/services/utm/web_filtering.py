"""`feature-profile web-filtering` and `default-configuration web-filtering` to web filtering profiles."""

from collections.abc import Iterator
from typing import cast

from nf.config.errors import Findings
from nf.config.services.utm.layers import Layers
from nf.config.services.utm.objects import Objects
from nf.config.tree import Statement
from nf.policy.url_table import shipped_table
from nf.policy.utm import REPUTATIONS, CategoryAction, Fallback, Reputation, WebAction, WebFiltering

ENGINES = ("juniper-local", "juniper-enhanced", "ng-juniper")
_FOREIGN = "websense-redirect"
_PREDEFINED = "Enhanced_"  # Juniper's names for them begin so
_THRESHOLDS = {"very-safe": 90, "moderately-safe": 80, "fairly-safe": 70, "suspicious": 60}


class WebProfiles:
    """Makes every profile of every engine, with what the defaults add."""

    def __init__(self, utm: Statement, objects: Objects, findings: Findings) -> None:
        self._utm, self._objects, self._findings = utm, objects, findings
        self._default = utm.one("default-configuration", "web-filtering")

    def all(self) -> dict[str, WebFiltering | None]:
        """The profiles by name; None for one that does nothing here."""
        found: dict[str, WebFiltering | None] = dict.fromkeys(
            entry.name for entry in self._entries(_FOREIGN))
        for entry in self._entries(_FOREIGN):
            self._findings.remark(entry, f"web-filtering {_FOREIGN} profile {entry.name}",
                                  "no effect: no Websense server is asked, and sites pass unfiltered")
        for engine in ENGINES:
            self._note_cloud(engine)
            found |= {entry.name: self._profile(entry, engine) for entry in self._entries(engine)}
        kind = self._default.one("type") if self._default else None
        if kind is not None and kind.text == "web-filtering-none":
            self._findings.remark(kind, "web-filtering type web-filtering-none", "profiles of web filtering have no effect")
            return dict.fromkeys(found)
        return found

    def _note_cloud(self, engine: str) -> None:
        first = next(self._entries(engine), None)
        if first is not None and engine != "juniper-local":
            self._findings.remark(first, f"web-filtering {engine}", "Juniper's cloud is not asked: categories and reputations "
                                  "come from a table of ours, or from that of 'apply-macro srxnf url-table'")

    def _entries(self, engine: str) -> Iterator[Statement]:
        return self._utm.entries("feature-profile", "web-filtering", engine, "profile")

    def _profile(self, entry: Statement, engine: str) -> WebFiltering:
        defaults = self._default.one(engine) if self._default else None
        place, whole = Layers.of(entry, defaults), Layers.of(self._default)
        fallback = place.below("fallback-settings")
        return WebFiltering(
            entry.name, engine, tuple(self._categories(place, engine)),
            default=cast("WebAction", place.value("default") or "permit"),
            whitelist=self._objects.category(whole.one("url-whitelist")),
            blacklist=self._objects.category(whole.one("url-blacklist")),
            reputation=None if engine == "juniper-local" else _reputation(place),
            table=whole.setting("url-table") or "",
            fallback=cast("Fallback", fallback.value("server-connectivity") or fallback.value("default") or "block"),
            notice=self._objects.message(place))

    def _categories(self, place: Layers, engine: str) -> Iterator[CategoryAction]:
        for entry in place.all("category"):
            custom = self._objects.categories.get(entry.name)
            if custom is None:
                self._check_predefined(entry, engine)
            yield CategoryAction(entry.name, cast("WebAction | None", entry.value("action")), custom,
                                 self._objects.message(Layers.of(entry)))

    def _check_predefined(self, entry: Statement, engine: str) -> None:
        """Predefined categories are those of the local table; others that Juniper has are empty here."""
        known = [*self._objects.categories, *(shipped_table().categories if engine != "juniper-local" else ())]
        if entry.name in known:
            return
        if engine == "juniper-local" or not entry.name.startswith(_PREDEFINED):
            self._findings.wrong(entry, entry.name, "no such URL category", known)
        else:
            self._findings.remark(entry, f"category {entry.name}", "the table that comes with srxnf has no host in it")


def _reputation(place: Layers) -> Reputation:
    actions = place.below("site-reputation-action")
    said = {kind: cast("WebAction", action) for kind in REPUTATIONS if (action := actions.value(kind))}
    thresholds = tuple(place.number("reputation", f"reputation-{kind}") or standard for kind, standard in _THRESHOLDS.items())
    return Reputation(cast("tuple[int, int, int, int]", thresholds), said)
