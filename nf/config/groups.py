"""Configuration groups: what `apply-groups` makes the statements of a place inherit, as Junos expands them.

An explicit statement comes before an inherited one, an inner `apply-groups` before an outer one, an earlier group
before a later one; lists and leaf-lists take what every group has. A pattern such as `<ge-*>` gives its statements to
the entries that are there and makes none of its own. What is inactive is not there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from nf.config.errors import Findings
from nf.config.schema import APPLY, EXCEPT
from nf.config.tree import Statement, active
from nf.config.values import is_wildcard

_PREDEFINED = frozenset({"junos-defaults"})  # a group of every box
_NOT_INHERITED = frozenset({APPLY, EXCEPT, "groups"})

_Key = tuple[str, ...]
_Here = Mapping[str, tuple[Statement, ...]]  # by group: its statements that speak of the place at hand


def expand(root: Statement, findings: Findings) -> Statement:
    """The tree with everything inherited in its place and without the groups; the tree handed in stays as it is."""
    groups = {child.name: () if child.inactive else (child,)
              for key, child in root.children.items() if key[0] == "groups"}
    _check_names(root, groups, findings)
    top = Statement(None, children={key: child for key, child in root.children.items() if key[0] != "groups"})
    return _Inheritance().merged(top, groups, ())


def _check_names(root: Statement, groups: _Here, findings: Findings) -> None:
    applied: set[str] = set()
    for statement in active(root):
        word = statement.word.name if statement.word else ""
        for name, line in statement.values.items() if word in {APPLY, EXCEPT} else ():
            applied.add(name)
            if name in groups or name in _PREDEFINED:
                continue
            if "${" in name:
                findings.remark(statement, f"{word} {name}", "no effect: which node this is, is not known here")
            else:
                findings.wrong(line, name, "no such group", groups)
    if not any("${" in name for name in applied):
        for name, entries in groups.items():
            for entry in entries if name not in applied else ():
                findings.remark(entry, f"groups {name}", "is applied nowhere")


@dataclass(slots=True)
class _Inheritance:
    """One expansion; `patterns` remembers which children of a group's statement are named by a pattern."""

    patterns: dict[int, tuple[_Key, ...]] = field(default_factory=dict)

    def merged(self, own: Statement, here: _Here, applied: tuple[str, ...]) -> Statement:
        """A statement with what it inherits; `applied` are the groups that reach this place, the first counts most."""
        if not here:
            return own
        applied = _applied(own, here, applied)
        sources = [statement for group in applied for statement in here.get(group, ())]
        new = Statement(own.word, own.keys, own.line, own.inactive, _values(own, sources), {}, own.idle, own.bare)
        for key, child in self._children(own, sources):
            below = {group: found for group, statements in here.items()
                     if (found := tuple(self._matching(statements, key)))}
            new.children[key] = self.merged(child, below, applied)
        return new

    def _children(self, own: Statement, sources: list[Statement]) -> Iterator[tuple[_Key, Statement]]:
        """The explicit statements, then those that groups add; one that is inactive gives way to an inherited one."""
        inherited: dict[_Key, Statement] = {}
        for source in sources:
            for key, child in source.children.items():
                if not (child.inactive or key[0] in _NOT_INHERITED or any(map(is_wildcard, key))):
                    inherited.setdefault(key, child)
        chosen = {child.word.choice: key[0] for key, child in own.children.items()
                  if child.word and child.word.choice and not child.inactive}
        for key, child in own.children.items():
            found = inherited.pop(key, None) if child.inactive else None
            yield key, child if found is None else _empty(found)
            inherited.pop(key, None)
        for key, child in inherited.items():
            choice = child.word.choice if child.word else ""
            if not choice or chosen.setdefault(choice, key[0]) == key[0]:
                yield key, _empty(child)

    def _matching(self, statements: tuple[Statement, ...], key: _Key) -> Iterator[Statement]:
        for statement in statements:
            found = statement.children.get(key)
            names = [key, *self._patterns(statement)] if found else self._patterns(statement)
            for name in names:
                child = statement.children[name]
                if not child.inactive and (name == key or _fits(name, key)):
                    yield child

    def _patterns(self, statement: Statement) -> tuple[_Key, ...]:
        known = self.patterns.get(id(statement))
        if known is None:
            known = self.patterns[id(statement)] = tuple(
                key for key in statement.children if any(map(is_wildcard, key[1:])))
        return known


def _applied(own: Statement, here: _Here, outer: tuple[str, ...]) -> tuple[str, ...]:
    """The groups that reach a place, with those that a group of them applies there itself."""
    waiting = [*_names(own, APPLY), *outer]
    excluded = _names(own, EXCEPT)
    reached: dict[str, None] = {}
    while waiting:
        name = waiting.pop(0)
        if name not in reached and name not in excluded:
            reached[name] = None
            waiting[:0] = [inner for statement in here.get(name, ()) for inner in _names(statement, APPLY)]
    return tuple(reached)


def _names(statement: Statement, word: str) -> tuple[str, ...]:
    leaf = statement.children.get((word,))
    return tuple(leaf.values) if leaf is not None and not leaf.inactive else ()


def _values(own: Statement, sources: list[Statement]) -> dict[str, int]:
    several = own.word is not None and own.word.kind == "leaf-list"
    values = dict(own.values)
    for source in sources:
        for text, line in source.values.items() if several or not values else ():
            values.setdefault(text, line)
    return values


def _empty(source: Statement) -> Statement:
    """The place of an inherited statement, with nothing of its own."""
    return Statement(source.word, source.keys, source.line, bare=source.bare)


def _fits(pattern: _Key, key: _Key) -> bool:
    return len(pattern) == len(key) and all(
        fnmatchcase(name, shape[1:-1]) if is_wildcard(shape) else name == shape
        for shape, name in zip(pattern, key, strict=True))
