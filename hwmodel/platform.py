"""Platforms: a device's SPUs, what they hold, what work costs them; one TOML file each, the file name is the name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from types import MappingProxyType

from hwmodel.costs import read_costs
from hwmodel.document import ModelError, Section, read_toml
from hwmodel.work import CostTable

PLATFORMS = Path(__file__).parent / "platforms"
_PLACE = re.compile(r"FPC(\d{1,2})\.PIC([0-3])")
_SPUS_PER_FPC = 4  # an SPU's number is 4 x FPC + PIC, as seen in session identifiers of SRX5000 chassis
DECIMAL_BLOCK = 10_000_000  # identifiers that belong to one SPU in the decimal scheme


class PlatformError(ModelError):
    """An unknown platform, or a platform file that does not say what it must."""


class Kind(Enum):
    """How a figure is known: the vendor says so, a device showed it, we computed it from those, or we chose it."""

    SHEET = "sheet"
    MEASURED = "measured"
    DERIVED = "derived"
    ASSUMED = "assumed"


class Role(Enum):
    """What an SPU does, in the chassis inventory's words."""

    CENTRAL_POINT = "SPU Cp"
    COMBO = "SPU Cp-Flow"
    FLOW = "SPU Flow"


class SessionIds(Enum):
    """How session identifiers are numbered: decimal blocks of ten million an SPU, or the owner in the upper 32 bits."""

    DECIMAL = "decimal"
    UPPER_32 = "upper-32"


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its provenance."""

    value: float | str
    source: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class SpuSpec:
    """One SPU: where it sits, its role, its flow threads, and how many IPv4 sessions its table holds."""

    fpc: int
    pic: int
    role: Role
    threads: int
    max_sessions: int

    @property
    def number(self) -> int:
        """The number that session identifiers are built from."""
        return _SPUS_PER_FPC * self.fpc + self.pic

    @property
    def name(self) -> str:
        """The SPU's place in the chassis."""
        return f"FPC{self.fpc}.PIC{self.pic}"


@dataclass(frozen=True, slots=True)
class Platform:
    """The hardware of one device; `figures` gives the provenance of every number by its dotted key in the file."""

    name: str
    description: str
    spus: tuple[SpuSpec, ...]
    costs: CostTable
    session_ids: SessionIds
    ipv6_slots: int  # table slots that an IPv6 session takes
    network_processors: int
    wings_per_np: int
    hash_entries: int
    figures: Mapping[str, Figure] = field(repr=False)

    @property
    def max_sessions(self) -> int:
        """IPv4 sessions that all SPUs hold together."""
        return sum(spu.max_sessions for spu in self.spus)


def available() -> tuple[str, ...]:
    """The names of the platforms that come with the model."""
    return tuple(sorted(path.stem for path in PLATFORMS.glob("*.toml")))


def load_platform(name: str) -> Platform:
    """The platform of that name, or of the TOML file at that path; raises PlatformError."""
    if name.endswith(".toml") or "/" in name:
        return _Reader(read_toml(Path(name), PlatformError)).platform(Path(name).stem)
    if name not in available():
        known = ", ".join(available())
        raise PlatformError("", name, f"unknown platform; available: {known}, or the path of a .toml file")
    return _Reader(read_toml(PLATFORMS / f"{name}.toml", PlatformError)).platform(name)


class _Reader:
    """Reads one file and keeps every figure it meets."""

    def __init__(self, root: Section) -> None:
        self.root = root
        self.figures: dict[str, Figure] = {}

    def platform(self, name: str) -> Platform:
        root = self.root
        root.only(("description", "sessions", "network_processor", "costs", "spu"))
        sessions, processor = root.section("sessions"), root.section("network_processor")
        sessions.only(("ids", "ipv6_slots"))
        processor.only(("count", "wings", "hash_entries"))
        scheme = SessionIds(self._choice(sessions, "ids", [entry.value for entry in SessionIds]))
        return Platform(
            name=name,
            description=root.text("description"),
            spus=self._spus(scheme),
            costs=read_costs(root.section("costs"), self._figure, PlatformError),
            session_ids=scheme,
            ipv6_slots=self._whole(sessions, "ipv6_slots", 1),
            network_processors=self._whole(processor, "count", 1),
            wings_per_np=self._whole(processor, "wings", 2),
            hash_entries=self._whole(processor, "hash_entries", 1, 1 << 20),
            figures=MappingProxyType(self.figures),
        )

    def _spus(self, scheme: SessionIds) -> tuple[SpuSpec, ...]:
        spus = [spec for section in self.root.sections("spu") for spec in self._group(section)]
        places = {(spec.fpc, spec.pic) for spec in spus}
        if len(places) < len(spus):
            raise self.root.fault("spu", "two SPUs in one place")
        if not any(spec.max_sessions for spec in spus):
            raise self.root.fault("spu", f"expected an SPU with role {Role.FLOW.value} or {Role.COMBO.value}")
        if scheme is SessionIds.DECIMAL and any(spec.max_sessions >= DECIMAL_BLOCK for spec in spus):
            raise self.root.fault("spu", f"decimal identifiers number fewer than {DECIMAL_BLOCK} sessions an SPU")
        return tuple(sorted(spus, key=lambda spec: spec.number))

    def _group(self, section: Section) -> list[SpuSpec]:
        section.only(("at", "role", "threads", "max_sessions"))
        role = Role(self._choice(section, "role", [entry.value for entry in Role]))
        threads = self._whole(section, "threads", 1)
        # a dedicated central point holds no sessions of its own, so it needs no figure for them
        capacity = 0 if role is Role.CENTRAL_POINT else self._whole(section, "max_sessions", 1)
        return [SpuSpec(fpc, pic, role, threads, capacity) for fpc, pic in _places(section)]

    def _figure(self, section: Section, key: str) -> Section:
        if not isinstance(section.data.get(key), dict):
            raise section.fault(key, "expected { value = …, source = …, kind = … }")
        figure = section.section(key)
        figure.only(("value", "source", "kind"))
        kinds = [kind.value for kind in Kind]
        if figure.data.get("kind") not in kinds:
            raise figure.fault("kind", f"expected one of {', '.join(kinds)}")
        value = figure.data.get("value")
        shown = value if isinstance(value, int | float) else str(value)
        self.figures[section.place(key)] = Figure(shown, figure.text("source"), Kind(figure.data["kind"]))
        return figure

    def _whole(self, section: Section, key: str, least: int, most: int = 1 << 31) -> int:
        return self._figure(section, key).whole("value", least, most)

    def _choice(self, section: Section, key: str, allowed: list[str]) -> str:
        figure = self._figure(section, key)
        value = figure.text("value")
        if value not in allowed:
            raise figure.fault("value", f"{value!r} is unknown; expected one of {', '.join(allowed)}")
        return value


def _places(section: Section) -> list[tuple[int, int]]:
    listed = section.data.get("at")
    if isinstance(listed, list) and listed:
        found = [_PLACE.fullmatch(str(place)) for place in listed]
        if all(found):
            return [(int(match[1]), int(match[2])) for match in found if match]
    raise section.fault("at", 'expected a list of places such as ["FPC0.PIC0", "FPC0.PIC1"]')
