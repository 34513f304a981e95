"""Captures of a switch's ports: whose connections passed, and how much of their data."""

from scenarios.captures import through
from scenarios.observe import Passage
from tests.scenarios.wire import SERVER, Talk


def test_a_connection_is_counted_once_where_it_leaves_the_switch() -> None:
    there, back = Talk(outbound=True), Talk(outbound=False)  # the ports that it came in by, and went out by
    for talk in (there, back):
        talk.say(True, b"question")
        talk.say(False, b"the answer")
    seen = list(through("s1", [*there.packets, *back.packets], {SERVER[0]: "server1"}))
    assert seen == [Passage("s1", "10.0.0.1/4711", "server1", 8, 10)]
