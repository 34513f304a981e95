"""Published points: what was measured, under which load, by whom."""

from dataclasses import dataclass
from pathlib import Path

from hwmodel.document import ModelError, Section, read_toml
from hwmodel.platform import Kind
from hwmodel.work import Work

POINTS = Path(__file__).with_name("points.toml")


@dataclass(frozen=True, slots=True)
class Point:
    """One published value, a range where several samples are given, with the load behind it a second."""

    platform: str
    what: str
    quantity: str
    fit: str
    load: Work
    low: float
    high: float
    unit: str
    kind: Kind
    source: str
    bound: float | None


def read_points(path: Path = POINTS) -> tuple[Point, ...]:
    """All points of the file; raises ModelError."""
    return tuple(_point(section) for section in read_toml(path, ModelError).sections("point"))


def _point(section: Section) -> Point:
    published, load = section.section("published"), section.section("load")
    load.only(("sessions", "packets", "bytes"))
    return Point(
        platform=section.text("platform"),
        what=section.text("what"),
        quantity=section.text("quantity"),
        fit=section.text("fit"),
        load=Work(_amount(load, "packets"), _amount(load, "bytes"), _amount(load, "sessions")),
        low=published.number("low"),
        high=published.number("high"),
        unit=published.text("unit"),
        kind=Kind(published.text("kind")),
        source=published.text("source"),
        bound=section.number("bound") if "bound" in section.data else None,
    )


def _amount(load: Section, key: str) -> int:
    return load.whole(key) if key in load.data else 0
