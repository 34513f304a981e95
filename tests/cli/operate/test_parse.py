"""Lines to commands: prefixes, values, options in any order, pipes; and where a wrong line is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.cli.operate.parse import ENTER, Command, CommandError, Possible, parse, possible, tokens
from nf.cli.operate.tree import PIPES, ROOT

BOX = {"logical-system": "root-logical-system"}
NAMES = {"zone": ["trust", "untrust"], "policy": ["inspect"]}

SECURITY = {"advance-policy-based-routing", "application-firewall", "application-tracking", "flow", "idp", "monitoring",
            "np-cache", "pki", "policies", "screen", "utm", "zones"}


def command(line: str) -> Command:
    return parse(line, ROOT, PIPES)


def request(line: str) -> dict[str, object]:
    found = command(line)
    return found.path.request(found.ask)


def error(line: str) -> CommandError:
    with pytest.raises(CommandError) as raised:
        command(line)
    return raised.value


def offered(line: str) -> list[str]:
    return [one.text for one in possible(line, ROOT, PIPES, NAMES)[1]]


@pytest.mark.parametrize(("line", "asked"), [
    ("show security flow session", {"show": "sessions", "filters": BOX}),
    ("sh sec fl se", {"show": "sessions", "filters": BOX}),
    ("  show   security flow session  root-logical-system  ", {"show": "sessions", "filters": BOX}),
    ("show security flow session logical-system all ssl",
     {"show": "sessions", "filters": {"logical-system": "all", "ssl": True}}),
    ("show security flow session tenant one", {"show": "sessions", "filters": {"logical-system": "one"}}),
    ("clear security flow session logical-system one", {"clear": "sessions", "filters": {"logical-system": "one"}}),
    ("show security policies hit-count logical-system one", {"show": "policies", "logical-system": "one"}),
    ("show security zones tenant one", {"show": "zones", "logical-system": "one"}),
    ("show security flow session summary", {"show": "sessions-summary"}),
    ("show security flow session source-prefix 10.0.0.1/8 protocol tcp destination-port 443 extensive",
     {"show": "sessions", "filters": {**BOX, "source-prefix": "10.0.0.0/8", "protocol": 6, "destination-port": 443,
                                           "extensive": True}}),
    ("show security flow session ssl zone trust brief",
     {"show": "sessions", "filters": {**BOX, "ssl": True, "zone": "trust"}}),
    ("show security policies hit-count from-zone a to-zone b", {"show": "policies", "from-zone": "a", "to-zone": "b"}),
    ("show security policies policy-name hit-count", {"show": "policies", "policy-name": "hit-count"}),
    ("show security zones", {"show": "zones"}),
    ("show security zones trust", {"show": "zones", "zone": "trust"}),
    ("show security monitoring fpc 1", {"show": "monitoring"}),
    ("show security monitoring performance spu fpc 1", {"show": "performance"}),
    ("show services ssl session 10000001", {"show": "session-tls", "session-id": 10000001}),
    ("show services ssl proxy profile profile-name fp", {"show": "ssl-proxy-profiles", "profile": "fp"}),
    ("show services ssl termination counters errors", {"show": "ssl-handshakes", "leg": "ssl-t"}),
    ("show services ssl certificate detail certificate-id ca", {"show": "ssl-certificates", "certificate-id": "ca"}),
    ("clear services ssl proxy session-cache stale", {"clear": "session-cache", "stale": True}),
    ("clear security flow session all", {"clear": "sessions", "all": True}),
    ("clear security flow session session-identifier 7", {"clear": "sessions", "filters": {**BOX, "session-identifier": 7}}),
    ('show security policies policy-name "two words"', {"show": "policies", "policy-name": "two words"}),
])
def test_a_line_becomes_what_the_device_is_asked(line: str, asked: dict[str, object]) -> None:
    assert request(line) == asked


def test_pipes_in_order_with_what_they_were_given() -> None:
    found = command('show version | match "a|b" |except c| last 3 | display json|no-more')
    assert found.pipes == (
        ("match", {"match": "a|b"}), ("except", {"except": "c"}), ("last", {"last": 3}), ("json", {}), ("no-more", {}))


@pytest.mark.parametrize(("line", "column", "said"), [
    ("show security flw", 14, "syntax error, expecting <command>."),
    ("show security", 14, "syntax error, expecting <command>."),
    ("show s", 5, "'s' is ambiguous."),
    ("sh sec fl se source-p", 13, "'source-p' is ambiguous."),
    ("", 0, "syntax error, expecting <command>."),
    ("show version now", 13, "syntax error, expecting | or end of command."),
    ("show security flow session brief extensive", 33, "syntax error, expecting <command>."),
    ("show security flow session ssl ssl", 31, "syntax error, expecting <command>."),
    ("show security flow session ssl summary", 31, "syntax error, expecting <command>."),
    ("show security flow session source-port 65536", 39, "invalid value '65536': expected a number from 0 to 65535."),
    ("show security flow session source-prefix x", 41,
     "invalid value 'x': expected an address or prefix, such as 192.0.2.0/24."),
    ("show security flow session source-port", 38, "missing argument: expecting <port>."),
    ("show version |", 14, "syntax error, expecting <command>."),
    ("show version | display", 23, "syntax error, expecting <command>."),
    ("show version | foo", 15, "syntax error, expecting <command>."),
    ("show services ssl proxy", 24, "syntax error, expecting <command>."),
])
def test_a_wrong_line_says_where_and_what_was_expected(line: str, column: int, said: str) -> None:
    found = error(line)
    assert (found.column, str(found)) == (column, said)


def test_what_was_expected_is_offered() -> None:
    assert {one.text for one in error("show security flw").fitting} == SECURITY
    assert {one.text for one in error("show s").fitting} == {"security", "services", "system"}


def test_what_may_come_next() -> None:
    assert offered("") == ["clear", "request", "show"]
    assert offered("show sec") == ["security"]
    assert offered("show security ") == sorted(SECURITY)
    assert offered("show version ") == [ENTER, "|"]
    assert offered("show version | di") == ["display"]
    assert offered("show version | display json ") == [ENTER, "|"]
    assert offered("show security flow session zone ") == ["trust", "untrust", "<zone-name>"]
    assert offered("show security flow session zone un") == ["untrust", "<zone-name>"]
    assert offered("show security zones ") == [
        ENTER, "logical-system", "root-logical-system", "tenant", "trust", "untrust", "<zone-name>", "|"]


def test_options_once_and_of_a_group_one() -> None:
    after = offered("show security flow session brief ssl ")
    assert {"brief", "extensive", "ssl", "summary"}.isdisjoint(after)
    assert "encrypted" in after


def test_help_stands_beside_every_word() -> None:
    _, found = possible("show ", ROOT, PIPES, {})
    assert Possible("version", "Versions of what runs") in found


@given(st.text(max_size=60))
def test_any_text_is_a_command_or_a_command_error(line: str) -> None:
    columns = []
    for read in (lambda: command(line), lambda: possible(line, ROOT, PIPES, NAMES)):
        try:
            read()
        except CommandError as problem:
            columns.append(problem.column)
    assert all(0 <= column <= len(line) + 1 for column in columns)


@given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=6), max_size=6))
def test_tokens_are_what_stands_between_blanks(words: list[str]) -> None:
    found = tokens("  ".join(words))
    assert [token.text for token in found] == words
    assert all("  ".join(words)[token.column:].startswith(token.text) for token in found)
