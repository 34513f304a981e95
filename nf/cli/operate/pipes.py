"""What output goes through: `| match`, `| except`, `| find`, `| count`, `| last`, `| display`."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import dropwhile
from typing import Any, Final
from xml.sax.saxutils import escape

from nf.cli.operate.grammar import Given, OperatorError


def as_json(answer: object) -> list[str]:
    """The data of an answer."""
    return json.dumps(answer, indent=2).splitlines()


def as_xml(answer: Mapping[str, Any]) -> list[str]:
    """The data of an answer as elements by their names; a list is its element over and over."""
    return ["<rpc-reply>", *_elements(answer, 1), "</rpc-reply>"]


def _elements(content: Mapping[str, Any], depth: int) -> Iterator[str]:
    indent = "    " * depth
    for name, value in content.items():
        tag = _NOT_IN_TAG.sub("-", name if name[:1].isascii() and name[:1].isalpha() else f"_{name}")
        for one in value if isinstance(value, list | tuple) else (value,):
            if isinstance(one, Mapping):
                yield f"{indent}<{tag}>"
                yield from _elements(one, depth + 1)
                yield f"{indent}</{tag}>"
            else:
                text = "" if one is None else _NOT_IN_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", str(one))
                yield f"{indent}<{tag}>{escape(text)}</{tag}>"


def through(lines: Sequence[str], pipes: Iterable[tuple[str, Given]]) -> list[str]:
    """The lines after one pipe after the other."""
    for name, given in pipes:
        filtered = _PIPES.get(name)
        if filtered is not None:
            lines = filtered(lines, given.get(name))
    return list(lines)


def _count(lines: Sequence[str], _: Any) -> list[str]:
    return [f"Count: {len(lines)} lines"]


def _last(lines: Sequence[str], number: Any) -> Sequence[str]:
    return lines[-number:]


def _match(lines: Sequence[str], pattern: Any) -> Sequence[str]:
    wanted = _compiled(pattern)
    return [line for line in lines if wanted.search(line)]


def _except(lines: Sequence[str], pattern: Any) -> Sequence[str]:
    unwanted = _compiled(pattern)
    return [line for line in lines if not unwanted.search(line)]


def _find(lines: Sequence[str], pattern: Any) -> Sequence[str]:
    wanted = _compiled(pattern)
    return list(dropwhile(lambda line: not wanted.search(line), lines))


def _compiled(pattern: str) -> re.Pattern[str]:
    """Without regard to case; its length is limited where it is read."""
    try:
        return re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise OperatorError(f"regular expression '{pattern}': {error}") from None


# XML 1.0 §2.2, and what would end the line
_NOT_IN_XML: Final = re.compile("[^\t -\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_IN_TAG: Final = re.compile(r"[^A-Za-z0-9_.-]")
_PIPES: Final[dict[str, Callable[[Sequence[str], Any], Sequence[str]]]] = {
    "count": _count, "last": _last, "match": _match, "except": _except, "find": _find}
