"""The books: what a session's reports add up to."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hwmodel import Work
from hwmodel.session import Direction, FiveTuple, Session, Wing
from nf.dataplane.ledger import DROPS, Ledger
from nf.dataplane.messages import FAILED, FULL, NO_POLICY, RESUMED, Closed, Opened, Progress
from nf.dataplane.work_done import rest, work_of
from nf.sslproxy.reasons import Reason

FLOW = FiveTuple(ip_address("192.0.2.1"), 1024, ip_address("192.0.2.2"), 443)
SPU = 3
TOTALS = st.lists(st.tuples(*[st.integers(0, 2**40)] * 3), max_size=5).map(
    lambda steps: [tuple(map(sum, zip(*steps[:end], strict=True))) for end in range(1, len(steps) + 1)])


def ledger(**opened: object) -> Ledger:
    """With one session, whose first path found this."""
    books = Ledger()
    books.begin(Session(7, Wing(FLOW, Direction.C2S), Wing(FLOW.reversed(), Direction.S2C), SPU), 1.0)
    books.opened(Opened(7, "p", "trust", "untrust", "None", 2, **opened))
    return books


def left(books: Ledger, closed: Closed) -> Work:
    """What had not been told of it."""
    row = books.closed(closed)
    assert row is not None
    return work_of([closed if row.progress is None else rest(closed, row.progress)])


def progress(packets: int, carried: int, decrypted: int) -> Progress:
    return Progress(7, packets, 0, 0, carried, decrypted, 1.0, 2.0, "relaying", "", "HTTP", "Yes")


@given(TOTALS, st.tuples(*[st.integers(0, 2**40)] * 3))
def test_all_reports_together_are_the_work_that_was_done(
        told: list[tuple[int, int, int]], rest: tuple[int, int, int]) -> None:
    books = ledger()
    end = tuple(map(sum, zip(told[-1] if told else (0, 0, 0), rest, strict=True)))
    work = Work()
    for totals in told:
        work += books.progressed(progress(*totals), 2.0)
    work += left(books, Closed(7, "decrypted", "", *end, ssl_t=FULL))
    assert work == Work(packets=end[0], bytes=end[1], decrypted_bytes=end[2], sessions=1, full_handshakes=1)


def test_messages_and_inspected_bytes_are_told_in_parts_as_well() -> None:
    books = ledger()
    work = books.progressed(replace(progress(1, 10, 10), messages=3, inspected={"idp": 6}), 2.0)
    work += left(books, Closed(7, "decrypted", "", 1, 10, 10, messages=5, inspected={"idp": 10, "utm": 4}))
    assert (work.messages, work.inspected_bytes) == (5, 14)
    assert work.kinds == {"service:idp": 10, "service:utm": 4, "message:decrypted": 3}


def test_hits_count_for_the_policy_and_once_only_for_sessions_that_are_there() -> None:
    books = ledger()
    books.opened(Opened(99, "p", "trust", "untrust", "None", 2))
    assert books.hits == {2: 1}
    assert books.progressed(progress(1, 1, 1), 1.0) is not None
    books.forget(7)
    assert books.progressed(progress(1, 1, 1), 1.0) is None
    assert not books.rows


def test_a_session_whose_policy_was_open_counts_once() -> None:
    books = ledger(profile="fp", pending=True)
    assert not books.hits
    books.opened(Opened(7, "late", "trust", "untrust", "None", 3, profile="fp"))
    assert (books.hits, books.ssl_proxy[SPU]["matched"]) == ({3: 1}, 1)
    never = ledger(pending=True)
    never.opened(Opened(7, "pre-id-default-policy", "trust", "untrust", "None", NO_POLICY))
    assert not never.hits


@pytest.mark.parametrize(("opened", "counted"), [
    ({}, {}), ({"unnamed": True}, {"policy-hit-no-profile": 1}), ({"profile": "fp"}, {"matched": 1, "created": 1}),
    ({"profile": "fp", "bypass": Reason.WHITELISTED.value}, {"matched": 1, "whitelisted": 1}),
    ({"profile": "fp", "bypass": Reason.NO_SERVICE.value}, {"matched": 1, "ignored": 1}),
    ({"profile": "fp", "default_profile": "hit"}, {"matched": 1, "created": 1, "default-profile-hit": 1}),
    ({"default_profile": "none"}, {"dropped-no-default-profile": 1}), ({"profile": "fp", "pending": True}, {})])
def test_what_the_ssl_proxy_does_with_a_session(opened: dict[str, object], counted: dict[str, int]) -> None:
    assert ledger(**opened).ssl_proxy[SPU] == counted


@pytest.mark.parametrize(("closed", "counter"), [
    (Closed(7, "dropped", Reason.SERVER_AUTHENTICATION.value), "dropped"),
    (Closed(7, "ignored", Reason.NON_SSL.value), "ignored"),
    (Closed(7, "dropped", Reason.IDLE_TIMEOUT.value), None), (Closed(7, "decrypted", ""), None)])
def test_how_its_sessions_end(closed: Closed, counter: str | None) -> None:
    books = ledger(profile="fp")
    books.closed(closed)
    assert set(books.ssl_proxy[SPU]) - {"matched", "created"} == ({counter} if counter else set())


def test_outcomes_and_reasons_of_all() -> None:
    books = ledger()
    books.closed(Closed(7, "bypassed", "whitelisted"))
    books.closed(Closed(8, "decrypted", ""))
    assert books.counters == {"bypassed": 1, "bypassed: whitelisted": 1, "decrypted": 1}


def test_a_session_that_passed_for_want_of_memory_has_its_own_counter() -> None:
    books = ledger(profile="fp", bypass=Reason.LOW_MEMORY.value)
    assert books.ssl_proxy[SPU] == {"matched": 1, "bypassed-low-memory": 1}


def test_sessions_belong_to_the_process_that_has_them() -> None:
    books = Ledger()
    for number in range(1, 7):
        books.begin(Session(number, Wing(FLOW, Direction.C2S), Wing(FLOW.reversed(), Direction.S2C), SPU), 1.0, number % 2 + 7)
    assert books.of_worker(8) == [1, 3, 5]
    books.move([3, 7], 7)
    assert (books.of_worker(7), books.of_worker(8)) == ([2, 3, 4, 6], [1, 5])


def test_each_spu_has_books_of_its_own() -> None:
    books = ledger(profile="fp")
    books.closed(Closed(7, "dropped", Reason.SERVER_AUTHENTICATION.value, ssl_i=FULL), 5.0)
    assert books.outcomes == {SPU: {"dropped: server-authentication-failed": 1}}
    assert books.handshakes == {(SPU, "ssl-i"): {"full-handshakes": 1}}
    drop, = books.drops[SPU]
    assert (drop.session.id, drop.profile, drop.reason, drop.at) == (7, "fp", "server-authentication-failed", 5.0)


@pytest.mark.parametrize(("handshake", "counter"), [
    (FULL, "full-handshakes"), (RESUMED, "resumed-handshakes"), (FAILED, "failed-handshakes")])
def test_handshakes_of_both_legs(handshake: int, counter: str) -> None:
    books = ledger(profile="fp")
    books.closed(Closed(7, "decrypted", "", ssl_t=handshake, ssl_i=handshake))
    assert books.handshakes == {(SPU, leg): {counter: 1} for leg in ("ssl-t", "ssl-i")}


def test_a_category_that_exempts_counts_once_when_it_is_known() -> None:
    books = ledger(profile="fp")
    exempt = Progress(7, 1, 1, 1, 1, 0, 1.0, 2.0, "relaying", Reason.WHITELISTED.value, "SSL", "Yes")
    for _ in range(2):
        books.progressed(exempt, 2.0)
    books.closed(Closed(7, "bypassed", Reason.WHITELISTED.value))
    assert books.ssl_proxy[SPU]["whitelisted-url-category"] == 1
    by_address = ledger(profile="fp", bypass=Reason.WHITELISTED.value)
    by_address.closed(Closed(7, "bypassed", Reason.WHITELISTED.value))
    assert by_address.ssl_proxy[SPU]["whitelisted-url-category"] == 0
    assert by_address.ssl_proxy[SPU]["whitelisted"] == 1


def test_only_the_last_dropped_sessions_are_remembered() -> None:
    books = ledger(profile="fp")
    for at in range(DROPS + 5):
        books.closed(Closed(7, "dropped", Reason.HANDSHAKE_TIMEOUT.value), float(at))
    assert [drop.at for drop in books.drops[SPU]] == [float(at) for at in range(5, DROPS + 5)]


def test_a_logical_system_has_its_share_of_the_counters() -> None:
    books = ledger(profile="fp", logical_system="one")
    books.closed(Closed(7, "dropped", Reason.SERVER_AUTHENTICATION.value))
    assert books.ssl_proxy_within == {(SPU, "one"): {"matched": 1, "created": 1, "dropped": 1}}
    assert books.ssl_proxy[SPU] == {"matched": 1, "created": 1, "dropped": 1}
    assert not ledger(profile="fp").ssl_proxy_within
