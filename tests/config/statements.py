"""A `set` line for any statement of the grammar file, with values that it takes."""

from collections.abc import Iterator
from functools import cache
from random import Random

from nf.config.display import quoted
from nf.config.grammar import Word, junos_grammar
from nf.config.schema import SPELLING, UNWRITTEN, written

_GRAMMAR = junos_grammar()
_SAMPLES = {
    "ipaddr": ("10.0.0.1", "2001:db8::1"), "ipv4addr": ("10.0.0.1",), "ipv6addr": ("2001:db8::1",),
    "ipprefix": ("10.0.0.0/8", "10.0.0.1", "2001:db8::/32"), "interface-name": ("ge-0/0/0.0", "reth1.10")}
_WORDS = ("x", "web server", "a;b", 'say "so"', "back\\slash", "{", "]", "x#y", "/* x", "two\nlines", "täglich",
          "${node}")


def dice(seed: int) -> Random:
    """Choices that are the same for the same seed."""
    return Random(seed)  # noqa: S311 - chooses test cases, keeps no secrets


@cache
def every_word() -> tuple[Word, ...]:
    """The statements of the grammar that may be written: containers, lists and leaves, but no keys of lists."""
    return tuple(_below(""))


def _below(path: str, keys: tuple[str, ...] = ()) -> Iterator[Word]:
    for name, word in _GRAMMAR.children(path).items():
        if name in keys:
            continue
        yield word
        if word.kind in {"container", "list"}:
            yield from _below(word.path, word.key)


def set_words(word: Word, random: Random) -> list[str]:
    """The words of a line that makes this statement, quoted where they must be."""
    words: list[str] = []
    parts = word.path.split(" ")
    for length in range(1, len(parts) + 1):
        above = " ".join(parts[:length - 1])
        words += _words(_GRAMMAR.children(above)[parts[length - 1]], above, random)
    return words


def _words(word: Word, above: str, random: Random) -> list[str]:
    own = [] if UNWRITTEN.get(above) == word.name else [written(word)]
    if word.kind == "list":
        keys = [quoted(_value(_GRAMMAR.children(word.path).get(key), random)) for key in word.key]
        spelling = SPELLING.get(word.path)
        if spelling:
            return [text for pair in zip(spelling, keys, strict=True) for text in pair]
        return own + keys
    if word.kind == "container" or word.type == "empty":
        return own
    return [*own, quoted(_value(word, random))]


def _value(word: Word | None, random: Random) -> str:
    if word is None:
        return "x"
    if word.enum:
        return random.choice(word.enum)
    if word.type == "union":
        number = next((kind for kind in word.union if "int" in kind.type and "interface" not in kind.type), None)
        return _number(number.range, random) if number else "ge-0/0/0.0"
    if "int" in word.type and not word.type.startswith("interface"):
        return _number(word.range, random)
    if word.type in _SAMPLES:
        return random.choice(_SAMPLES[word.type])
    low, _, high = word.length.partition(" .. ")
    text = random.choice(_WORDS) if word.type == "string" else "x"
    return text.ljust(int(low or 1), "x")[:int(high or low or 99)]


def _number(limits: str, random: Random) -> str:
    low, _, high = (limits or "0 .. 120").partition(" .. ")
    return str(random.choice((int(low), int(high or low))))
