"""TAB, the space bar and `?`."""

import pytest

from nf.cli.operate.complete import complete, explained, space

NAMES = {"zone": ["trust", "untrust"]}


@pytest.mark.parametrize(("line", "added"), [
    ("sh", "ow "), ("show", " "), ("show sec", "urity "), ("show security flow session so", "urce-p"),
    ("show security flow session zone t", "rust "), ("show security flow session zone trust", " "),
    ("show version | m", "atch "), ("show security pol", "icies ")])
def test_what_is_unique_is_completed(line: str, added: str) -> None:
    assert complete(line, NAMES).added == added
    assert space(line, NAMES).added == added


def test_what_is_not_decided_is_shown() -> None:
    for key in (complete, space):
        done = key("show s", NAMES)
        assert done.added == ""
        assert [one.text for one in done.shown] == ["security", "services", "system"]


@pytest.mark.parametrize("line", [
    "show security flow session source-prefix 10.0.0.0/8", "show version | match x", 'show version | match "a b',
    "show version |", "show security policies policy-name mine"])
def test_space_after_a_value_is_a_space(line: str) -> None:
    assert space(line, NAMES).added == " "


def test_space_twice_is_once() -> None:
    assert space("show ", NAMES).added == space("", NAMES).added == ""


@pytest.mark.parametrize("line", ["show foo", "show foo ", "show version extensive"])
def test_what_leads_nowhere_is_said(line: str) -> None:
    for key in (complete, explained):
        assert str(key(line, NAMES).error).startswith("syntax error")


def test_question_mark_shows_and_adds_nothing() -> None:
    found = explained("show security zones ", NAMES)
    assert [one.text for one in found.shown] == [
        "<[Enter]>", "logical-system", "root-logical-system", "tenant", "trust", "untrust", "<zone-name>", "|"]
    assert found.added == ""
