"""The grammar of Junos 24.4 as shipped beside this file: one JSON object a statement, decoded where it is asked for.

Only the path of each line is looked at when the file is read; a small configuration decodes a few hundred of 28,000.
"""

import gzip
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

Kind = Literal["container", "list", "leaf", "leaf-list", "macro", "elsewhere"]

NESTED = ("groups", "logical-systems", "tenants")  # each holds the grammar of the top once more


class Alternative(msgspec.Struct, frozen=True):
    """One type that a value may have."""

    type: str = msgspec.field(name="t", default="")
    range: str = ""
    pattern: str = ""


class Word(msgspec.Struct, frozen=True):
    """What the grammar says of one statement; `path` holds the words from the top, in the spelling of the YANG modules.

    Kind "macro" is the inside of an `apply-macro`; "elsewhere" is a hierarchy that the grammar file leaves out.
    """

    path: str
    kind: Kind
    type: str = msgspec.field(name="t", default="")
    key: tuple[str, ...] = ()
    enum: tuple[str, ...] = ()
    union: tuple[Alternative, ...] = ()
    range: str = ""
    length: str = ""
    max_elements: str = msgspec.field(name="max-elements", default="")
    choice: str = ""  # of the statements of one choice in a place, one may stand

    @property
    def name(self) -> str:
        """The statement's own word."""
        return self.path.rpartition(" ")[2]


class Grammar:
    """Statements by the path of the container that they stand in; "" is the top."""

    def __init__(self, packed: bytes) -> None:
        self._lines: dict[bytes, list[bytes]] = {}
        self._children: dict[str, dict[str, Word]] = {}
        for line in gzip.decompress(packed).splitlines():
            path = line[9:line.index(b'"', 9)]  # after {"path":"
            self._lines.setdefault(path.rpartition(b" ")[0], []).append(line)

    def children(self, path: str) -> dict[str, Word]:
        """The statements that may stand directly in this one, by their word."""
        known = self._children.get(path)
        if known is None:
            words = (_DECODER.decode(line) for line in self._lines.get(path.encode(), ()))
            known = self._children[path] = {word.name: word for word in words}
        return known


_DECODER = msgspec.json.Decoder(Word)


@cache
def junos_grammar() -> Grammar:
    """The shipped grammar, read once."""
    return Grammar(files("nf.config").joinpath("junos-grammar-24.4.jsonl.gz").read_bytes())
