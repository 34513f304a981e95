"""Pipes."""

import json
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.cli.operate.grammar import OperatorError
from nf.cli.operate.pipes import as_json, as_xml, through

LINES = ["alpha", "Beta", "gamma", "beta two"]


@pytest.mark.parametrize(("pipes", "left"), [
    ([("match", {"match": "beta"})], ["Beta", "beta two"]),
    ([("match", {"match": "^g|two$"})], ["gamma", "beta two"]),
    ([("except", {"except": "BETA"})], ["alpha", "gamma"]),
    ([("find", {"find": "gam"})], ["gamma", "beta two"]),
    ([("find", {"find": "delta"})], []),
    ([("last", {"last": 1})], ["beta two"]),
    ([("last", {"last": 9})], LINES),
    ([("count", {})], ["Count: 4 lines"]),
    ([("match", {"match": "beta"}), ("except", {"except": "two"}), ("count", {})], ["Count: 1 lines"]),
    ([("no-more", {}), ("json", {})], LINES),
])
def test_what_is_left(pipes: list[tuple[str, dict[str, object]]], left: list[str]) -> None:
    assert through(LINES, pipes) == left


@pytest.mark.parametrize("pattern", ["(", "[", "*", "a{99999999999}"])
def test_a_pattern_that_is_none(pattern: str) -> None:
    with pytest.raises(OperatorError, match="regular expression"):
        through(LINES, [("match", {"match": pattern})])


@given(st.recursive(st.none() | st.integers() | st.text(),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_is_the_data(answer: object) -> None:
    assert json.loads("\n".join(as_json(answer))) == answer


@given(st.dictionaries(st.text(), st.text() | st.lists(st.text() | st.integers()), max_size=4))
def test_no_text_of_a_foreign_host_breaks_the_xml(data: dict[str, object]) -> None:
    lines = as_xml({"whole": data})
    assert ET.fromstring("\n".join(lines)) is not None  # noqa: S314 - our own text
    assert all(len(line.splitlines()) == 1 for line in lines)


def test_xml_is_well_formed_whatever_the_data() -> None:
    data = {"ssl-x": {"pic": [{"info": "a<b&c"}, {"info": 2}], "0 odd/name": True, "none": [], "null": None}}
    lines = as_xml(data)
    root = ET.fromstring("\n".join(lines))  # noqa: S314 - our own text
    assert root.tag == "rpc-reply"
    assert [one.findtext("info") for one in root.iter("pic")] == ["a<b&c", "2"]
    assert lines[1:3] == ["    <ssl-x>", "        <pic>"]
