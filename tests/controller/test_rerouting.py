"""The sessions that take another way: told once, renewed, over; and the same on a running controller."""

from dataclasses import replace

from nf.controller.detours import Detours
from nf.controller.rerouting import LIFETIME, RENEWED, Rerouting
from nf.controller.topology import Kind
from nf.protocols.ways import Moved
from tests.controller.networks import flow
from tests.controller.test_detours import EXIT, FABRIC, OUTER, SESSION, beside

WAY = Moved(SESSION, "spine2")


def rerouting() -> Rerouting:
    return Rerouting(Detours(EXIT, FABRIC))


def test_a_way_is_installed_once_however_often_it_is_said_and_renewed_now_and_then() -> None:
    ways = rerouting()
    first = ways.heard([WAY], OUTER, 0.0)
    assert (first.moved, len(first.added), first.removed) == (1, 2, [])
    assert ways.heard([WAY], OUTER, 1.0).added == []
    again = ways.heard([WAY], OUTER, RENEWED)
    assert (again.moved, again.added) == (0, first.added)
    assert ways.of(2) == [entry for entry in first.added if entry.dpid == 2]


def test_another_way_leaves_nothing_of_the_first_and_removes_nothing_of_the_second() -> None:
    ways = rerouting()
    before = ways.heard([WAY], OUTER, 0.0).added
    change = ways.heard([Moved(SESSION, "exit")], OUTER, 1.0)
    kept = {entry.key for entry in change.added}
    assert {entry.key for entry in change.removed} == {entry.key for entry in before} - kept


def test_a_session_ends_when_it_is_said_or_after_silence_or_with_the_nf() -> None:
    for end in (lambda ways: ways.heard([Moved(SESSION, "spine2", over=True)], OUTER, 1.0),
                lambda ways: ways.tick(LIFETIME), lambda ways: ways.clear()):
        ways = rerouting()
        added = ways.heard([WAY], OUTER, 0.0).added
        assert end(ways).removed == list(added)
        assert (len(ways), ways.of(2)) == (0, [])
    assert rerouting().heard([Moved(SESSION, "spine2", over=True)], OUTER, 0.0).removed == []


def test_what_cannot_be_done_is_said_once() -> None:
    ways = rerouting()
    assert len(ways.heard([Moved(SESSION, "nowhere")], OUTER, 0.0).faults) == 1
    assert ways.heard([Moved(flow("10.0.0.1", "10.0.0.2"), "nowhere")], OUTER, 0.0).faults == []


THROUGH = Moved(SESSION, "x")


def test_a_function_that_goes_takes_its_way_along_and_brings_it_back() -> None:
    ways = Rerouting(Detours(EXIT, beside(Kind.WIRE, "spine2")))
    added = ways.heard([THROUGH, Moved(flow("10.0.0.1", "10.0.0.2"), "spine1")], OUTER, 0.0).added
    assert ways.function_is("x1", up=False, now=1.0).removed == added
    assert ways.of(11) == ways.of(12) == []
    assert ways.heard([THROUGH], OUTER, 2.0).added == []
    assert ways.function_is("x1", up=True, now=3.0).added == added


def test_a_session_that_begins_while_its_function_is_gone_keeps_its_way_until_it_is_back() -> None:
    ways = Rerouting(Detours(EXIT, beside(Kind.WIRE, "spine2")))
    ways.function_is("x1", up=False, now=0.0)
    change = ways.heard([THROUGH], OUTER, 1.0)
    assert (change.moved, change.kept, change.added, change.faults) == (0, 1, [], [])
    assert ways.function_is("x1", up=True, now=2.0).added


def test_connections_that_end_in_a_function_go_there_from_their_first_packet_or_not_at_all() -> None:
    ways = Rerouting(Detours(EXIT, beside(Kind.PROXY, "spine2")))
    change = ways.heard([THROUGH], OUTER, 0.0)
    assert (change.added, change.kept, ways.entries(SESSION)) == ([], 1, ())
    assert "connections end in x1, so a session that has begun is not moved there" in change.faults[0]
    first = Moved(flow("10.0.0.1", "10.0.0.2"), "x", first=True)
    added = ways.heard([first], OUTER, 1.0).added
    assert ways.entries(first.flow) == tuple(added) != ()
    assert ways.heard([replace(first, first=False)], OUTER, 2.0).removed == added, "its first packet took the usual way"
    assert ways.heard([replace(first, first=False)], OUTER, 2.0).removed == []


def test_what_ended_in_a_function_does_not_come_back_with_it() -> None:
    ways = Rerouting(Detours(EXIT, beside(Kind.PROXY, "spine2")))
    first = replace(THROUGH, first=True)
    added = ways.heard([first], OUTER, 0.0).added
    assert ways.function_is("x1", up=False, now=1.0).removed == added
    assert ways.function_is("x1", up=True, now=2.0).added == []


def test_a_session_that_has_begun_elsewhere_may_still_go_through_a_wire() -> None:
    ways = Rerouting(Detours(EXIT, beside(Kind.WIRE, "spine2")))
    ways.heard([replace(THROUGH, first=True)], OUTER, 0.0)
    change = ways.heard([THROUGH], OUTER, 1.0)
    assert (change.added, change.removed, change.moved) == ([], [], 0)
