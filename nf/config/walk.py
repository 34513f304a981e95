"""Words of one statement, in either form, to their place in the tree, as the grammar leads."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from nf.config.errors import Findings, expected, nearest
from nf.config.grammar import Word
from nf.config.schema import SPELLING, Schema
from nf.config.tokens import Token
from nf.config.tree import Statement
from nf.config.values import fault, is_wildcard

INACTIVE = "inactive:"
_DEEPEST = 100  # the grammar ends at 20 or so; only hierarchies outside its file could go on
_FREE = frozenset({"macro", "elsewhere"})  # any word may stand there


@dataclass(frozen=True, slots=True)
class Block:
    """What an opened brace stands in; `prefix` is the list whose keys the statements inside begin with.

    `grouped` says that it lies in a configuration group, `inactive` that the whole list is inactive, `depth` how far
    below the top it is.
    """

    statement: Statement
    prefix: tuple[Token, ...] = ()
    grouped: bool = False
    inactive: bool = False
    depth: int = 0


@dataclass(slots=True)
class Walk:
    """Places the words of one statement under a block; raises ConfigError at the first word that does not fit."""

    schema: Schema
    findings: Findings
    block: Block
    words: Sequence[Token]
    opens: bool = False  # a brace follows
    names_only: bool = False  # the statement only points at a place (`deactivate`): the last value may be left out
    at: int = 0
    stack: list[Statement] = field(default_factory=list)
    first: Statement | None = None
    last: Statement | None = None
    pointed: tuple[str, ...] = ()  # values of the last leaf that a pointing line names
    bare: bool = False  # the word at hand is a value or a free word: its statement's own word is not written
    given: set[tuple[int, str]] = field(default_factory=set)  # unwritten leaves that have their value
    idle: set[str] = field(default_factory=set)  # values at hand that are inactive

    def place(self) -> Block:
        """Add the statement to the tree; returns the block that a following brace opens."""
        self.words = (*self.block.prefix, *self.words)
        self.stack = [self.block.statement]
        while self.at < len(self.words):
            token = self._take()
            word = self._find(token)
            if self.opens and self.at == len(self.words) and self.schema.takes_keyless_block(word):
                return Block(self.stack[-1], (token,), self._grouped(), depth=self._depth())
            self._enter(word, token)
            if self._depth() > _DEEPEST:
                raise self.findings.error(token.line, token.text, f"more than {_DEEPEST} statements within each other")
        return self._opened()

    def _opened(self) -> Block:
        last = self.last
        if self.opens and last is not self.stack[-1]:
            name = last.word.name if last and last.word else ""
            raise self.findings.error(self.words[-1].line, name, "takes no block of statements")
        return Block(self.stack[-1], grouped=self._grouped(), depth=self._depth())

    def _depth(self) -> int:
        return self.block.depth + len(self.stack) - 1

    def _grouped(self) -> bool:
        top = self.block.statement.word is None and bool(self.words) and self.words[0].text == "groups"
        return self.block.grouped or top

    def _take(self) -> Token:
        token = self.words[self.at]
        self.at += 1
        if token.mark:
            raise self.findings.error(token.line, token.text, "a statement is expected here")
        return token

    def _find(self, token: Token) -> Word:
        place = self.stack[-1].word
        lowest = 1 if self.block.statement.word else 2  # a line may go back up, but not to the top
        free = place is not None and (place.path == "apply-macro" or place.kind == "elsewhere")
        upwards = range(len(self.stack), len(self.stack) - 1 if free else lowest - 1, -1) or (1,)
        self.bare = False
        for depth in upwards:
            word = self.schema.words(self.stack[depth - 1].word).get(token.text)
            if word is not None:
                del self.stack[depth:]
                return word
        unwritten = self.schema.unwritten(place, token.text) if place else None
        if unwritten is None or (id(self.stack[-1]), unwritten.path) in self.given:
            within = f"in '{place.name}'" if place else "at the top"
            known = [name for above in self.stack[lowest - 1:] or self.stack for name in self.schema.words(above.word)]
            others = "" if nearest(token.text, known) else expected(self.schema.words(place))
            raise self.findings.error(token.line, token.text, f"no such statement {within}{others}", known)
        self.bare = True
        if unwritten.kind not in _FREE:
            self.at -= 1  # the word is the value itself
            self.given |= {(id(self.stack[-1]), unwritten.path)} if unwritten.kind == "leaf" else set()
        return unwritten

    def _enter(self, word: Word, token: Token) -> None:
        match word.kind:
            case "container":
                self._push(self._child(word, (), token))
            case "list":
                self._enter_list(word, token)
            case "elsewhere":
                self._enter_elsewhere(word, token)
            case "macro":
                data = self._child(word, (token.text,), token)
                if self.at < len(self.words):
                    data.values = {self._take().text: token.line}
            case "leaf" | "leaf-list":
                self._fill(self._child(word, (), token), word, token)

    def _enter_elsewhere(self, word: Word, token: Token) -> None:
        self._push(self._child(word, (token.text,) if self.bare else (), token))
        if self.at < len(self.words) and self.words[self.at].is_mark("["):
            for text in self._values(word, token):
                self._child(word, (text,), token).inactive |= text in self.idle

    def _enter_list(self, word: Word, token: Token) -> None:
        if self.names_only and self.at == len(self.words):
            raise self.findings.error(token.line, token.text, "the name of an entry is expected after it")
        spelling = SPELLING.get(word.path, ())
        if len(word.key) == 1 and not spelling:
            entries: list[tuple[str, ...]] = [(name,) for name in self._values(word, token)]
        else:
            entries = [tuple(self._one_key(word, token, index, spelling) for index in range(len(word.key)))]
        for keys in entries:
            for key, text in zip(word.key, keys, strict=True):
                self._check_key(self.schema.key(word, key), text, token, word.name)
            entry = self._child(word, tuple(keys), token)
            entry.inactive = entry.inactive or self.block.inactive or (len(keys) == 1 and keys[0] in self.idle)
        self._push(entry)

    def _one_key(self, word: Word, token: Token, index: int, spelling: tuple[str, ...]) -> str:
        if index and spelling:
            self._expect(spelling[index])
        if self.at >= len(self.words):
            raise self.findings.error(token.line, token.text, f"{len(word.key)} names are expected after it")
        return self._take().text

    def _expect(self, text: str) -> None:
        last = self.words[self.at - 1]
        if self.at >= len(self.words):
            raise self.findings.error(last.line, last.text, f"'{text}' is expected after it")
        found = self._take()
        if found.text != text:
            raise self.findings.error(found.line, found.text, f"'{text}' is expected here", (text,))

    def _fill(self, leaf: Statement, word: Word, token: Token) -> None:
        if word.type == "empty" or (self.names_only and self.at == len(self.words)):
            return
        values = self._values(word, token)
        if self.names_only:
            self._point(leaf, values, token)
            return
        if word.kind == "leaf":
            if len(values) > 1:
                raise self.findings.error(token.line, values[1], f"'{word.name}' takes one value")
            leaf.values = {}  # the last one counts
            leaf.line = token.line
        for text in values:
            self._check(word, text, token)
            at = leaf.idle if text in self.idle or text in leaf.idle else leaf.values
            at.setdefault(text, token.line)
        if word.max_elements and len(leaf.values) > int(word.max_elements):
            raise self.findings.error(token.line, values[-1], f"'{word.name}' takes {word.max_elements} values at most")

    def _point(self, leaf: Statement, values: list[str], token: Token) -> None:
        for text in values:
            if text not in leaf.values and text not in leaf.idle:
                raise self.findings.error(token.line, text, "nothing above this line to point at")
        self.pointed = tuple(values) if leaf.word and leaf.word.kind == "leaf-list" and not leaf.bare else ()

    def _values(self, word: Word, token: Token) -> list[str]:
        if self.at >= len(self.words):
            what = "a name" if word.kind == "list" else "a value"
            raise self.findings.error(token.line, token.text, f"{what} is expected after it")
        self.idle = set()
        if not self.words[self.at].is_mark("["):
            return [self._take().text]
        self.at += 1
        values = []
        while self.at < len(self.words) and not self.words[self.at].is_mark("]"):
            values.append(self._item())
        if self.at >= len(self.words) or not values:
            raise self.findings.error(token.line, "[", "a list of values and its ] are expected after it")
        self.at += 1
        return values

    def _item(self) -> str:
        token = self._take()
        if token.text != INACTIVE or token.quoted or self.at >= len(self.words):
            return token.text
        text = self._take().text
        self.idle.add(text)
        return text

    def _check_key(self, key: Word | None, text: str, token: Token, name: str) -> None:
        if not is_wildcard(text):
            self._check(key, text, token, name)
        elif not self._grouped():
            raise self.findings.error(token.line, text, "a wildcard stands for names only inside groups")

    def _check(self, word: Word | None, text: str, token: Token, name: str = "") -> None:
        message = fault(word, text, name) if word else None
        if word and message:
            raise self.findings.error(token.line, text, message, word.enum)

    def _child(self, word: Word, keys: tuple[str, ...], token: Token) -> Statement:
        children = self.stack[-1].children
        if self.names_only and (word.name, *keys) not in children:
            name = keys[0] if keys else token.text
            raise self.findings.error(token.line, name, "nothing above this line to point at")
        child = children.setdefault((word.name, *keys), Statement(word, keys, token.line, bare=self.bare))
        self.first = self.first or child
        self.last = child
        return child

    def _push(self, statement: Statement) -> None:
        self.stack.append(statement)
