"""Junos text to tokens: words, quoted strings and the marks { } [ ] ; with their lines; comments are left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nf.config.errors import ConfigError

_TOKEN = re.compile(r"""(?P<newline>\n)
                      | (?P<space>[^\S\n]+)
                      | (?P<comment>\#[^\n]*|/\*.*?\*/)
                      | (?P<string>"(?:[^"\\]|\\.)*")
                      | (?P<mark>[{};\[\]])
                      | (?P<word>(?:\$\{[^\s{};"]*\}|[^\s{};\[\]"])+)""", re.DOTALL | re.VERBOSE)
_ESCAPE = re.compile(r'\\(["\\])')


@dataclass(frozen=True, slots=True)
class Token:
    """One word or mark; `first` says that nothing stands before it on its line, `quoted` that it is a string."""

    text: str
    line: int
    mark: bool = False
    first: bool = False
    quoted: bool = False

    def is_mark(self, text: str) -> bool:
        """Whether this is the given mark and not a quoted string that looks like it."""
        return self.mark and self.text == text


def tokens(text: str, origin: str) -> Iterator[Token]:
    """The tokens of a text; raises ConfigError where a comment or a string is not closed."""
    at, line, first = 0, 1, True
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ConfigError(origin, line, '"', "this quoted string has no end")
        kind, piece, at = found.lastgroup, found.group(), found.end()
        if kind == "newline":
            first = True
        elif kind in {"string", "mark", "word"}:
            if kind == "word" and piece.startswith("/*"):
                raise ConfigError(origin, line, "/*", "this comment has no end")
            plain = _ESCAPE.sub(r"\1", piece[1:-1]) if kind == "string" else piece
            yield Token(plain, line, kind == "mark", first, kind == "string")
            first = False
        line += piece.count("\n")
