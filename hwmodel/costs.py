"""The `[costs]` of a platform file: a price for each total, prices of kinds, and a file of measured ones included."""

from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Final

from hwmodel.document import ModelError, Section, read_toml
from hwmodel.work import CIPHERS, HANDSHAKE, HANDSHAKES, RECORD, SERVICE, CostTable

_TOTALS: Final = tuple(field.name for field in fields(CostTable) if field.name != "kinds")
_KINDS: Final = {"handshake": (HANDSHAKE, HANDSHAKES[1:]), "record": (RECORD, CIPHERS), "service": (SERVICE, ())}
_INCLUDE: Final = "include"


def read_costs(section: Section, figure: Callable[[Section, str], Section], error: type[ModelError]) -> CostTable:
    """The cost table; `figure` reads one figure and keeps its provenance. Raises `error`.

    `include = "FILE"` names a file, beside this one, with a `[costs]` of its own: what this section says itself counts more.
    """
    section.only((*_TOTALS, *_KINDS, _INCLUDE))
    whole = section if _INCLUDE not in section.data else _with_included(section, error)
    kinds: dict[str, float] = {}
    for name, (prefix, known) in _KINDS.items():
        if name in whole.data:
            kinds |= _prices(whole.section(name), prefix, known, figure)
    return CostTable(**{name: figure(whole, name).number("value") for name in _TOTALS}, kinds=kinds)


def _prices(table: Section, prefix: str, known: Iterable[str], figure: Callable[[Section, str], Section]) -> dict[str, float]:
    if known:
        table.only(known)
    return {prefix + name: figure(table, name).number("value") for name in table.data}


def _with_included(section: Section, error: type[ModelError]) -> Section:
    path = Path(section.origin).parent / section.text(_INCLUDE)
    included = read_toml(path, error).section("costs")
    included.only((*_TOTALS, *_KINDS))
    merged = {**included.data, **section.data}
    for name in _KINDS:
        own, others = section.data.get(name, {}), included.data.get(name, {})
        if isinstance(own, dict) and isinstance(others, dict) and (own or others):
            merged[name] = {**others, **own}
    return Section(section.origin, merged, error, section.path)
