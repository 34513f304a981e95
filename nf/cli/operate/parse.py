"""Lines to commands, and what could come next: unique prefixes are words, as in Junos."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from nf.cli.operate.grammar import Ask, Given, Path, Value, Word

ENTER: Final = "<[Enter]>"
PIPE: Final = "|"
_TOKEN: Final = re.compile(r'(?P<pipe>\|)|(?P<text>(?:"[^"]*"?|[^\s|"])+)')


class CommandError(Exception):
    """A line that is no command: the column of the first wrong word, what was expected, and the words that fit."""

    def __init__(self, column: int, message: str, fitting: Sequence["Possible"] = ()) -> None:
        super().__init__(message)
        self.column, self.fitting = column, tuple(fitting)


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it was typed, and where it begins; quotes are taken away."""

    text: str
    column: int
    quoted: bool = False

    @property
    def is_pipe(self) -> bool:
        """Whether it separates a command from what its output goes through."""
        return self.text == PIPE and not self.quoted


@dataclass(frozen=True, slots=True)
class Possible:
    """One thing that may come next; `typed` is False for what only stands for it, such as `<prefix>`."""

    text: str
    help: str
    typed: bool = True


@dataclass(frozen=True, slots=True)
class Command:
    """A complete line: what to ask, with the values given, and what the output goes through."""

    ask: Ask
    path: Path
    pipes: tuple[tuple[str, Given], ...] = ()


def tokens(line: str) -> list[Token]:
    """The words of a line."""
    return [Token(match[0].replace('"', ""), match.start(), '"' in match[0]) for match in _TOKEN.finditer(line)]


def parse(line: str, root: Word, pipe_root: Word) -> Command:
    """The command that a line is; raises CommandError."""
    segments = _segments(line)
    path = _walk(segments[0], root, len(line.rstrip()))
    if path.word.end is None:
        raise CommandError(_end(segments[0], line), "syntax error, expecting <command>.", _next(path, "", {}))
    pipes = []
    for segment in segments[1:]:
        through = _walk(segment, pipe_root, len(line.rstrip()))
        if through.word.children or through.word is pipe_root:
            raise CommandError(_end(segment, line), "syntax error, expecting <command>.", _next(through, "", {}))
        pipes.append((through.word.name, through.given))
    return Command(path.word.end, path, tuple(pipes))


def possible(line: str, root: Word, pipe_root: Word, names: Mapping[str, Sequence[str]]) -> tuple[str, list[Possible]]:
    """The word that is being typed at the end of the line, and what it may become; raises CommandError."""
    found = tokens(line)
    is_open = found and not found[-1].is_pipe and found[-1].column + _length(line, found[-1]) == len(line)
    fragment = found[-1] if is_open else None
    before = line[:fragment.column] if fragment else line
    segments = _segments(before)
    start = root if len(segments) == 1 else pipe_root
    path, awaited = _walk_open(segments[-1], start)
    text = fragment.text if fragment else ""
    if awaited is not None:
        return text, _values(awaited, text, names)
    return text, _next(path, text, names)


def matching(text: str, candidates: Sequence[Word]) -> list[Word]:
    """The words that a typed one may be: an exact one alone, else those that begin so."""
    exact = [word for word in candidates if word.name == text]
    return exact or [word for word in candidates if word.name and word.name.startswith(text)]


def _segments(line: str) -> list[list[Token]]:
    segments: list[list[Token]] = [[]]
    for token in tokens(line):
        if token.is_pipe:
            segments.append([])
        else:
            segments[-1].append(token)
    return segments


def _walk(segment: Sequence[Token], root: Word, end: int) -> Path:
    path, awaited = _walk_open(segment, root)
    if awaited is not None:
        raise CommandError(end, f"missing argument: expecting {awaited.label}.")
    return path


def _walk_open(segment: Sequence[Token], root: Word) -> tuple[Path, Value | None]:
    """As far as the words lead, and the value that is still awaited."""
    path, rest = Path(root), list(segment)
    while rest:
        token = rest.pop(0)
        word = _word(token, path)
        if word.value is None:
            path = path.follow(word, True)
        elif word.name and not rest:
            return path, word.value
        else:
            path = path.follow(word, _read(word.value, rest.pop(0) if word.name else token))
    return path, None


def _word(token: Token, path: Path) -> Word:
    candidates = path.candidates()
    fitting = [] if token.quoted else matching(token.text, candidates)
    if len(fitting) == 1:
        return fitting[0]
    free = next((word for word in candidates if not word.name), None)
    if free is not None and not (fitting and fitting[0].name == token.text):
        return free
    if fitting:
        raise CommandError(token.column, f"'{token.text}' is ambiguous.", _next(path, token.text, {}))
    expected = "<command>" if candidates else "| or end of command"
    raise CommandError(token.column, f"syntax error, expecting {expected}.", _next(path, "", {}))


def _read(value: Value, token: Token) -> object:
    try:
        return value.read(token.text)
    except ValueError as error:
        raise CommandError(token.column, f"invalid value '{token.text}': {error}.") from None


def _next(path: Path, text: str, names: Mapping[str, Sequence[str]]) -> list[Possible]:
    candidates = path.candidates()
    found = [Possible(word.name, word.help) for word in sorted(candidates, key=lambda word: word.name)
             if word.name and word.name.startswith(text)]
    for word in candidates:
        if not word.name and word.value is not None:
            found += _values(word.value, text, names)
    is_whole = path.word.end is not None or not (path.word.children or path.word.options)
    if is_whole and not text:
        enter, pipe = Possible(ENTER, "Execute this command", False), Possible(PIPE, "Pipe through a command", False)
        found = [enter, *found, pipe]
    return found


def _values(value: Value, text: str, names: Mapping[str, Sequence[str]]) -> list[Possible]:
    known = [Possible(name, "") for name in names.get(value.names, ()) if name.startswith(text)]
    return [*known, Possible(value.label, "", False)]


def _end(segment: Sequence[Token], line: str) -> int:
    return segment[-1].column + _length(line, segment[-1]) + 1 if segment else len(line.rstrip())


def _length(line: str, token: Token) -> int:
    match = _TOKEN.match(line, token.column)
    return len(match[0]) if match else 0
