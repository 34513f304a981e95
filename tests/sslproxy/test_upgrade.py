"""From a plain session to TLS: what services see of it, what ends it, and what ends the search."""


import pytest
from msgspec import structs

from hwmodel.session import Direction
from nf.policy.profile import NonSslThreshold
from nf.sslproxy import commands as do
from nf.sslproxy import events as on
from nf.sslproxy.reasons import Reason
from nf.sslproxy.states import State
from tests.inspection.services import LineGuard, Reader, Turn
from tests.sslproxy.playbook import (
    ACCEPTED,
    AGREED,
    CHAIN,
    DECRYPT,
    HELLO13,
    INITIATE,
    INSPECT,
    JUDGE,
    RELAY,
    SMTP,
    TERMINATE,
    Playbook,
    dropped,
)

C2S, S2C = Direction.C2S, Direction.S2C
INJECTED = "policy violation: bytes in the clear beside the request for TLS or its answer"


def plain_session(play: Playbook) -> Playbook:
    for event in (on.Opened(), on.TimedOut(on.Timer.SILENCE), on.ServerConnected(), on.ServerSpoke()):
        play.machine.receive(event)
    play.at(State.PLAIN)
    return play


def test_services_see_the_plain_part_as_such_and_then_what_is_decrypted() -> None:
    reader = Reader()
    play = Playbook(services=(reader,)).until_upgraded()
    assert [(way, data, encrypted) for way, data, encrypted in reader.seen] == [(*said, False) for said in SMTP]
    play.tell(on.Peeked(HELLO13[:9]), do.PeekMore(len(HELLO13)))
    play.tell(on.Peeked(HELLO13), *INITIATE)
    play.tell(on.InitiationDone(CHAIN, AGREED), JUDGE)
    play.tell(on.Judged(ACCEPTED), TERMINATE)
    play.tell(on.TerminationDone(AGREED), *INSPECT)
    assert play.inspection.application.encrypted == "Yes"
    play.tell(on.Plaintext(C2S, b"EHLO a\r\n"), do.Deliver(C2S, b"EHLO a\r\n"))
    assert reader.seen[-1] == (C2S, b"EHLO a\r\n", True)


@pytest.mark.parametrize("smuggled", [(C2S, b"STARTTLS\r\nRSET\r\n"), (S2C, b"220 go on\r\n250 smuggled\r\n")])
def test_what_is_smuggled_is_not_delivered_nor_what_it_came_with(smuggled: tuple[Direction, bytes]) -> None:
    play = plain_session(Playbook())
    for way, line in SMTP[:3] if smuggled[0] is C2S else SMTP[:4]:
        play.machine.receive(on.Plaintext(way, line, 1))
    play.tell(on.Plaintext(*smuggled, 1), *dropped(Reason.INJECTION, INJECTED))


def test_bytes_that_a_service_holds_would_be_smuggled_too() -> None:
    """They would reach the server within TLS."""
    play = plain_session(Playbook(services=(Turn(), Reader())))
    play.machine.receive(on.Plaintext(S2C, SMTP[0][1]))  # with which one service has seen enough
    for way, line in SMTP[1:4]:
        play.machine.receive(on.Plaintext(way, line, 1))
    play.inspection._held[C2S] = b"held"
    play.tell(on.Plaintext(S2C, SMTP[4][1]), *dropped(Reason.INJECTION, INJECTED))


def test_the_thresholds_end_the_search() -> None:
    play = plain_session(Playbook(structs.replace(DECRYPT, threshold=NonSslThreshold(2, 10)), (LineGuard(),)))
    play.machine.receive(on.Plaintext(S2C, SMTP[0][1]))
    play.machine.receive(on.Plaintext(C2S, b"EHLO a\r\n", 1))
    answers = play.machine.receive(on.Plaintext(C2S, b"STARTTLS\r\n", 2))
    assert do.Note(Reason.NON_SSL) in answers
    assert answers[-1] == do.Relay()


def test_a_login_ends_the_search_and_the_session_stays_plain() -> None:
    play = plain_session(Playbook())
    play.machine.receive(on.Plaintext(S2C, SMTP[0][1]))
    play.tell(on.Plaintext(C2S, b"AUTH PLAIN\r\n", 1), do.Deliver(C2S, b"AUTH PLAIN\r\n"))
    for way, line in SMTP[3:]:
        play.tell(on.Plaintext(way, line, 1), do.Deliver(way, line))
    play.at(State.PLAIN)


def test_a_client_that_leaves_instead_leaves_on_both_sides() -> None:
    play = Playbook().until_upgraded()
    play.tell(on.ClientFinished(), do.Note(Reason.UNFINISHED), *RELAY)
