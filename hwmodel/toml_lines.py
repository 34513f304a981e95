"""Where a TOML file says what: the line of each key, for mistakes that only show when its value is looked at."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

_TABLE: Final = re.compile(r"\s*\[(\[)?\s*([^\[\]]+?)\s*\]")
_KEY: Final = re.compile(r"""\s*([\w."'-]+)\s*=""")


def key_lines(text: str) -> dict[str, int]:
    """The line, from 1 on, of each table and key by its dotted name, entries of arrays numbered: `parts[1].clients`."""
    found: dict[str, int] = {}
    entries: Counter[str] = Counter()
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := _TABLE.match(line):
            table = _numbered(header[2], entries)
            if header[1]:
                entries[table] += 1
                table = f"{table}[{entries[table] - 1}]"
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault(f"{table}.{key[1]}" if table else key[1], number)
    return found


def line_of(place: str, lines: Mapping[str, int]) -> int | None:
    """The line of a dotted name, or of the nearest table or key around it; None where none of them is written."""
    while place:
        if place in lines:
            return lines[place]
        place = re.sub(r"(\[\d+\]|^[^.\[]+|\.[^.\[]+)$", "", place)
    return None


def _numbered(name: str, entries: Mapping[str, int]) -> str:
    """A table's name, the arrays on the way to it with the number of their last entry."""
    path = ""
    *outer, last = name.split(".")
    for part in outer:
        path += part
        path += f"[{entries[path] - 1}]." if path in entries else "."
    return path + last
