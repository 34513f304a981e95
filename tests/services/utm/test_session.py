from ipaddress import ip_address
from itertools import count

import pytest
from msgspec import structs

from tests.services.attachments import FACTS, facts_of
from tests.services.utm.sessions import CUSTOM, DEFAULT, FEATURE, S2C, UTM, Box, Session, request, response

CONTENT = f"{UTM}utm-policy u content-filtering http-profile c\n{FEATURE}content-filtering profile c block-content-type exe\n"
VIRUS = f"{UTM}utm-policy u anti-virus http-profile v\n{FEATURE}anti-virus profile v fallback-options default block\n"
LIMIT = f"{UTM}utm-policy u traffic-options sessions-per-client limit 2\n"


NUMBERS = count(1)


def open_for(box: Box, client: str) -> Session:
    flow = structs.replace(FACTS.five_tuple, src=ip_address(client))
    return box.session(facts_of(flow, next(NUMBERS)))


def test_other_workers_sessions_count_for_as_long_as_they_live() -> None:
    here, there = Box(LIMIT), Box(LIMIT)
    first = open_for(there, "192.0.2.1")
    (told,) = first.seen.bulletins
    assert told.session
    for _ in range(2):  # a worker hears its own announcement once more from the central point
        here.utm.hear(told, 0.0)
        there.utm.hear(told, 0.0)
    assert [open_for(here, "192.0.2.1").seen.block is not None for _ in range(2)] == [False, True]
    assert here.utm.report("session", {})["sessions in use"] == 1
    first.finish()
    here.utm.hear(structs.replace(told, seconds=0.0), 0.0)
    assert open_for(here, "192.0.2.1").seen.block is None


def test_nothing_is_announced_where_there_is_no_limit() -> None:
    assert open_for(Box(CONTENT), "192.0.2.1").seen.bulletins == []


def test_a_client_has_so_many_sessions_at_a_time() -> None:
    box = Box(LIMIT)
    sessions = [open_for(box, "192.0.2.1") for _ in range(3)]
    assert [session.seen.block is not None for session in sessions] == [False, False, True]
    assert open_for(box, "192.0.2.2").seen.block is None
    for session in sessions[1:]:
        session.finish()
    assert open_for(box, "192.0.2.1").seen.block is None
    assert box.utm.report("session", {})["over limit"] == 1


def test_more_may_be_logged_and_let_pass() -> None:
    box = Box(f"{LIMIT}{UTM}utm-policy u traffic-options sessions-per-client over-limit log-and-permit")
    seen = [open_for(box, "192.0.2.1").seen for _ in range(3)]
    assert [[name for name, _ in one.log()] for one in seen] == [[], [], ["SRXNF_UTM_SESSION_LIMIT"]]


@pytest.mark.parametrize("policy", ["", "v"])
def test_it_is_active_only_where_a_policy_names_one_that_does_something(policy: str) -> None:
    box = Box(f"{UTM}utm-policy v")
    assert box.attach(policy) is None


def test_content_that_nobody_waits_for_may_pass_unseen() -> None:
    session = Box(f"{CONTENT}{VIRUS}").session().client(request())
    session.server(response(bytes(9000), content_type="video/x")[:600])
    assert not session.indifferent(S2C)
    passed = f"{DEFAULT}anti-virus mime-whitelist list m\n{CUSTOM}mime-pattern m value video/"
    whitelisted = Box(f"{CONTENT}{VIRUS}{passed}").session()
    whitelisted.client(request()).server(response(bytes(9000), content_type="video/x")[:100])
    assert not whitelisted.indifferent(S2C)
    assert whitelisted.server(bytes(1000)).indifferent(S2C)
