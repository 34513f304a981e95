"""TOML files that operators write, read so that every mistake is one line that names file, line and key."""

import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from math import inf, isfinite
from pathlib import Path

from hwmodel.toml_lines import key_lines, line_of

_WORD = 4  # letters that are enough to look for within other words


class ModelError(Exception):
    """An operator's mistake in a name or file; `str()` is one line: where, what, what was expected."""

    def __init__(self, origin: str, key: str, message: str) -> None:
        super().__init__(": ".join(part for part in (origin, key, message) if part))
        self.origin = origin
        self.key = key
        self.message = message


class Section:
    """One table of a TOML file that knows where it stands; what does not fit raises `error`."""

    def __init__(
        self, origin: str, data: dict[str, object], error: type[ModelError], path: str = "",
        lines: Mapping[str, int] | None = None,
    ) -> None:
        self.origin = origin
        self.data = data
        self.path = path
        self._error = error
        self._lines = lines or {}

    def place(self, key: str) -> str:
        """The key's full dotted name in the file."""
        return f"{self.path}.{key}" if self.path else key

    def fault(self, key: str, message: str) -> ModelError:
        """The error to raise about a key of this table."""
        line = line_of(self.place(key), self._lines)
        return self._error(f"{self.origin}:{line}" if line else self.origin, self.place(key), message)

    def only(self, allowed: Iterable[str]) -> None:
        """Accept no other keys than these."""
        known = sorted(allowed)
        for key in self.data:
            if key not in known:
                near = [name for name in known if len(key) >= _WORD and key in name] or get_close_matches(key, known, n=1)
                wanted = f"did you mean {' or '.join(near)}?" if near else f"expected one of {', '.join(known)}"
                raise self.fault(key, f"unknown key; {wanted}")

    def text(self, key: str) -> str:
        """A string that is not empty."""
        value = self.data.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fault(key, "expected a text")
        return value

    def number(self, key: str, least: float = 0, most: float = inf) -> float:
        """A finite number within [least, most]."""
        value = self.data.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise self.fault(key, "expected a number")
        if not least <= value <= most:
            wanted = f"{least} to {most}" if most < inf else f"at least {least}"
            raise self.fault(key, f"{value} is out of range; expected {wanted}")
        return value

    def whole(self, key: str, least: int = 0, most: float = inf) -> int:
        """A whole number within [least, most]."""
        value = self.number(key, least, most)
        if not isinstance(value, int):
            raise self.fault(key, "expected a whole number")
        return value

    def section(self, key: str) -> "Section":
        """A table within this one."""
        value = self.data.get(key)
        if not isinstance(value, dict):
            raise self.fault(key, "expected a table")
        return Section(self.origin, value, self._error, self.place(key), self._lines)

    def sections(self, key: str) -> tuple["Section", ...]:
        """An array of tables within this one, with one entry at least."""
        value = self.data.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(entry, dict) for entry in value):
            raise self.fault(key, "expected one or more tables")
        place = self.place(key)
        return tuple(Section(self.origin, entry, self._error, f"{place}[{n}]", self._lines) for n, entry in enumerate(value))


def read_toml(path: Path, error: type[ModelError]) -> Section:
    """The whole file as a section; raises `error` when it cannot be read or is not TOML."""
    try:
        text = path.read_text(encoding="utf-8")
        return Section(str(path), tomllib.loads(text), error, lines=key_lines(text))
    except OSError as failure:
        raise error(str(path), "", failure.strerror or "cannot be read") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise error(str(path), "", f"not a TOML file: {failure}") from None
