"""Junos text in `set` or curly form to one tree of statements; every mistake is noted and reading goes on after it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from nf.config.errors import ConfigError, Findings
from nf.config.grammar import junos_grammar
from nf.config.schema import Schema
from nf.config.tokens import Token, tokens
from nf.config.tree import Statement
from nf.config.walk import Block, Walk

_VERBS = ("set", "deactivate", "activate")
_OTHER_VERBS = ("delete", "edit", "exit", "insert", "rename", "top", "up", "commit")
_TAGS = frozenset({"inactive:", "active:", "protect:", "replace:"})


def read(text: str, findings: Findings) -> Statement:
    """The tree of a text; mistakes go to the findings, one for each statement that does not fit."""
    reader = _Reader(findings)
    try:
        for words, end in _statements(tokens(text, findings.origin)):
            reader.take(words, end)
    except ConfigError as error:
        findings.errors.append(error)
    reader.close()
    return reader.root


def _statements(stream: Iterator[Token]) -> Iterator[tuple[list[Token], Token | None]]:
    """The words of each statement with the mark that ends it; None ends a `set` line, and a text that breaks off."""
    words: list[Token] = []
    depth = 0
    for token in stream:
        if token.first and words and depth == 0 and _is_command(words[0]):
            yield words, None
            words = []
        if token.mark and token.text in "{};":
            depth = max(0, depth + {"{": 1, "}": -1, ";": 0}[token.text])
            yield words, token
            words = []
        else:
            words.append(token)
    if words:
        yield words, None


def _is_command(word: Token) -> bool:
    return word.first and not word.mark and word.text in (*_VERBS, *_OTHER_VERBS)


@dataclass(slots=True)
class _Reader:
    """Where reading stands: the blocks that are open, None for one that is passed over since its head was wrong."""

    findings: Findings
    root: Statement = field(default_factory=lambda: Statement(None))
    open: list[tuple[Block | None, Token]] = field(default_factory=list)
    schema: Schema = field(default_factory=lambda: Schema(junos_grammar()))

    def take(self, words: list[Token], end: Token | None) -> None:
        """Place one statement."""
        try:
            if not self.open and words and _is_command(words[0]):
                self._command(words, end)
            else:
                self._curly(words, end)
        except ConfigError as error:
            self.findings.errors.append(error)
            if end and end.text == "{":
                self.open.append((None, end))

    def close(self) -> None:
        """Note a block that is still open where the text ends."""
        if self.open:
            at = self.open[-1][1]
            self.findings.wrong(at, "{", "this block has no closing }")

    def _command(self, words: list[Token], end: Token | None) -> None:
        verb, rest = words[0], words[1:]
        if verb.text in _OTHER_VERBS:
            raise self.findings.error(verb.line, verb.text, "expected set, deactivate or activate")
        if end is not None:
            raise self.findings.error(end.line, end.text, f"a {verb.text} line ends without it")
        if not rest:
            raise self.findings.error(verb.line, verb.text, "a statement is expected after it")
        walk = Walk(self.schema, self.findings, Block(self.root), rest, names_only=verb.text != "set")
        walk.place()
        if verb.text != "set" and walk.last:
            walk.last.inactive = verb.text == "deactivate"

    def _curly(self, words: list[Token], end: Token | None) -> None:
        block = self.open[-1][0] if self.open else Block(self.root)
        tags = [word.text for word in words if not word.mark and word.text in _TAGS and word is words[0]]
        rest = words[len(tags):]
        if end is None:
            raise self.findings.error(words[-1].line, words[-1].text, "the text ends here, a ; or { is missing")
        if end.text == "}":
            self._shut(rest, end)
        elif block is None:
            self.open.extend([(None, end)] if end.text == "{" else [])
        elif not rest:
            if end.text == "{":
                raise self.findings.error(end.line, end.text, "a statement is expected before it")
        else:
            self._place(block, rest, end, inactive="inactive:" in tags)

    def _shut(self, words: list[Token], end: Token) -> None:
        if not self.open:
            raise self.findings.error(end.line, "}", "closes nothing")
        self.open.pop()
        if words:
            raise self.findings.error(words[-1].line, words[-1].text, "a ; is missing after it")

    def _place(self, block: Block, words: list[Token], end: Token, *, inactive: bool) -> None:
        walk = Walk(self.schema, self.findings, block, words, opens=end.text == "{")
        inner = walk.place()
        if walk.first:
            walk.first.inactive = walk.first.inactive or inactive
        if walk.opens:
            self.open.append((inner, end))
