"""Ladders: rungs in order of time between the right life lines, words that fit, and what a reader measures."""

import ssl
from dataclasses import replace
from pathlib import Path

from scenarios.observe import ClientView
from scenarios.report_ladder import LANES, MOST_TEXT, Ladder, ladder
from scenarios.report_packets import Connection, Side, halves
from scenarios.report_paths import Attempt, Way
from scenarios.schema import Visit
from tests.scenarios.wire import MILLISECOND, Talk, handshake

VISIT = Visit("v", "https://www.example.test/hello")


def drawn(client: Talk, *, exit_status: int = 0) -> Ladder:
    """The client's talk, and the same ten milliseconds later as SSL-I's."""
    (inner,) = halves("srx1-eth0", client.packets)
    later = tuple(replace(it, at=it.at + 10 * MILLISECOND) for it in inner.segments)
    outer = replace(inner, side=Side.SERVER, device="srx1-eth1", segments=later)
    view = ClientView("v", "client1", exit_status)
    found = ladder(Attempt(VISIT, view, Way.DIVERTED, Connection(inner, outer)))
    assert found
    return found


def test_what_was_not_diverted_has_no_ladder() -> None:
    assert ladder(Attempt(VISIT, ClientView("v", "client1", 0), Way.DIRECT)) is None


def test_rungs_are_in_order_of_time_and_between_neighbouring_lines(tmp_path: Path) -> None:
    found = drawn(handshake(tmp_path, ssl.TLSVersion.TLSv1_3))
    assert [rung.time for rung in found.rungs] == sorted(rung.time for rung in found.rungs)
    assert found.rungs[0].time == 0
    assert len({rung.y for rung in found.rungs}) == len(found.rungs)
    assert all((LANES["client"] <= min(rung.start, rung.end) and max(rung.start, rung.end) <= LANES["SSL-T"])
               or (LANES["SSL-I"] <= min(rung.start, rung.end) and max(rung.start, rung.end) <= LANES["server"])
               for rung in found.rungs)
    assert found.height > max(rung.y for rung in found.rungs)
    assert found.heading == "10.0.0.1/4711 to 10.0.0.101/443"
    assert all(len(rung.detail) <= MOST_TEXT for rung in found.rungs)


def test_it_measures_both_handshakes_and_the_first_data(tmp_path: Path) -> None:
    found = drawn(handshake(tmp_path, ssl.TLSVersion.TLSv1_3))
    measured = dict(found.measures)
    assert list(measured) == ["SSL-I handshake", "SSL-T handshake", "first data at the client", "end"]
    assert measured["SSL-I handshake"] == measured["SSL-T handshake"] > 0
    assert measured["end"] == found.rungs[-1].time


def test_a_long_name_is_cut_in_the_picture_and_whole_in_the_title() -> None:
    talk = Talk()
    talk.say(True, b"\x16\x03\x01\x00\x04\x01\x00\x00\x00")
    assert drawn(talk).rungs[2].detail == "4 B, malformed"
    assert drawn(talk, exit_status=35).failed
