"""A platform described: what is in it, and every figure with its source."""

from collections.abc import Mapping
from dataclasses import asdict

from rich.console import Group, RenderableType
from rich.table import Table

from hwmodel.platform import Figure, Kind, Platform, SpuSpec
from hwmodel.rendering.words import value_text

_COLOURS = {Kind.ASSUMED: "yellow"}


def device_table(platform: Platform) -> RenderableType:
    """Cards, SPUs, figures and published ceilings."""
    parts: list[RenderableType] = [f"{platform.name}: {platform.description}", ""]
    if platform.cards:
        parts += [_cards(platform), ""]
    parts += [_spus(platform), "", _figures("figure", platform.figures)]
    if platform.published:
        parts += ["", _figures("published (the model is checked against these)", platform.published)]
    return Group(*parts, "", f"{len(platform.assumed)} of {len(platform.figures)} figures are assumed")


def as_dict(platform: Platform) -> dict[str, object]:
    """The same in numbers, texts, lists and dictionaries alone."""
    return {
        "name": platform.name,
        "description": platform.description,
        "max_sessions": platform.max_sessions,
        "threads": platform.threads,
        "cards": [asdict(card) for card in platform.cards],
        "spus": [asdict(spu) | {"role": spu.role.value, "name": spu.name} for spu in platform.spus],
        "figures": _plain(platform.figures),
        "published": _plain(platform.published),
        "assumed": list(platform.assumed),
    }


def _plain(figures: Mapping[str, Figure]) -> dict[str, object]:
    return {key: {"value": figure.value, "unit": figure.unit, "kind": figure.kind.value, "source": figure.source}
            for key, figure in figures.items()}


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in titles:
        table.add_column(title, overflow="fold")
    return table


def _cards(platform: Platform) -> Table:
    table = _table("slot", "card", "PICs")
    for card in platform.cards:
        table.add_row(str(card.slot), card.description, ", ".join(card.pics))
    return table


def _spus(platform: Platform) -> Table:
    table = _table("SPU", "role", "threads", "sessions")
    for spu in platform.spus:
        table.add_row(*_spu(spu))
    return table


def _spu(spu: SpuSpec) -> tuple[str, str, str, str]:
    return spu.name, spu.role.value, str(spu.threads), f"{spu.max_sessions:,}"


def _figures(title: str, figures: Mapping[str, Figure]) -> Table:
    table = _table(title, "value", "unit", "kind", "source")
    for key, figure in figures.items():
        cells = (key, value_text(figure), figure.unit, figure.kind.value, figure.source)
        table.add_row(*cells, style=_COLOURS.get(figure.kind, ""))
    return table
