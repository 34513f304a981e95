"""Workload files: TOML, shipped or the operator's own; what does not fit is one line with file and key."""

from collections.abc import Callable
from dataclasses import fields, replace
from math import inf
from pathlib import Path

from hwmodel.document import ModelError, Section, read_toml
from hwmodel.failure import Failure
from hwmodel.work import HANDSHAKES
from hwmodel.workload.facts import RateState, SizeClass, Spread, Workload

WORKLOADS = Path(__file__).parent.parent / "workloads"
_LONGEST = 86_400  # seconds: a day
_MOST_SESSIONS = 1 << 27
DISTRIBUTIONS = ("constant", "exponential", "lognormal", "pareto", "uniform")
_CHOICES = {"protocol": ("tcp", "udp"), "priority": ("high", "medium", "low"), "handshake": HANDSHAKES[1:]}


class WorkloadError(ModelError):
    """An unknown workload, or a workload file that cannot be understood."""


def available() -> tuple[str, ...]:
    """The names of the workloads that come with the model."""
    return tuple(sorted(path.stem for path in WORKLOADS.glob("*.toml")))


def load_workload(name: str) -> Workload:
    """The workload of that name, or in the TOML file at that path; what it leaves out has its default. Raises WorkloadError."""
    if name in available():
        return _workload(read_toml(WORKLOADS / f"{name}.toml", WorkloadError), Workload())
    if not name.endswith(".toml") and "/" not in name:
        known = ", ".join(available())
        raise WorkloadError("", name, f"unknown workload; available: {known}, or the path of a .toml file")
    return _workload(read_toml(Path(name), WorkloadError), Workload())


def _workload(section: Section, outer: Workload) -> Workload:
    """A table as a workload; what it does not say, the table around it has said."""
    section.only(field.name for field in fields(Workload))
    stated = {key: _value(section, key) for key in section.data if key != "parts"}
    whole = replace(outer, **stated)  # type: ignore[arg-type]  # each key has its reader
    if whole.start >= whole.duration:
        raise section.fault("start", f"{whole.start:g} s is not before the end, at {whole.duration:g} s")
    if _rate(whole) * whole.duration > _MOST_SESSIONS:
        raise section.fault("arrival_rate", f"more than {_MOST_SESSIONS} sessions in all")
    if "parts" not in section.data:
        return whole
    return replace(whole, parts=tuple(_part(part, whole) for part in section.sections("parts")))


def _part(section: Section, whole: Workload) -> Workload:
    if "failure" in section.data:
        raise section.fault("failure", "a box fails under the whole load; expected it outside of the parts")
    return _workload(section, replace(whole, failure=()))


def _rate(workload: Workload) -> float:
    return max(workload.arrival_rate, workload.final_rate, *(state.rate for state in workload.states), 0)


def _value(section: Section, key: str) -> object:
    if key in _CHOICES:
        return _choice(section, key, _CHOICES[key])
    if reader := _READERS.get(key):
        return reader(section, key)
    if key.endswith("_share"):
        return float(section.number(key, 0, 1))
    return float(section.number(key, 0.001))


def _choice(section: Section, key: str, allowed: tuple[str, ...]) -> str:
    value = section.text(key)
    if value not in allowed:
        raise section.fault(key, f"{value!r} is unknown; expected one of {', '.join(allowed)}")
    return value


def _truth(section: Section, key: str) -> bool:
    value = section.data[key]
    if not isinstance(value, bool):
        raise section.fault(key, "expected true or false")
    return value


def _sizes(section: Section, key: str) -> tuple[SizeClass, ...]:
    return tuple(_size_class(entry) for entry in section.sections(key))


def _size_class(section: Section) -> SizeClass:
    section.only(("bytes", "weight"))
    weight = section.number("weight", 0.000_001) if "weight" in section.data else 1.0
    return SizeClass(section.whole("bytes", 0, 1 << 50), float(weight))


def _packet_sizes(section: Section, key: str) -> tuple[SizeClass, ...]:
    sizes = _sizes(section, key)
    if not all(size.bytes for size in sizes):
        raise section.fault(key, "expected packets of 1 byte at least")
    return sizes


def _spread(section: Section, key: str) -> Spread:
    table = section.section(key)
    table.only(("distribution", "shape"))
    distribution = _choice(table, "distribution", DISTRIBUTIONS)
    if distribution in ("lognormal", "pareto"):
        return Spread(distribution, float(table.number("shape", 1.01 if distribution == "pareto" else 0.01, 100)))
    if "shape" in table.data:
        raise table.fault("shape", f"{distribution} has none")
    return Spread(distribution)


def _states(section: Section, key: str) -> tuple[RateState, ...]:
    states = tuple(_state(entry) for entry in section.sections(key))
    if not any(state.rate for state in states):
        raise section.fault(key, "expected a state with a rate above 0")
    return states


def _state(section: Section) -> RateState:
    section.only(("rate", "mean_time"))
    return RateState(float(section.number("rate", 0)), float(section.number("mean_time", 0.001)))


def _failures(section: Section, key: str) -> tuple[Failure, ...]:
    return tuple(_failure(entry) for entry in section.sections(key))


def _failure(section: Section) -> Failure:
    section.only(("spu", "at", "back", "graceful"))
    spu = section.data.get("spu")
    place = str(section.whole("spu")) if isinstance(spu, int) else section.text("spu")
    at = float(section.number("at", 0, _LONGEST))
    back = float(section.number("back", at + 0.001)) if "back" in section.data else inf
    return Failure(place, at, back, graceful="graceful" in section.data and _truth(section, "graceful"))


def _whole(least: int, most: int) -> Callable[[Section, str], int]:
    return lambda section, key: section.whole(key, least, most)


_READERS: dict[str, Callable[[Section, str], object]] = {
    "description": Section.text,
    "duration": lambda section, key: float(section.number(key, 0.001, _LONGEST)),
    "start": lambda section, key: float(section.number(key, 0, _LONGEST)),
    "final_rate": lambda section, key: float(section.number(key, 0)),
    "sizes": _sizes,
    "packet_sizes": _packet_sizes,
    "gaps": _spread,
    "lives": _spread,
    "size_spread": _spread,
    "states": _states,
    "half_open": _truth,
    "failure": _failures,
    "clients": _whole(1, 1 << 20),
    "servers": _whole(1, 1 << 20),
    "sessions": _whole(0, _MOST_SESSIONS),
    "server_port": _whole(0, 65_535),
    "ingress_ports": _whole(1, 65_535),
}
