"""Categories and reputations of web sites, where a device asks Juniper's cloud: a table, ours or the operator's.

The category names are Juniper's published ones. Which site is in which, and its reputation, is what we say: nobody's
cloud is asked. A line is `host,category,reputation`; it holds for all names below the host too.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Site(NamedTuple):
    """What is known of a site; the reputation is from 0 to 100."""

    category: str
    reputation: int


@dataclass(frozen=True, slots=True)
class UrlTable:
    """Sites by name."""

    sites: Mapping[str, Site] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> "UrlTable":
        """A table from its text; ValueError names the line and what is expected there."""
        lines = [(number, row) for number, row in enumerate(csv.reader(text.splitlines()), 1) if row and row[0][:1] != "#"]
        return cls(dict(_site(number, row) for number, row in lines if row != ["host", "category", "reputation"]))

    @property
    def categories(self) -> tuple[str, ...]:
        """Every category that some site is in."""
        return tuple(dict.fromkeys(site.category for site in self.sites.values()))

    def find(self, host: str) -> Site | None:
        """What is known of a host, by the longest suffix of whole labels.

        >>> UrlTable.read("casino.test,Enhanced_Gambling,70").find("www.casino.test").category
        'Enhanced_Gambling'
        """
        suffix = host
        while suffix:
            found = self.sites.get(suffix)
            if found is not None:
                return found
            suffix = suffix.partition(".")[2]
        return None


def _site(number: int, row: list[str]) -> tuple[str, Site]:
    host, category, reputation = (text.strip() for text in row) if len(row) == 3 else ("", "", "")
    if not (host and category and reputation.isdecimal() and reputation.isascii() and int(reputation) <= 100):
        raise ValueError(f"line {number}: expected host,category,reputation with a reputation from 0 to 100")
    return host.lower().rstrip("."), Site(category, int(reputation))


@cache
def shipped_table() -> UrlTable:
    """The table that comes with srxnf."""
    return UrlTable.read(files("nf.policy").joinpath("url-table.csv").read_text(encoding="ascii"))
