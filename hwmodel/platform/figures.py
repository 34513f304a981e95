"""Figures read from TOML: each `{ value = …, source = …, kind = … }`, kept by its dotted key.

The key tells the unit (`packet_us`, `large_gbps`); a figure may name it instead (`unit = …`).
"""

from typing import Final

from hwmodel.document import Section
from hwmodel.platform.facts import Figure, Kind

_UNITS: Final = {"us": "us", "ns": "ns", "gbps": "Gbps", "cps": "1/s", "second": "1/s"} | {
    word: word for word in ("sessions", "wings", "threads", "slots", "entries")
}


def unit_of(key: str) -> str:
    """The unit that the last word of a key stands for; none for words and plain numbers."""
    return _UNITS.get(key.rpartition("_")[2], "")


class Figures:
    """Reads figures out of sections and keeps every one it meets, its key behind `prefix`."""

    def __init__(self, kept: dict[str, Figure], prefix: str = "") -> None:
        self.kept = kept
        self.prefix = prefix

    def figure(self, section: Section, key: str) -> Section:
        """The figure's own section, checked and kept."""
        if not isinstance(section.data.get(key), dict):
            raise section.fault(key, "expected { value = …, source = …, kind = … }")
        figure = section.section(key)
        figure.only(("value", "unit", "source", "kind"))
        kinds = [kind.value for kind in Kind]
        if figure.data.get("kind") not in kinds:
            raise figure.fault("kind", f"expected one of {', '.join(kinds)}")
        value = figure.data.get("value")
        shown = value if isinstance(value, int | float) else str(value)
        unit = figure.text("unit") if "unit" in figure.data else unit_of(key)
        self.kept[self.prefix + section.place(key)] = Figure(shown, figure.text("source"), Kind(figure.data["kind"]), unit)
        return figure

    def number(self, section: Section, key: str) -> float:
        """A number that is not negative."""
        return self.figure(section, key).number("value")

    def whole(self, section: Section, key: str, least: int, most: int = 1 << 31) -> int:
        """A whole number within [least, most]."""
        return self.figure(section, key).whole("value", least, most)

    def choice(self, section: Section, key: str, allowed: list[str]) -> str:
        """One of the allowed texts."""
        figure = self.figure(section, key)
        value = figure.text("value")
        if value not in allowed:
            raise figure.fault("value", f"{value!r} is unknown; expected one of {', '.join(allowed)}")
        return value

    def flag(self, section: Section, key: str) -> bool:
        """Whether the text is yes; a figure that is not there is no."""
        return key in section.data and self.choice(section, key, ["yes", "no"]) == "yes"
