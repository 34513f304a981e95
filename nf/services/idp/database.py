"""Hyperscan: expressions to databases, and streams that cannot be used after their end.

The extension holds no references to what it is given, takes an empty object for none, and frees what is still in use where
`with` is not used as it expects; so nothing outside this file touches it. Every expression runs in time linear in the
bytes: what hyperscan cannot take (back references, look-around) is refused rather than left to an engine that backtracks.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import cast

import hyperscan

from nf.policy.attacks import Content, Regex

_MODIFIED = ("min_offset", "max_offset", "min_length", "edit_distance", "hamming_distance")
_EXT_FLAGS = (hyperscan.HS_EXT_FLAG_MIN_OFFSET, hyperscan.HS_EXT_FLAG_MAX_OFFSET, hyperscan.HS_EXT_FLAG_MIN_LENGTH,
              hyperscan.HS_EXT_FLAG_EDIT_DISTANCE, hyperscan.HS_EXT_FLAG_HAMMING_DISTANCE)
_Ext = tuple[int, int, int, int, int, int]
_ENDS = 256  # ends of matches of one expression that are told


class Hits:
    """What a scan has found: (expression, end) pairs."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: list[tuple[int, int]] = []


def _note(expression: int, _start: int, end: int, _flags: int, hits: object) -> None:
    cast("Hits", hits).found.append((expression, end))


class Database:
    """Expressions compiled for one mode of scanning; the number of one is its place in the sequence."""

    def __init__(self, tests: Sequence[Content | Regex], *, streams: bool, once: bool = True) -> None:
        compiled = [_compiled(test) for test in tests]
        mark = hyperscan.HS_FLAG_SINGLEMATCH if once else 0
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_STREAM if streams else hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=[expression for expression, _, _ in compiled], ids=list(range(len(compiled))),
            elements=len(compiled), flags=[flags | mark for _, flags, _ in compiled], ext=[ext for _, _, ext in compiled])

    def scan(self, data: bytes) -> list[tuple[int, int]]:
        """What is found in these bytes alone, by ascending end."""
        hits = Hits()
        self._database.scan(data, match_event_handler=_note, context=hits)
        return sorted(hits.found, key=_by_end)

    def open(self) -> "Stream":
        """A stream, to be scanned piece by piece."""
        return Stream(self._database)


class Stream:
    """The state of one stream, until it is closed."""

    def __init__(self, database: "hyperscan.Database") -> None:
        self._database = database  # kept alive: the stream itself does not
        self._hits = Hits()
        self._stream = database.stream(match_event_handler=_note, context=self._hits)  # holds a reference for __enter__
        self._stream.__enter__()
        self._open = True

    def scan(self, data: bytes) -> list[tuple[int, int]]:
        """What is found with these bytes, by ascending end, counted from the stream's beginning."""
        self._stream.scan(data, match_event_handler=_note, context=self._hits)
        return self._told()

    def close(self) -> list[tuple[int, int]]:
        """What is found because there are no more bytes."""
        if not self._open:
            return []
        self._open = False
        self._stream.close(match_event_handler=_note, context=self._hits)
        return self._told()

    def _told(self) -> list[tuple[int, int]]:
        if not self._hits.found:
            return []
        found, self._hits.found = sorted(self._hits.found, key=_by_end), []
        return found

    def __del__(self) -> None:
        if getattr(self, "_open", False):
            self.close()


def problem(test: Content | Regex) -> str:
    """Why hyperscan cannot take a test, "" where it can."""
    try:
        Database([test], streams=True)
    except hyperscan.error as error:
        return str(error).rstrip(".")
    except UnicodeEncodeError:
        return "only characters up to U+00FF stand for bytes"
    return ""


def ends_of(test: Regex, data: bytes) -> list[int]:
    """Where matches of an expression end, ascending."""
    if not data:
        return []
    return list(dict.fromkeys(end for _, end in _alone(test).scan(data)))[:_ENDS]


@lru_cache(4096)
def _alone(test: Regex) -> Database:
    return Database([test], streams=False, once=False)


def _compiled(test: Content | Regex) -> tuple[bytes, int, _Ext]:
    if isinstance(test, Content):
        literal = b"".join(b"\\x%02x" % byte for byte in test.pattern)
        highest = None if test.depth is None else test.offset + test.depth
        lowest = test.offset + len(test.pattern) if test.offset else None
        return literal, hyperscan.HS_FLAG_CASELESS if test.nocase else 0, _ext((lowest, highest, None, None, None))
    flags = ((hyperscan.HS_FLAG_CASELESS if test.nocase else 0) | (hyperscan.HS_FLAG_DOTALL if test.dotall else 0)
             | (hyperscan.HS_FLAG_MULTILINE if test.multiline else 0))
    return test.expression.encode("latin-1"), flags, _ext(tuple(getattr(test, name) for name in _MODIFIED))


def _ext(values: tuple[int | None, ...]) -> _Ext:
    flags = sum(flag for flag, value in zip(_EXT_FLAGS, values, strict=True) if value is not None)
    low, high, length, edits, others = (value or 0 for value in values)
    return flags, low, high, length, edits, others


def _by_end(hit: tuple[int, int]) -> tuple[int, int]:
    return hit[1], hit[0]
