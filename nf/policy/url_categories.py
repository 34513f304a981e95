"""Custom URL categories (Junos: `security utm custom-objects`): names for sets of URL patterns."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UrlCategory:
    """`custom-url-category`: the lists of patterns it names, and every pattern in them as written."""

    name: str
    lists: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
