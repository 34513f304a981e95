"""Filters, and looking for sessions in portions."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.session import Direction, FiveTuple, Session, Wing
from nf.dataplane.ledger import Ledger
from nf.dataplane.messages import Opened, Progress
from nf.dataplane.selection import PAGE, SCANNED, RequestError, scan, selection

NOW = 100.0


def ledger(count: int) -> Ledger:
    books = Ledger()
    for number in range(1, count + 1):
        flow = FiveTuple(ip_address(f"10.0.{number >> 8}.{number & 255}"), number, ip_address("192.0.2.2"), 443)
        books.begin(Session(number, Wing(flow, Direction.C2S), Wing(flow.reversed(), Direction.S2C), 0), NOW - number)
    return books


def found(books: Ledger, filters: dict[str, object]) -> list[int]:
    """All that are meant, portion after portion."""
    ids: list[int] = []
    after: int | None = 0
    while after is not None:
        rows, after = scan(books.rows, selection(filters), after, NOW)
        assert len(rows) <= PAGE
        ids += [row.session.id for row in rows]
    return ids


@given(st.integers(0, 3 * PAGE), st.sets(st.integers(1, 3 * PAGE), max_size=20))
def test_every_session_once_whatever_ends_meanwhile(count: int, ending: set[int]) -> None:
    books = ledger(count)
    seen: list[int] = []
    rows, after = scan(books.rows, selection({}), 0, NOW)
    seen += [row.session.id for row in rows]
    for session_id in ending:
        books.forget(session_id)
    while after is not None:
        rows, after = scan(books.rows, selection({}), after, NOW)
        seen += [row.session.id for row in rows]
    assert len(set(seen)) == len(seen)
    assert set(books.rows) <= set(seen) <= set(range(1, count + 1))


def test_a_rare_session_is_found_without_a_long_pause() -> None:
    books = ledger(3 * SCANNED)
    rows, after = scan(books.rows, selection({"source-port": 3 * SCANNED}), 0, NOW)
    assert (rows, after) == ([], SCANNED)
    assert found(books, {"source-port": 3 * SCANNED}) == [3 * SCANNED]


@pytest.mark.parametrize(("filters", "ids"), [
    ({}, [1, 2, 3]), ({"source-prefix": "10.0.0.2/31"}, [2, 3]), ({"destination-prefix": "192.0.2.2"}, [1, 2, 3]),
    ({"source-prefix": "2001:db8::/32"}, []), ({"source-port": 2}, [2]),
    ({"destination-port": 443, "protocol": 6}, [1, 2, 3]),
    ({"protocol": 17}, []), ({"family": "inet"}, [1, 2, 3]), ({"family": "inet6"}, []),
    ({"session-identifier": 3}, [3]),
    ({"session-identifier": 3, "source-port": 1}, []), ({"session-identifier": 9}, []),
    ({"duration-more-than": 2}, [3]),
    ({"duration-less-than": 2}, [1]), ({"policy-name": "p"}, [2]), ({"policy-id": 4}, [2]), ({"zone": "trust"}, [2]),
    ({"interface": "b.0"}, [2]), ({"ssl": True}, [2]), ({"encrypted": True}, [3]),
    ({"dynamic-application": "junos:http"}, [3]), ({"logical-system": "root-logical-system"}, [1, 3]),
    ({"logical-system": "one"}, [2]), ({"logical-system": "all"}, [1, 2, 3]),
    ({"bytes-more-than": 100}, [3]), ({"bytes-less-than": 100}, [1, 2]), ({"packets-more-than": 2}, [3]),
    ({"packets-less-than": 3}, [1, 2])])
def test_filters(filters: dict[str, object], ids: list[int]) -> None:
    books = ledger(3)
    books.rows[2].opened = Opened(2, "p", "trust", "untrust", "None", 4, "a.0", "b.0", "fp", logical_system="one")
    books.rows[3].progress = Progress(3, 1, 50, 2, 100, 0, 1.0, 2.0, "relaying", "", "HTTP", "Yes")
    assert found(books, filters) == ids


def test_a_cleared_session_is_not_found_again() -> None:
    books = ledger(2)
    books.rows[1].cleared = True
    assert found(books, {}) == [2]


@pytest.mark.parametrize("filters", [
    7, [], {"colour": "red"}, {"source-port": "x"}, {"family": "ipx"}, {"source-prefix": 4}, {"ssl": 1},
    {"source-port": 1.5}])
def test_what_is_no_filter_is_said(filters: object) -> None:
    with pytest.raises(RequestError, match=r"^filters: "):
        selection(filters)


def test_a_prefix_that_is_none() -> None:
    with pytest.raises(RequestError, match="does not appear to be"):
        scan({}, selection({"source-prefix": "ten"}), 0, NOW)
