import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.config import ConfigError
from nf.config.tokens import tokens


def words(text: str) -> list[str]:
    return [token.text for token in tokens(text, "t")]


def test_words_marks_and_comments() -> None:
    found = words("a b{c;} [ d ] # not this\n/* nor\nthis */ e#f;")
    assert found == ["a", "b", "{", "c", ";", "}", "[", "d", "]", "e#f", ";"]


def test_lines_are_counted_through_comments_and_strings() -> None:
    found = {token.text: (token.line, token.first) for token in tokens('a /* \n\n */ b\n"x\ny" z', "t")}
    assert found == {"a": (1, True), "b": (3, False), "x\ny": (4, True), "z": (5, False)}


def test_a_quoted_mark_is_a_word() -> None:
    brace, = tokens('"{"', "t")
    assert not brace.is_mark("{")


@pytest.mark.parametrize(("text", "line"), [('a\n "b', 2), ("a\n\n/* b", 3)])
def test_what_is_not_closed_is_an_error_with_its_line(text: str, line: int) -> None:
    with pytest.raises(ConfigError, match="has no end") as caught:
        words(text)
    assert caught.value.line == line


@given(st.text())
def test_a_quoted_string_keeps_every_character(text: str) -> None:
    quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    assert words(quoted) == [text]
