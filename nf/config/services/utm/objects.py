"""`security utm custom-objects`: the lists and messages that profiles name."""

from collections.abc import Mapping

from nf.config.errors import Findings
from nf.config.services.utm.layers import Layers
from nf.config.tree import Statement
from nf.policy.url_categories import UrlCategory
from nf.policy.utm import MimeTypes, Notice


class Objects:
    """Looks names up, and notes those that lead nowhere."""

    def __init__(self, root: Statement, categories: Mapping[str, UrlCategory], findings: Findings) -> None:
        custom = root.one("security", "utm", "custom-objects")
        self._lists = {word: {entry.name: entry for entry in custom.all(word)} if custom else {}
                       for word in ("url-pattern", "filename-extension", "mime-pattern", "protocol-command", "custom-message")}
        self.categories = categories
        self._findings = findings

    def texts(self, named: Statement | None, word: str) -> tuple[str, ...]:
        """The values of the list that a leaf names; nothing where there is no leaf or no such list."""
        entry = self._find(named, word)
        return entry.texts("value") if entry else ()

    def mimes(self, place: Statement | None) -> MimeTypes:
        """`list` and `exception` of a place."""
        if place is None:
            return MimeTypes()
        listed, but = (self.texts(place.one(word), "mime-pattern") for word in ("list", "exception"))
        return MimeTypes(tuple(map(str.lower, listed)), tuple(map(str.lower, but)))

    def category(self, named: Statement | None) -> UrlCategory | None:
        """The custom URL category that a leaf names."""
        if named is None:
            return None
        if named.text not in self.categories:
            self._findings.wrong(named, named.text, "no such custom-url-category", self.categories)
        return self.categories.get(named.text)

    def message(self, place: Layers) -> Notice:
        """What `custom-message` of a place has clients told."""
        entry = self._find(place.one("custom-message"), "custom-message")
        content = entry.value("content") or "" if entry else ""
        match entry.value("type") if entry else None:
            case "redirect-url":
                return Notice(location=content)
            case "custom-page":
                return Notice(page=content)
            case _:
                return Notice(text=content or place.value("custom-block-message") or "")

    def _find(self, named: Statement | None, word: str) -> Statement | None:
        if named is None:
            return None
        known = self._lists[word]
        if named.text not in known:
            self._findings.wrong(named, named.text, f"no such {word}", known)
        return known.get(named.text)


def notice(place: Layers) -> Notice | None:
    """What a notification's place has clients told: only with `type message` more than the protocol's own word."""
    if place.value("type") != "message":
        return None
    return Notice(text=place.value("custom-message") or "")
