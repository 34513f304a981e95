"""What all answers of `show services ssl` share: blocks by PIC, the names of Junos's XML, labels made from them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from nf.cli.operate.grammar import OperatorError

WIDTH: Final = 42  # of a label


def pic_name(pic: Mapping[str, Any]) -> str:
    """A PIC as devices print it; PICs that share one worker share its caches, and stand together."""
    together = [pic, *pic.get("also", ())]
    return ", ".join(f"spu-{4 * one['fpc'] + one['pic']} fpc[{one['fpc']}] pic[{one['pic']}]" for one in together)


def head(pic: Mapping[str, Any]) -> str:
    """The line above the block of a PIC."""
    return f"PIC:{pic_name(pic)} ------"


def rows(facts: Iterable[tuple[str, object]]) -> list[str]:
    """Labels and what they stand for."""
    return [f"    {name:<{WIDTH}}{text(value)}".rstrip() for name, value in facts]


def text(value: object) -> str:
    """A value in a line; a list that is empty says so."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def named(prefix: str, facts: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Facts under the names of Junos's XML."""
    return {f"{prefix}-{name}": list(value) if isinstance(value, list | tuple) else text(value) if isinstance(value, bool)
            else value for name, value in facts}


def by_pic(prefix: str, pics: Sequence[tuple[Mapping[str, Any], Mapping[str, object]]]) -> dict[str, Any]:
    """Blocks of PICs under the names of Junos's XML."""
    return {prefix: {f"{prefix}-pic": [{f"{prefix}-pic-info": pic_name(pic), **facts} for pic, facts in pics]}}


def found(entries: Sequence[Any], what: str) -> Sequence[Any]:
    """The entries; OperatorError when there are none."""
    if not entries:
        raise OperatorError(f"no {what}")
    return entries
