"""The tree of statements that a Junos text stands for, the same for its `set` and its curly form."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from nf.config.grammar import Word


@dataclass(slots=True, eq=False)
class Statement:
    """One statement: the grammar's word for it, its keys when it is an entry of a list, its values when it is a leaf.

    Children and values keep the order of the text; values and keys are written once each, with the line of the first.
    `idle` holds the values that are inactive; `bare` says that the statement's own word is not written.
    """

    word: Word | None  # None is the top
    keys: tuple[str, ...] = ()
    line: int = 1
    inactive: bool = False
    values: dict[str, int] = field(default_factory=dict)
    children: dict[tuple[str, ...], "Statement"] = field(default_factory=dict)
    idle: dict[str, int] = field(default_factory=dict)
    bare: bool = False

    @property
    def name(self) -> str:
        """The first key of a list's entry."""
        return self.keys[0] if self.keys else ""

    @property
    def text(self) -> str:
        """The value of a leaf."""
        return next(iter(self.values), "")

    def all(self, word: str) -> Iterator["Statement"]:
        """Every active statement of this word, in the order of the text."""
        return (child for key, child in self.children.items() if key[0] == word and not child.inactive)

    def one(self, *path: str) -> "Statement | None":
        """The active statement at the end of these words, none of them a list."""
        at: Statement | None = self
        for word in path:
            at = next(at.all(word), None) if at else None
        return at

    def has(self, *path: str) -> bool:
        """Whether an active statement stands at the end of these words."""
        return self.one(*path) is not None

    def value(self, *path: str) -> str | None:
        """The value of a leaf below, or None."""
        leaf = self.one(*path)
        return leaf.text if leaf else None

    def number(self, *path: str) -> int | None:
        """The value of a leaf below as a number, which the grammar has looked at, or None."""
        text = self.value(*path)
        return None if text is None else int(text)

    def texts(self, *path: str) -> tuple[str, ...]:
        """The values of a leaf-list below."""
        leaf = self.one(*path)
        return tuple(leaf.values) if leaf else ()

    def entries(self, *path: str) -> Iterator["Statement"]:
        """The entries of a list below."""
        parent = self.one(*path[:-1])
        return parent.all(path[-1]) if parent else iter(())


def active(root: Statement) -> Iterator[Statement]:
    """Every active statement below, in the order of the text."""
    waiting = [root]
    while waiting:
        statement = waiting.pop()
        if not statement.inactive:
            yield statement
            waiting.extend(reversed(statement.children.values()))


def ends(root: Statement) -> Iterator[Statement]:
    """Every active statement that stands for itself: a leaf, an empty container or entry."""
    return (statement for statement in active(root) if statement.word is not None and not statement.children)
