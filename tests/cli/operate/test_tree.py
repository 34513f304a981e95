"""The tree itself: whatever can be reached is complete, explained, and unambiguous."""

from collections.abc import Iterator

import pytest

from nf.cli.operate.grammar import Word
from nf.cli.operate.parse import parse
from nf.cli.operate.pki_directory import _DEEDS
from nf.cli.operate.tree import PIPES, ROOT
from nf.dataplane.answers import _VERBS
from nf.dataplane.selection import Selection


def paths(word: Word, before: str = "") -> Iterator[tuple[str, Word]]:
    """Every word that leads somewhere, and the line up to it; values by an example that all of them take."""
    line = f"{before} {word.name} {'1' if word.value is not None else ''}".strip() if word is not ROOT else ""
    line = " ".join(line.split())
    yield line, word
    for child in word.children:
        yield from paths(child, line)


WORDS = dict(paths(ROOT))
ENDS = {line: word for line, word in WORDS.items() if word.end is not None}


@pytest.mark.parametrize("line", ENDS)
def test_every_end_is_a_line_and_a_question_that_the_device_knows(line: str) -> None:
    command = parse(line, ROOT, PIPES)
    (verb, asked), *_ = command.path.request(command.ask).items()
    assert asked in {**_VERBS, "pki": _DEEDS}[verb]


def test_nothing_leads_nowhere() -> None:
    assert not [line for line, word in WORDS.items() if word.end is None and not word.children]


@pytest.mark.parametrize("root", [ROOT, PIPES])
def test_every_word_is_explained_and_none_stands_twice(root: Word) -> None:
    for word in dict(paths(root)).values():
        following = [*word.children, *word.options]
        assert all(one.help for one in following if one.name)
        assert len({one.name for one in following}) == len(following)
        assert all("\n" not in one.help for one in following)


def test_every_filter_is_one_that_the_device_knows() -> None:
    known = {name.replace("_", "-") for name in Selection.__struct_fields__}
    for line in ("show security flow session", "clear security flow session"):
        filters = {option.given_as for option in WORDS[line].options if not option.local}
        assert filters | {"extensive"} == known  # a level, and nothing to choose sessions by
