"""A tree of statements as Junos shows it, in `set` lines or with braces; read again, either gives the same tree.

Hierarchies that the grammar file leaves out are shown word by word, since nothing says where a name ends.
"""

from collections.abc import Collection, Iterator
from typing import Literal

from nf.config.schema import APPLY, EXCEPT, SPELLING, written
from nf.config.tree import Statement

Form = Literal["set", "curly"]
INHERITANCE = frozenset({"groups", APPLY, EXCEPT})  # left out where what is inherited stands in its place
_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/+-*<>@$%,=~!?&|'^()")
_INDENT = "    "


def display(root: Statement, form: Form, leave_out: Collection[str] = ()) -> str:
    """The text of a tree in one of the two forms, without the statements of some words."""
    lines = _set_lines if form == "set" else _curly_lines
    return "".join(f"{line}\n" for key, child in root.children.items() if key[0] not in leave_out
                   for line in lines(child, "", leave_out))


def quoted(text: str) -> str:
    """A word as it is written: in quotes when it holds anything that has a meaning of its own, or none at all."""
    if text and _BARE.issuperset(text) and not text.startswith("/*") and not text.endswith(":"):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _head(statement: Statement) -> str:
    """The words that name a statement: its own, unless it is not written, and its keys."""
    word = statement.word
    if word is None:
        return ""
    spelling = SPELLING.get(word.path)
    if spelling:
        return " ".join(f"{before} {quoted(key)}" for before, key in zip(spelling, statement.keys, strict=True))
    own = [] if statement.bare else [written(word)]
    return " ".join([*own, *map(quoted, statement.keys)])


def _set_lines(statement: Statement, above: str, leave_out: Collection[str]) -> Iterator[str]:
    path = f"{above} {_head(statement)}".rstrip()
    values, idle = [*map(quoted, statement.values)], [*map(quoted, statement.idle)]
    children = _shown(statement, leave_out)
    yield from (f"set{path} {value}" for value in (*values, *idle))
    if not (values or idle or children):
        yield f"set{path}"
    for child in children:
        yield from _set_lines(child, path, leave_out)
    yield from (f"deactivate{path} {value}" for value in idle)
    if statement.inactive:
        yield f"deactivate{path}" + (f" {values[0]}" if statement.bare and values else "")


def _curly_lines(statement: Statement, indent: str, leave_out: Collection[str]) -> Iterator[str]:
    words = ["inactive:"] if statement.inactive else []
    words += [word for word in (_head(statement), _values(statement)) if word]
    children = _shown(statement, leave_out)
    if not children:
        yield f"{indent}{' '.join(words)};"
        return
    yield f"{indent}{' '.join(words)} {{"
    for child in children:
        yield from _curly_lines(child, indent + _INDENT, leave_out)
    yield f"{indent}}}"


def _shown(statement: Statement, leave_out: Collection[str]) -> list[Statement]:
    return [child for key, child in statement.children.items() if key[0] not in leave_out]


def _values(statement: Statement) -> str:
    values = [*map(quoted, statement.values), *(f"inactive: {quoted(text)}" for text in statement.idle)]
    if len(values) == 1 and not statement.idle:
        return values[0]
    return f"[ {' '.join(values)} ]" if values else ""
