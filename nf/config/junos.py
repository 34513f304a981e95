"""Junos text in `set` or curly form to one tree of statements; every mistake is noted and reading goes on after it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from nf.config.errors import ConfigError, Findings
from nf.config.grammar import junos_grammar
from nf.config.schema import Schema
from nf.config.tokens import Token, tokens
from nf.config.tree import Statement
from nf.config.walk import INACTIVE, Block, Walk

_VERBS = ("set", "deactivate", "activate")
_OTHER_VERBS = ("delete", "edit", "exit", "insert", "rename", "top", "up", "commit", "copy", "protect", "unprotect",
                "annotate", "replace", "wildcard")
_WRITTEN_ONCE = frozenset({"security policies policy policy", "security policies global policy"})
_LOAD_TIME = frozenset({"replace:", "delete:", "protect:", "unprotect:", "active:", "merge:", "create:", "rename:",
                        "insert:"})


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
    opened: dict[int, Token] = field(default_factory=dict)  # the brace that began a policy's block
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
            _switch(walk.last, walk.pointed, inactive=verb.text == "deactivate")

    def _curly(self, words: list[Token], end: Token | None) -> None:
        block = self.open[-1][0] if self.open else Block(self.root)
        inactive = bool(words) and _is_tag(words[0], INACTIVE)
        rest = words[1:] if inactive else words
        if end is None:
            raise self.findings.error(words[-1].line, words[-1].text, "the text ends here, a ; or { is missing")
        if end.text == "}":
            self._shut(rest, end)
        elif block is None:
            self.open.extend([(None, end)] if end.text == "{" else [])
        elif rest and _is_tag(rest[0], *_LOAD_TIME):
            raise self.findings.error(rest[0].line, rest[0].text, "tells a load what to do and is no configuration: "
                                      "write what is to stand, without it")
        elif rest:
            self._place(block, rest, end, inactive=inactive)
        elif end.text == "{":
            raise self.findings.error(end.line, end.text, "a statement is expected before it")

    def _shut(self, words: list[Token], end: Token) -> None:
        if not self.open:
            raise self.findings.error(end.line, "}", "closes nothing")
        self.open.pop()
        if words:
            raise self.findings.error(words[-1].line, words[-1].text, "a ; is missing after it")

    def _place(self, block: Block, words: list[Token], end: Token, *, inactive: bool) -> None:
        walk = Walk(self.schema, self.findings, block, words, opens=end.text == "{")
        inner = walk.place()
        if inactive and walk.first is None:  # a block of a list's entries
            inner = replace(inner, inactive=True)
        elif inactive and walk.first:
            free = walk.last is not None and walk.last.word is not None and walk.last.word.kind == "elsewhere"
            (walk.stack[-1] if free else walk.first).inactive = True
        if walk.opens:
            self._open(inner, end)

    def _open(self, block: Block, brace: Token) -> None:
        self.open.append((block, brace))
        word = block.statement.word
        if not block.prefix and word is not None and word.path in _WRITTEN_ONCE:
            earlier = self.opened.setdefault(id(block.statement), brace)
            if earlier is not brace:
                self.findings.remark(brace, f"policy {block.statement.name}",
                                     f"is written twice, first on line {earlier.line}: both blocks are one policy")


def _is_tag(word: Token, *tags: str) -> bool:
    return word.text in tags and not word.quoted


def _switch(statement: Statement, values: tuple[str, ...], *, inactive: bool) -> None:
    """Deactivate or activate a statement, or those of its values that are named."""
    if not values:
        statement.inactive = inactive
        return
    here, there = (statement.values, statement.idle) if inactive else (statement.idle, statement.values)
    for text in values:
        if text in here:
            there[text] = here.pop(text)
