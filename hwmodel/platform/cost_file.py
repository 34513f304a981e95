"""The costs of a platform: figures of its own, over those of a cost table it starts from, times a declared ratio."""

from dataclasses import MISSING, fields, replace
from pathlib import Path
from typing import Final

from hwmodel.document import Section, read_toml
from hwmodel.platform.facts import Figure, Kind, PlatformError
from hwmodel.platform.figures import Figures
from hwmodel.work import CIPHERS, DECRYPTED, HANDSHAKE, HANDSHAKES, MESSAGE, RECORD, SERVICE, CostTable

COSTS = Path(__file__).parent.parent / "costs"
_TOTALS: Final = tuple(field.name for field in fields(CostTable) if field.name != "kinds")
_MUST: Final = tuple(field.name for field in fields(CostTable) if field.default is field.default_factory is MISSING)
_KINDS: Final = {"handshake": (HANDSHAKE, HANDSHAKES[1:]), "message": (MESSAGE, (DECRYPTED.removeprefix(MESSAGE),)),
                 "record": (RECORD, CIPHERS), "service": (SERVICE, ())}


def read_costs(section: Section, figures: Figures) -> CostTable:
    """The cost table that a `[costs]` section stands for; every entry is its own figure or comes `from` a table."""
    section.only((*_TOTALS, *_KINDS, "from", "scale"))
    found: dict[str, Figure] = {}
    if "from" in section.data:
        scale = figures.number(section, "scale") if "scale" in section.data else 1.0
        found = {name: _scaled(figure, scale) for name, figure in _read(_table(section)).items()}
    found |= _read(section)
    for name in _MUST:
        if name not in found:
            figures.number(section, name)  # tells what is missing
    figures.kept.update({section.place(name): figure for name, figure in found.items()})
    values = {name: float(figure.value) for name, figure in found.items()}
    kinds = {prefix + name.removeprefix(f"{table}."): value for table, (prefix, _) in _KINDS.items()
             for name, value in values.items() if name.startswith(f"{table}.")}
    totals = {name: values[name] for name in _TOTALS if name in values}
    return CostTable(**totals, kinds=kinds)


def _read(section: Section) -> dict[str, Figure]:
    """The prices that stand in a section, those of kinds by `table.name`."""
    found: dict[str, Figure] = {}
    for table, (_, known) in _KINDS.items():
        if table in section.data:
            prices = section.section(table)
            if known:
                prices.only(known)
            found |= {f"{table}.{name}": _price(prices, name) for name in prices.data}
    return found | {name: _price(section, name) for name in _TOTALS if name in section.data}


def _price(section: Section, name: str) -> Figure:
    kept: dict[str, Figure] = {}
    Figures(kept).number(section, name)
    figure = kept[section.place(name)]
    # prices of kinds are named by what they are of: microseconds a handshake, nanoseconds a byte
    return figure if figure.unit else replace(figure, unit="us" if section.path.endswith(("handshake", "message")) else "ns")


def _table(section: Section) -> Section:
    """The table that the section starts from: one that comes with the model, or a file beside the platform's."""
    name = section.text("from")
    own = name.endswith(".toml") or "/" in name
    known = sorted(path.stem for path in COSTS.glob("*.toml"))
    if not own and name not in known:
        raise section.fault("from", f"unknown cost table {name!r}; available: {', '.join(known)}, or a .toml file")
    root = read_toml(Path(section.origin).parent / name if own else COSTS / f"{name}.toml", PlatformError)
    root.only((*_TOTALS, *_KINDS))
    return root


def _scaled(figure: Figure, scale: float) -> Figure:
    if scale == 1:
        return figure
    return Figure(float(figure.value) * scale, f"{figure.source}; times {scale:g}", Kind.ASSUMED, figure.unit)
