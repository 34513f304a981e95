"""What a tree of commands is made of: words, the values they take, what the device is asked at the end of a path."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Answer: TypeAlias = Mapping[str, Any]
Given: TypeAlias = Mapping[str, Any]
Render: TypeAlias = Callable[[Answer, Given], Sequence[str]]
Data: TypeAlias = Callable[[Answer, Given], Mapping[str, Any]]


class OperatorError(Exception):
    """What was asked cannot be had; the message says what and why."""


@dataclass(frozen=True, slots=True)
class Value:
    """What stands after a word: how it is named in help, how it is read (ValueError says what was expected)."""

    label: str
    read: Callable[[str], object]
    names: str = ""  # which names of the device complete it: zone, policy, interface


@dataclass(frozen=True, slots=True)
class Ask:
    """The end of a command: the request to the device, and how its answer is shown.

    What words before it were given goes into the request, or its part `into`, over what stands there already; `standing`
    goes with it where there is any. `local` words are for `render` alone.
    The answers of a device that pages are joined in their list `pages`, or their number `pages` is summed.
    `data` makes of an answer what `| display json` and `| display xml` show, in the names of Junos; without it they show
    the answer itself. `given` is what `render` and `data` are told as if it had been typed.
    """

    request: Mapping[str, Any]
    render: Render
    into: str = ""
    pages: str = ""
    data: Data | None = None
    given: Given = field(default_factory=dict)
    standing: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a command; one without a name is a value that stands by itself.

    One of `children` may follow, or any of `options`, in any order, each once; of a `group` only one.
    """

    name: str
    help: str
    children: tuple["Word", ...] = ()
    options: tuple["Word", ...] = ()
    value: Value | None = None
    key: str = ""  # under which the value is given; the name where this is empty
    group: str = ""
    local: bool = False
    end: Ask | None = None

    @property
    def given_as(self) -> str:
        """The key of its value."""
        return self.key or self.name


@dataclass(frozen=True, slots=True)
class Path:
    """Where a sequence of words has led."""

    word: Word
    taken: tuple[Word, ...] = ()  # options of `word`
    given: Mapping[str, Any] = field(default_factory=dict)

    def follow(self, word: Word, value: object) -> "Path":
        """One word further."""
        says_something = word.value is not None or word in self.word.options
        given = {**self.given, word.given_as: value} if says_something else self.given
        if word in self.word.children:
            return Path(word, (), given)
        return Path(self.word, (*self.taken, word), given)

    def request(self, ask: Ask) -> dict[str, Any]:
        """What the device is asked at the end of this path."""
        local = {word.given_as for word in self.taken if word.local}
        told = {key: value for key, value in self.given.items() if key not in local}
        if not (ask.into and told):
            return {**ask.request, **told}
        return {**ask.request, ask.into: {**ask.standing, **ask.request.get(ask.into, {}), **told}}

    def candidates(self) -> tuple[Word, ...]:
        """The words that may come next."""
        groups = {word.group for word in self.taken if word.group}
        options = tuple(word for word in self.word.options if word not in self.taken and word.group not in groups)
        return options if self.taken else self.word.children + options
