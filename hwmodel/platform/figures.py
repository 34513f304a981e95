"""Figures read from TOML: each `{ value = …, source = …, kind = … }`, kept by its dotted key."""

from hwmodel.document import Section
from hwmodel.platform.facts import Figure, Kind


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
        figure.only(("value", "source", "kind"))
        kinds = [kind.value for kind in Kind]
        if figure.data.get("kind") not in kinds:
            raise figure.fault("kind", f"expected one of {', '.join(kinds)}")
        value = figure.data.get("value")
        shown = value if isinstance(value, int | float) else str(value)
        self.kept[self.prefix + section.place(key)] = Figure(shown, figure.text("source"), Kind(figure.data["kind"]))
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
