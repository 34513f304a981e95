"""The text of rules as Snort and Suricata write them: lines to rules, rules to headers and options."""

from collections.abc import Iterator
from dataclasses import dataclass

_HEADER_WORDS = 7  # action, protocol, source, port, direction, destination, port
_ESCAPABLE = frozenset('";:\\')


class RuleError(Exception):
    """Why a rule cannot be used: the word at fault and what is wrong with it."""

    def __init__(self, word: str, why: str) -> None:
        super().__init__(f"{word}: {why}")
        self.word = word


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule: where it begins, the words of its header, its options as (keyword, value) in their order."""

    line: int
    header: tuple[str, ...]
    options: tuple[tuple[str, str], ...]

    def value(self, keyword: str) -> str | None:
        """The value of the first such option."""
        return next(iter(self.values(keyword)), None)

    def values(self, keyword: str) -> tuple[str, ...]:
        """The values of all such options."""
        return tuple(value for name, value in self.options if name == keyword)


def rules(text: str) -> Iterator[tuple[int, str]]:
    """Every rule with the number of its first line; a backslash at a line's end joins it with the next."""
    begun, rule = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if not rule and (not bare or bare.startswith("#")):
            continue
        begun = begun if rule else number
        if bare.endswith("\\"):
            rule += bare[:-1] + " "
            continue
        yield begun, rule + bare
        rule = ""
    if rule:
        yield begun, rule


def parse(line: int, text: str) -> RuleText:
    """One rule; raises RuleError where it has not the form of one."""
    head, parenthesis, rest = text.partition("(")
    words = tuple(_words(head))
    if len(words) != _HEADER_WORDS or not parenthesis:
        raise RuleError(words[0] if words else text[:20], "expected ACTION PROTOCOL SOURCE PORT -> DESTINATION PORT (OPTIONS)")
    if not rest.rstrip().endswith(")"):
        raise RuleError(rest.rstrip()[-20:], "expected ')' at the rule's end")
    return RuleText(line, words, tuple(_options(rest.rstrip()[:-1])))


def _words(head: str) -> Iterator[str]:
    """Words of the header; blanks in brackets are none."""
    word, depth = "", 0
    for character in head:
        depth += (character == "[") - (character == "]")
        if character.isspace():
            if depth == 0 and word:
                yield word
                word = ""
            continue
        word += character
    if word:
        yield word


def _options(text: str) -> Iterator[tuple[str, str]]:
    option, quoted, escaped = "", False, False
    for character in text:
        if character == ";" and not quoted and not escaped:
            if option.strip():
                yield _option(option)
            option = ""
            continue
        quoted ^= character == '"' and not escaped
        escaped = character == "\\" and not escaped
        option += character
    if option.strip():
        raise RuleError(option.strip()[:40], "expected ';' behind it")


def _option(text: str) -> tuple[str, str]:
    keyword, _, value = text.partition(":")
    return keyword.strip().lower(), value.strip()


def unquoted(keyword: str, value: str) -> str:
    """What stands between quotes."""
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':
        raise RuleError(f"{keyword}:{value}"[:40], "expected text in quotes")
    return value[1:-1]


def content_bytes(text: str) -> bytes:
    """A content's bytes: `|0d 0a|` is hexadecimal, a backslash takes the next character as it is."""
    found, plain = bytearray(), True
    for part in _split_bars(text):
        if plain:
            found += _plain(part)
        else:
            try:
                found += bytes.fromhex(part)
            except ValueError:
                raise RuleError(f"content:|{part}|"[:40], "expected pairs of hexadecimal digits") from None
        plain = not plain
    if plain:
        raise RuleError(text[:40], "expected another '|'")
    if not found:
        raise RuleError("content", "expected at least one byte")
    return bytes(found)


def _split_bars(text: str) -> list[str]:
    parts, escaped = [""], False
    for character in text:
        if character == "|" and not escaped:
            parts.append("")
            continue
        escaped = character == "\\" and not escaped
        parts[-1] += character
    return parts


def _plain(text: str) -> bytes:
    found, escaped = "", False
    for character in text:
        if escaped and character not in _ESCAPABLE:
            found += "\\"
        if character == "\\" and not escaped:
            escaped = True
            continue
        found += character
        escaped = False
    return (found + "\\" * escaped).encode("utf-8")
