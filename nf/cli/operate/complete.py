"""What TAB and the space bar make of a line that is being typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from nf.cli.operate.parse import PIPE, CommandError, Possible, parse, possible
from nf.cli.operate.tree import PIPES, ROOT

Names = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Completion:
    """What is added to the line, and what is shown because it is not decided."""

    added: str = ""
    shown: tuple[Possible, ...] = ()
    error: CommandError | None = None


def complete(line: str, names: Names) -> Completion:
    """Unique prefixes become words; what all that fit share is added; else they are shown."""
    if line.count('"') % 2:
        return Completion()
    try:
        fragment, found = possible(line, ROOT, PIPES, names)
        if not found:
            parse(line, ROOT, PIPES)  # says what is wrong with the last word
    except CommandError as error:
        return Completion(error=error)
    typed = [one.text for one in found if one.typed]
    if fragment in typed or len(typed) == 1:
        whole = fragment if fragment in typed else typed[0]
        return Completion(f"{whole[len(fragment):]} ")
    shared = _beginning(typed)[len(fragment):]
    if fragment and shared:
        return Completion(shared)
    return Completion(shown=tuple(found))


def _beginning(words: Sequence[str]) -> str:
    """What all words begin with."""
    columns = zip(*words, strict=False)
    return "".join(letters[0] for letters in takewhile(lambda letters: len(set(letters)) == 1, columns))


def space(line: str, names: Names) -> Completion:
    """As TAB for words of a command; values, and what is in quotes, just go on."""
    if line.count('"') % 2:
        return Completion(" ")
    if not line or line.endswith(" "):
        return Completion()
    if line.endswith(PIPE):
        return Completion(" ")
    done = complete(line, names)
    if done.error is None and not done.added and not any(one.typed for one in done.shown):
        return Completion(" ")  # a value
    return done


def explained(line: str, names: Names) -> Completion:
    """What `?` shows."""
    try:
        found = possible(line, ROOT, PIPES, names)[1]
        if not found:
            parse(line, ROOT, PIPES)
        return Completion(shown=tuple(found))
    except CommandError as error:
        return Completion(error=error)
