"""Tables: rows alike are one row, groups have sums, and a session is what its records say of it."""

from scenarios import report_tables as tables
from scenarios.observe import ClientView, FlowEntry, ServerView
from scenarios.report_paths import Attempt, Way
from scenarios.schema import Visit

VISIT = Visit("v", "https://www.example.test/hello")
VIEW = ClientView("v", "client1", 0, status=200, size=5, sha256="ab")
ENDS = {"source-address": "10.0.0.1", "source-port": "4711", "destination-address": "10.0.0.101",
        "destination-port": "443"}


def entry(meaning: str, packets: int, switch: str = "s1") -> FlowEntry:
    return FlowEntry(switch, 2, 1, 1, packets, packets * 100, "tcp", "drop", meaning)


def test_attempts_that_saw_the_same_are_one_row() -> None:
    taken = [Attempt(VISIT, ClientView("v", "client1", 0, status=200, size=5, sha256="ab", local=f"10.0.0.1/{port}"),
                     Way.DIVERTED) for port in (1, 2)] + [Attempt(VISIT, VIEW, Way.DIRECT)]
    rows = tables.visits(taken, {"/hello": "ab"})
    assert [(row.way, row.times, row.body) for row in rows] == [
        (Way.DIVERTED, 2, "as served"), (Way.DIRECT, 1, "as served")]


def test_a_body_is_as_served_or_not_or_shown_where_nobody_knows() -> None:
    taken = [Attempt(VISIT, VIEW, Way.DIRECT)]
    assert tables.visits(taken, {"/hello": "cd"})[0].body == "NOT as served"
    echoed = [Attempt(VISIT, ClientView("v", "client1", 0, size=2, text="hi"), Way.DIRECT)]
    assert tables.visits(echoed, {})[0].body == "“hi”"
    assert tables.visits([Attempt(VISIT, ClientView("v", "client1", 7), Way.STOPPED)], {})[0].body == ""


def test_requests_alike_are_counted() -> None:
    one, other = ServerView("a", 443, "10.0.0.1", "GET /"), ServerView("b", 443, "10.0.0.1", "GET /")
    assert tables.requests([one, other, one]) == [(one, 2), (other, 1)]


def test_flow_entries_are_grouped_by_policy_and_purpose_and_summed() -> None:
    groups = tables.flow_groups([
        entry("from the NF: on to its addressee, never diverted again", 4), entry("default policy: denied", 1),
        entry("policy trust->untrust inspect: reply, diverted to the NF", 2),
        entry("policy trust->untrust inspect: reply, diverted to the NF", 3),
        entry("policy trust->untrust inspect: diverted to the NF", 1, "s2")])
    assert [(it.switch, it.policy, it.purpose, len(it.entries), it.packets, it.octets) for it in groups] == [
        ("s1", "policy trust->untrust inspect", "reply, diverted to the NF", 2, 5, 500),
        ("s1", "default policy", "denied", 1, 1, 100),
        ("s1", "", "from the NF: on to its addressee, never diverted again", 1, 4, 400),
        ("s2", "policy trust->untrust inspect", "diverted to the NF", 1, 1, 100)]


def test_a_session_is_put_together_from_its_records() -> None:
    log = [
        {"name": "RT_FLOW_SESSION_CREATE", "session-id-32": "7", "policy-name": "inspect", "application": "UNKNOWN",
         "source-zone-name": "trust", "destination-zone-name": "untrust", **ENDS},
        {"name": "SSL_PROXY_SSL_SESSION_DROP", "session-id": "7", "message": "certificate error: expired", **ENDS},
        {"name": "RT_FLOW_SESSION_CLOSE", "session-id-32": "7", "application": "HTTP", "encrypted": "Yes",
         "bytes-from-client": "673", "bytes-from-server": "90", "reason": "TCP FIN", **ENDS}]
    (row,) = tables.sessions(log)
    assert row == tables.SessionRow(
        "7", ("10.0.0.1/4711", "10.0.0.101/443"), "trust → untrust", "inspect", "HTTP", "Yes", (673, 90), "TCP FIN",
        ("SSL_SESSION_DROP: certificate error: expired",))


def test_one_number_with_other_ends_is_another_session_and_no_number_is_none() -> None:
    again = {"session-id": "7", **ENDS, "source-port": "1"}
    rows = tables.sessions([{"session-id": "7", **ENDS}, again, {"name": "x"}])
    assert [row.ends[0] for row in rows] == ["10.0.0.1/4711", "10.0.0.1/1"]
    assert rows[0].octets == (None, None)


def test_zones_of_another_system_come_with_its_name() -> None:
    zones = {"source-zone-name": "a", "destination-zone-name": "b"}
    for system, shown in (("root-logical-system", "a → b"), ("red", "red: a → b"), ("", "a → b")):
        row, = tables.sessions([{"session-id": "7", "logical-system-name": system, **zones, **ENDS}])
        assert row.zones == shown


def test_a_record_tells_what_says_something() -> None:
    record = {"time": "2026-01-15T12:00:00.123Z", "application": "UNKNOWN", "reason": "TCP FIN", "roles": "N/A",
              "policy-name": "inspect", **ENDS}
    assert tables.told(record) == [("policy-name", "inspect"), ("reason", "TCP FIN")]
    assert tables.clock(record) == "12:00:00.123"
    assert (tables.ends({}), tables.clock({})) == (("", ""), "")
