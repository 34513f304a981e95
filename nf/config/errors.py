"""What is wrong with a configuration, in the operator's terms, and the place where findings are gathered."""

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from nf.config.configuration import Remark

_FEW = 12


class ConfigError(Exception):
    """A mistake in a configuration: where it stands, the word at fault, what was expected and the nearest valid words.

    `others` holds the further mistakes of the same text, in the order of their lines.
    """

    def __init__(self, origin: str, line: int, word: str, message: str, *,
                 suggestions: tuple[str, ...] = (), others: "tuple[ConfigError, ...]" = ()) -> None:
        super().__init__(origin, line, word, message)
        self.origin = origin
        self.line = line
        self.word = word
        self.message = message
        self.suggestions = suggestions
        self.others = others

    def __str__(self) -> str:
        said = f"{self.origin}:{self.line}: '{self.word}': {self.message}"
        meant = ", ".join(f"'{suggestion}'" for suggestion in self.suggestions)
        return f"{said}; did you mean {meant}?" if meant else said


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> tuple[str, ...]:
    """The known words that look most like this one, three at most, best first; cutoff is 0 for any, 1 for equal."""
    return tuple(difflib.get_close_matches(word[:64], list(dict.fromkeys(known)), n=3, cutoff=cutoff))


def expected(known: Iterable[str]) -> str:
    """The end of a message that says which words would do, where they are few enough to be read."""
    names = list(dict.fromkeys(known))
    return ", expected " + " | ".join(names) if 0 < len(names) <= _FEW else ""


class Located(Protocol):
    """Anything that stands on a line of the text."""

    @property
    def line(self) -> int:
        """Line number, from 1."""


@dataclass(slots=True)
class Findings:
    """Mistakes and remarks of one text, gathered while it is read."""

    origin: str
    errors: list[ConfigError] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    unheeded: Counter[str] = field(default_factory=Counter)
    first_seen: dict[str, int] = field(default_factory=dict)
    system: str = ""  # the logical system or tenant that is looked at, named in what is noted meanwhile

    @contextmanager
    def inside(self, system: str) -> Iterator[None]:
        """Note everything as found in a system; "" is the box itself."""
        self.system = system
        try:
            yield
        finally:
            self.system = ""

    def error(self, line: int, word: str, message: str, known: Iterable[str] = ()) -> ConfigError:
        """A mistake to raise; the nearest of the known words become its suggestions."""
        said = f"{self.system}: {message}" if self.system else message
        return ConfigError(self.origin, line, word, said, suggestions=nearest(word, known))

    def wrong(self, at: Located | int, word: str, message: str, known: Iterable[str] = ()) -> None:
        """Note a mistake at a statement or a line, and go on."""
        self.errors.append(self.error(at if isinstance(at, int) else at.line, word, message, known))

    def remark(self, at: Located, statement: str, message: str) -> None:
        """Note something that the operator should know."""
        self.remarks.append(Remark(self.origin, at.line, f"{self.system} {statement}".lstrip(), message))

    def unheed(self, at: Located, kind: str) -> None:
        """Count a statement that Junos knows and that changes nothing here."""
        self.unheeded[kind] += 1
        self.first_seen.setdefault(kind, at.line)

    def raise_errors(self) -> None:
        """Raise the first mistake, with the others attached, when there are any."""
        if self.errors:
            first, *others = sorted(self.errors, key=lambda error: error.line)
            first.others = tuple(others)
            raise first

    def all_remarks(self) -> tuple[Remark, ...]:
        """Every remark in the order of lines, one for each kind of statement without effect."""
        kinds = [Remark(self.origin, self.first_seen[kind], kind, _without_effect(count))
                 for kind, count in self.unheeded.items()]
        return tuple(sorted([*self.remarks, *kinds], key=lambda remark: (remark.line, remark.statement)))


def _without_effect(count: int) -> str:
    return "no effect yet" + (f" ({count} statements)" if count > 1 else "")
