"""Statements of one kind that stand one behind the other: what the first does not say, the next may."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from nf.config.extensions import extension
from nf.config.tree import Statement


@dataclass(frozen=True, slots=True)
class Layers:
    """The most specific statement first, such as a profile, its engine's defaults, its feature's defaults."""

    places: tuple[Statement, ...]

    @classmethod
    def of(cls, *places: Statement | None) -> Self:
        """Those of them that are written."""
        return cls(tuple(place for place in places if place is not None))

    def one(self, *path: str) -> Statement | None:
        """The first statement at the end of these words."""
        return next((found for place in self.places if (found := place.one(*path)) is not None), None)

    def below(self, *path: str) -> "Layers":
        """The same of what stands at the end of these words."""
        return Layers.of(*(place.one(*path) for place in self.places))

    def value(self, *path: str) -> str | None:
        """The value of the first such leaf."""
        found = self.one(*path)
        return found.text if found else None

    def number(self, *path: str) -> int | None:
        """The value of the first such leaf as a number, which the grammar has looked at."""
        text = self.value(*path)
        return None if text is None else int(text)

    def has(self, *path: str) -> bool:
        """Whether any of them says this."""
        return self.one(*path) is not None

    def all(self, word: str) -> Iterator[Statement]:
        """The entries of a list, each name once, from the most specific place."""
        found: dict[str, Statement] = {}
        for place in self.places:
            for entry in place.all(word):
                found.setdefault(entry.name, entry)
        return iter(found.values())

    def setting(self, name: str) -> str | None:
        """The value of a setting of our own."""
        return next((value for place in self.places if (value := extension(place, name)) is not None), None)
