"""What output goes through: `| match`, `| except`, `| find`, `| count`, `| last`, `| display`."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import dropwhile
from typing import Any, Final

from nf.cli.operate.grammar import Given, OperatorError


def as_json(answer: object) -> list[str]:
    """The data of an answer."""
    return json.dumps(answer, indent=2).splitlines()


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


_PIPES: Final[dict[str, Callable[[Sequence[str], Any], Sequence[str]]]] = {
    "count": _count, "last": _last, "match": _match, "except": _except, "find": _find}
