"""How protocols begin, by the first bytes of either side; the table is openings.toml.

What is said of some bytes never changes with those that follow: an opening fits, cannot fit any more, or may still.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

LONGEST_LINE = 512  # bytes; RFC 5321 §4.5.3.1.5 for SMTP, others have shorter ones
_NEWLINE = b"\n"
_TOKEN = re.compile(r"'([^']*)'|(\S+)")

Side = Literal["c", "s"]


class Fit(Enum):
    """Whether bytes are the beginning of something."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"  # there are too few


@dataclass(frozen=True, slots=True)
class Bytes:
    """An opening of a fixed length: for each byte those that may stand there, None for any."""

    places: tuple[frozenset[int] | None, ...]

    def fit(self, data: bytes) -> Fit:
        """Whether the data begin like this."""
        for allowed, byte in zip(self.places, data, strict=False):
            if allowed is not None and byte not in allowed:
                return Fit.NO
        return Fit.YES if len(data) >= len(self.places) else Fit.MAYBE

    def may_begin_with(self, byte: int) -> bool:
        """Whether it can have this first byte."""
        first = self.places[0]
        return first is None or byte in first


@dataclass(frozen=True, slots=True)
class Line:
    """An opening that is a line of text: how it begins, in lower case, and what the whole line is like."""

    begins: tuple[bytes, ...]
    whole: re.Pattern[bytes]

    def fit(self, data: bytes) -> Fit:
        """Whether the first line is like this."""
        head = data[:LONGEST_LINE].lower()
        if not any(head.startswith(each) or each.startswith(head) for each in self.begins):
            return Fit.NO
        line, newline, _ = data[:LONGEST_LINE].partition(_NEWLINE)
        if not newline:
            return Fit.MAYBE if len(data) < LONGEST_LINE else Fit.NO
        return Fit.YES if self.whole.fullmatch(line.removesuffix(b"\r")) else Fit.NO

    def may_begin_with(self, byte: int) -> bool:
        """Whether it can have this first byte."""
        return any(each[0] == ord(chr(byte).lower()) for each in self.begins) if byte < 0x80 else False


class _Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    bytes: dict[Side, list[str]] = {}
    line: dict[Side, str] = {}
    with_: dict[Side, list[str]] = msgspec.field(name="with", default={})


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    opening: list[_Opening]


def opened(side: Side, data: bytes) -> tuple[str | None, bool]:
    """The application that one side's first bytes speak, and whether that is final: None may then not become one any more.

    >>> opened("c", b"SSH-2.0-x"), opened("s", b"2"), opened("s", b"221 bye\\r\\n")
    (('junos:SSH', True), (None, False), (None, True))
    """
    if not data:
        return None, False
    for name, shape in _by_first_byte(side)[data[0]]:
        fit = shape.fit(data)
        if fit is not Fit.NO:
            return (name, True) if fit is Fit.YES else (None, False)
    return None, True


def load() -> None:
    """Read the table now: processes forked later share it, and no session waits for it."""
    for side in ("c", "s"):
        _by_first_byte(side)


@cache
def _by_first_byte(side: Side) -> Sequence[Sequence[tuple[str, Bytes | Line]]]:
    """What can begin with each byte, in the order of the table."""
    shapes = [(name, shape) for name, shape in _shapes(side)]
    return [[(name, shape) for name, shape in shapes if shape.may_begin_with(byte)] for byte in range(256)]


@cache
def _shapes(side: Side) -> Sequence[tuple[str, Bytes | Line]]:
    text = files("nf.protocols").joinpath("openings.toml").read_text(encoding="utf-8")
    found: list[tuple[str, Bytes | Line]] = []
    for opening in msgspec.convert(tomllib.loads(text), _Table).opening:
        found += [(opening.name, Bytes(_places(each))) for each in opening.bytes.get(side, ())]
        if side in opening.line:
            begins = tuple(each.lower().encode() for each in opening.with_[side])
            found.append((opening.name, Line(begins, re.compile(opening.line[side].encode(), re.IGNORECASE))))
    return found


def _places(text: str) -> tuple[frozenset[int] | None, ...]:
    places: list[frozenset[int] | None] = []
    for letters, word in _TOKEN.findall(text):
        if letters:
            places += [frozenset({ord(letter)}) for letter in letters]
        else:
            places.append(None if word == "??" else frozenset().union(*map(_range, word.split("|"))))
    return tuple(places)


def _range(text: str) -> frozenset[int]:
    low, _, high = text.partition("-")
    return frozenset(range(int(low, 16), int(high or low, 16) + 1))


def table_names() -> Mapping[str, int]:
    """The applications that some opening tells, each with how many do."""
    names = [name for side in ("c", "s") for name, _ in _shapes(side)]
    return {name: names.count(name) for name in names}
