import pytest

from nf.config import ConfigError, load
from nf.config.errors import Findings
from nf.config.grammar import junos_grammar
from nf.config.schema import Schema
from nf.config.tokens import tokens
from nf.config.tree import Statement
from nf.config.walk import Block, Walk


def walk(root: Statement, text: str, *, opens: bool = False, names_only: bool = False) -> Walk:
    return Walk(Schema(junos_grammar()), Findings("t"), Block(root), list(tokens(text, "t")), opens, names_only)


def test_the_block_that_a_brace_opens() -> None:
    root = Statement(None)
    block = walk(root, "security zones security-zone trust", opens=True).place()
    assert (block.statement.name, block.prefix) == ("trust", ())
    keyless = walk(root, "security zones security-zone", opens=True).place()
    assert keyless.statement is root.one("security", "zones")
    assert [token.text for token in keyless.prefix] == ["security-zone"]


@pytest.mark.parametrize("text", [f"set protocols {'a ' * 5000}", "protocols { " + "a { " * 5000])
def test_nothing_goes_on_for_ever(text: str) -> None:
    with pytest.raises(ConfigError, match="more than 100 statements within each other"):
        load(text, "t")


def test_first_and_last_statement_of_a_line() -> None:
    step = walk(Statement(None), "system host-name a")
    step.place()
    assert step.first
    assert step.last
    assert (step.first.word and step.first.word.path, step.last.text) == ("system", "a")


def test_a_pointing_line_adds_nothing() -> None:
    root = Statement(None)
    walk(root, "system host-name a").place()
    step = walk(root, "system host-name", names_only=True)
    step.place()
    assert step.last is root.one("system", "host-name")
    with pytest.raises(ConfigError, match="nothing above this line"):
        walk(root, "system time-zone", names_only=True).place()
    assert not root.has("system", "time-zone")


def test_a_line_does_not_go_back_to_the_top() -> None:
    with pytest.raises(ConfigError, match="no such statement in 'system'"):
        walk(Statement(None), "system host-name a security zones").place()


def test_suggestions_come_from_every_place_the_line_may_go_back_to() -> None:
    with pytest.raises(ConfigError) as caught:
        walk(Statement(None), "security zones security-zone t interfaces ge-0/0/0.0 application-trackin").place()
    assert caught.value.suggestions[0] == "application-tracking"


def test_where_no_word_is_near_those_that_would_do_are_named() -> None:
    with pytest.raises(ConfigError, match=r"no such statement in 'log', expected all \| .*sessions-dropped") as caught:
        walk(Statement(None), "services ssl proxy profile fp actions log none").place()
    assert not caught.value.suggestions
