import pytest

from nf.config.grammar import Word, junos_grammar
from nf.config.schema import Schema

SCHEMA = Schema(junos_grammar())


def place(path: str) -> Word:
    parent, _, name = path.rpartition(" ")
    return junos_grammar().children(parent)[name]


def test_the_top_holds_hierarchies_that_the_grammar_file_leaves_out() -> None:
    top = SCHEMA.words(None)
    assert top["vlans"].kind == "elsewhere"
    assert top["tenants"].kind == "list"
    assert {"security", "groups", "apply-groups", "apply-macro"} <= set(top)


def test_nested_tops_do_not_nest_but_in_groups() -> None:
    inside = SCHEMA.words(place("groups"))
    assert {"security", "tenants", "logical-systems"} <= set(inside)
    assert "groups" not in inside
    assert not {"groups", "tenants", "logical-systems"} & set(SCHEMA.words(SCHEMA.words(None)["tenants"]))


@pytest.mark.parametrize(("path", "written", "absent"), [
    ("security policies", "from-zone", "policy"), ("security nat source rule-set rule", "match", "src-nat-rule-match"),
    ("security address-book address", "dns-name", "ip-prefix"), ("interfaces", "interface-range", "interface"),
    ("services ssl proxy profile", "root-ca", "name"), ("system services web-management", "http", "htp")])
def test_words_are_those_that_are_written(path: str, written: str, absent: str) -> None:
    words = SCHEMA.words(place(path))
    assert written in words
    assert absent not in words
    assert "apply-macro" in words


@pytest.mark.parametrize(("path", "text", "name"), [
    ("security address-book address", "10.0.0.1/32", "ip-prefix"), ("interfaces", "ge-0/0/0", "interface"),
    ("security policies default-policy", "deny-all", "default-action"), ("system syslog file", "any", "contents"),
    ("routing-options autonomous-system", "65000", "as-number")])
def test_unwritten_words(path: str, text: str, name: str) -> None:
    word = SCHEMA.unwritten(place(path), text)
    assert word
    assert word.name == name


@pytest.mark.parametrize("path", ["services ssl proxy profile", "security screen ids-option", "security zones"])
def test_no_word_is_left_out_there(path: str) -> None:
    assert SCHEMA.unwritten(place(path), "nonsense") is None
