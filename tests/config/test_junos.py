import pytest

from nf.config.errors import Findings
from nf.config.junos import read
from nf.config.tree import Statement, ends


def tree(text: str) -> Statement:
    findings = Findings("t")
    root = read(text, findings)
    assert not findings.errors, findings.errors[0]
    return root


def mistakes(text: str) -> list[tuple[int, str, str]]:
    findings = Findings("t")
    read(text, findings)
    return [(error.line, error.word, error.message) for error in findings.errors]


def found(text: str) -> list[tuple[str, tuple[str, ...], list[str]]]:
    return [(end.word.path, end.keys, list(end.values)) for end in ends(tree(text)) if end.word]


def test_several_statements_on_one_line_go_back_up() -> None:
    assert found("set security zones security-zone t interfaces ge-0/0/0.0 application-tracking tcp-rst") == [
        ("security zones security-zone interfaces", ("ge-0/0/0.0",), []),
        ("security zones security-zone application-tracking", (), []),
        ("security zones security-zone tcp-rst", (), [])]


def test_unwritten_words_are_found() -> None:
    text = "set security address-book global address r range-address 10.0.0.1 to 10.0.0.9\nset interfaces ge-0 unit 0"
    assert [path for path, _, _ in found(text)] == [
        "security address-book address range-address to range-high", "interfaces interface unit"]


def test_leaf_lists_grow_and_leaves_are_replaced() -> None:
    root = tree("set services ssl proxy profile p root-ca a\nset services ssl proxy profile p root-ca [ b a ]\n"
                "set services ssl proxy profile p protocol-version tls12 protocol-version tls13")
    profile = next(root.entries("services", "ssl", "proxy", "profile"))
    root_ca = profile.one("root-ca")
    assert root_ca
    assert root_ca.values == {"a": 1, "b": 2}
    assert profile.value("protocol-version") == "tls13"


def test_lists_are_written_with_or_without_the_word_at_each_entry() -> None:
    zone = "security { zones { security-zone t { %s } } }"
    nested = zone % "interfaces { ge-0/0/0.0; ge-0/0/1.0 { host-inbound-traffic; } }"
    flat = zone % "interfaces ge-0/0/0.0; interfaces ge-0/0/1.0 host-inbound-traffic;"
    bracket = "set security zones security-zone t interfaces [ ge-0/0/0.0 ge-0/0/1.0 ] host-inbound-traffic"
    assert found(nested) == found(flat)
    assert [keys for _, keys, _ in found(bracket)] == [("ge-0/0/0.0",), ()]


def test_inactive_statements_are_left_out() -> None:
    curly = "system { inactive: host-name a; } inactive: interfaces { ge-0/0/0 { unit 0; } }"
    assert found(curly) == []
    lines = ("set system host-name a\nset interfaces ge-0/0/0 unit 0\n"
             "deactivate system host-name\ndeactivate interfaces ge-0/0/0")
    assert found(lines) == []
    assert found(lines + "\nactivate system host-name")[0] == ("system host-name", (), ["a"])


def test_a_macro_takes_any_words_in_any_container() -> None:
    text = "set security policies apply-macro srxnf description open\nset apply-macro other flag"
    assert found(text) == [("apply-macro data", ("description",), ["open"]), ("apply-macro data", ("flag",), [])]
    assert found("security { apply-macro srxnf { fail-mode open; flag; } }")[0] == (
        "apply-macro data", ("fail-mode",), ["open"])


def test_groups_and_logical_systems_hold_the_grammar_of_the_top() -> None:
    text = ("groups { g { security { screen { ids-option <*> { icmp { ping-death; } } } } } }\n"
            "logical-systems l { interfaces; }")
    assert [path for path, _, _ in found(text)] == [
        "security screen ids-option icmp ping-death", "interfaces"]
    assert mistakes("set groups g securty")[0][:2] == (1, "securty")
    assert mistakes("set groups g groups h")[0][:2] == (1, "groups")


def test_hierarchies_outside_the_grammar_file_are_passed_over() -> None:
    text = "protocols { ospf { area 0 { interface all; } } }\nset vlans v10 vlan-id 10\nset system host-name a"
    assert found(text)[-1] == ("system host-name", (), ["a"])
    assert {path for path, _, _ in found(text)} == {"protocols", "vlans", "system host-name"}


def test_values_may_be_inactive() -> None:
    lines = "set services ssl proxy profile p trusted-ca [ a b c ]\n"
    for text in (lines + "deactivate services ssl proxy profile p trusted-ca b",
                 "services { ssl { proxy { profile p { trusted-ca [ a inactive: b c ]; } } } }"):
        leaf = next(ends(tree(text)))
        assert (list(leaf.values), list(leaf.idle)) == (["a", "c"], ["b"])
    again = lines + "deactivate services ssl proxy profile p trusted-ca b\nactivate services ssl proxy profile p trusted-ca b"
    assert list(next(ends(tree(again))).values) == ["a", "c", "b"]


def test_a_whole_list_may_be_inactive() -> None:
    root = tree("security { zones { security-zone t { inactive: interfaces { ge-0/0/0.0; ge-0/0/1.0; } tcp-rst; } } }")
    assert [end.word.name for end in ends(root) if end.word] == ["tcp-rst"]


def test_a_policy_that_is_written_twice_is_remarked() -> None:
    findings = Findings("t")
    read("""security { policies { from-zone a to-zone b {
        policy p { match { application any; } }
        policy p { then { permit; } }
    } } }""", findings)
    assert [(remark.line, remark.message) for remark in findings.remarks] == [
        (3, "is written twice, first on line 2: both blocks are one policy")]


CATEGORIES = "not a value of category"
LOAD_TIME = "tells a load what to do and is no configuration: write what is to stand, without it"


@pytest.mark.parametrize(("text", "line", "word", "message"), [
    ("set system\n\nset system host-nam a", 3, "host-nam", "no such statement in 'system'"),
    ("set system host-name", 1, "host-name", "a value is expected after it"),
    ("set system host-name [ a b ]", 1, "b", "'host-name' takes one value"),
    ("set system host-name [ a", 1, "[", "a list of values and its ] are expected after it"),
    ("set system host-name a;", 1, ";", "a set line ends without it"),
    ("set", 1, "set", "a statement is expected after it"),
    ("deactivate system host-name", 1, "system", "nothing above this line to point at"),
    ("set interfaces ge-0/0/0 unit 0\nactivate interfaces ge-0/0/1", 2, "ge-0/0/1",
     "nothing above this line to point at"),
    ("set security address-book global address a 10.0.0.0/33", 1, "10.0.0.0/33",
     "an IP prefix such as 192.0.2.0/24 is expected"),
    ("delete system", 1, "delete", "expected set, deactivate or activate"),
    ("protect system", 1, "protect", "expected set, deactivate or activate"),
    ("system { replace: host-name a; }", 1, "replace:", LOAD_TIME), ("delete: system;", 1, "delete:", LOAD_TIME),
    ("protect: system { host-name a; }", 1, "protect:", LOAD_TIME), ("active: system;", 1, "active:", LOAD_TIME),
    ("set system name-server 10.0.0.1\ndeactivate system name-server 10.0.0.2", 2, "10.0.0.2",
     "nothing above this line to point at"),
    ("set security log stream s category web", 1, "web", CATEGORIES),
    ("set security log stream s host 10.0.0.1 port 65536", 1, "65536", "out of range, 0..65535 is expected"),
    ("set security zones security-zone", 1, "security-zone", "a name is expected after it"),
    ("set security policies from-zone a to b", 1, "to", "'to-zone' is expected here"),
    ("set security policies from-zone a", 1, "a", "'to-zone' is expected after it"),
    ("system {\n host-name a;", 1, "{", "this block has no closing }"),
    ("system { host-name a }", 1, "a", "a ; is missing after it"),
    ("system {} }", 1, "}", "closes nothing"),
    ("system {\n host-name a {\n } }", 2, "host-name", "takes no block of statements"),
    ("{ }", 1, "{", "a statement is expected before it"),
    ("system\n", 1, "system", "the text ends here, a ; or { is missing"),
    ("set services ssl proxy profile p root-ca [ a b c ]", 1, "c", "'root-ca' takes 2 values at most"),
    ("set services ssl proxy profile p actions renegotiation allow-all", 1, "allow-all",
     "not a value of renegotiation, expected allow | allow-secure | drop"),
    ("set security policies default-policy permit", 1, "permit",
     "not a value of default-action, expected permit-all | deny-all"),
])
def test_mistakes_name_line_and_word(text: str, line: int, word: str, message: str) -> None:
    assert mistakes(text)[0] == (line, word, message)


def test_reading_goes_on_after_a_mistake_and_passes_over_its_block() -> None:
    text = "system { host-nam a; login { usr x { y; } } }\nsecurty { a { b; } }\nset sytem\n"
    assert [word for _, word, _ in mistakes(text)] == ["host-nam", "usr", "securty", "sytem"]
