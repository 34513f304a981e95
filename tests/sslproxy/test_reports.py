"""What is said of a session that goes on or ends well: warnings, volume updates; which word asks for which message."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from msgspec import structs

from hwmodel.session import Direction
from nf.log.apptrack_records import apptrack_volume_update
from nf.log.records import SslProxyMessage
from nf.pki import AuthFailure
from nf.pki.verdict import Fault, rejected
from nf.policy.profile import AppTracking, LogClass, NonSslThreshold
from nf.services.apptrack import AppTrack, Tracker
from nf.sslproxy import commands as do
from nf.sslproxy import events as on
from nf.sslproxy.events import Timer
from nf.sslproxy.reasons import Caution, Reason
from nf.sslproxy.states import TABLE, State
from nf.tls.client_hello import ClientHello, parse
from tests.inspection.services import Namer, Reader
from tests.services.attachments import FACTS, VOLUME, attachment
from tests.sslproxy.playbook import (
    ACCEPTED,
    AGREED,
    BYPASS,
    CHAIN,
    CONNECT,
    DECRYPT,
    ENDED,
    HANDSHAKE,
    HELLO13,
    HTTP,
    PROFILE,
    SILENCE,
    Playbook,
    logged,
)
from tests.tls.hello_bytes import extension, hello, host_name, record, vector

EXPIRED = rejected(Fault(AuthFailure.EXPIRED, 0))
TRUNCATED = structs.replace(ENDED, truncated=True)
NAMELESS = record(hello())
NAMED_BY_ADDRESS = record(hello(extension(0, vector(2, host_name(b"192.0.2.1")))))
WORDS: dict[LogClass, SslProxyMessage] = {
    "sessions-dropped": SslProxyMessage.DROP, "sessions-allowed": SslProxyMessage.ALLOW,
    "sessions-ignored": SslProxyMessage.IGNORE, "sessions-whitelisted": SslProxyMessage.WHITELIST,
    "errors": SslProxyMessage.ERROR, "warning": SslProxyMessage.WARNING, "info": SslProxyMessage.INFO}


def warned(caution: str) -> do.Log:
    return logged(SslProxyMessage.WARNING, caution)


@pytest.mark.parametrize("services", [(Reader(),), ()])
def test_a_server_that_cuts_its_tls_off_is_warned_of(services: tuple[Reader, ...]) -> None:
    play = Playbook(services=services).until_terminating()
    play.machine.receive(on.TerminationDone(AGREED))
    play.tell(TRUNCATED, warned(Caution.TRUNCATED))


def test_an_end_in_kind_is_not_worth_a_word() -> None:
    Playbook().until_inspecting().tell(ENDED)


def test_a_dropped_session_is_not_warned_of_besides() -> None:
    play = Playbook().until_inspecting()
    play.tell(on.TimedOut(Timer.IDLE), do.Drop(Reason.IDLE_TIMEOUT))
    play.tell(TRUNCATED)


def test_a_session_too_short_to_be_known_as_no_ssl_is_warned_of() -> None:
    play = Playbook().until_plain()
    play.tell(on.Plaintext(Direction.C2S, b"QUIT\r\n", 1), do.Deliver(Direction.C2S, b"QUIT\r\n"))
    play.tell(ENDED, do.Note(Reason.UNDETERMINED), warned(Caution.UNDETERMINED))


def test_a_silent_client_and_a_known_one_are_not() -> None:
    Playbook().until_plain().tell(ENDED, do.Note(Reason.UNDETERMINED))
    play = Playbook(structs.replace(DECRYPT, threshold=NonSslThreshold(1, 1))).until_plain()
    play.machine.receive(on.Plaintext(Direction.C2S, HTTP, 1))
    play.tell(ENDED)


@pytest.mark.parametrize(("sent", "caution"), [
    (NAMELESS, Caution.NAME_UNCHECKED), (NAMED_BY_ADDRESS, Caution.NAME_UNUSABLE)])
def test_a_server_known_by_no_name_is_warned_of(sent: bytes, caution: str) -> None:
    play, hello = Playbook().until_hello(), parse(sent)
    assert isinstance(hello, ClientHello)
    play.tell(on.Peeked(sent), *CONNECT)
    play.tell(on.ServerConnected(), HANDSHAKE, do.Initiate(None, (), False))
    play.tell(on.InitiationDone(CHAIN, AGREED), do.Judge(CHAIN, None))
    play.tell(on.Judged(ACCEPTED), warned(caution), do.Terminate(hello, CHAIN, AGREED))


@pytest.mark.parametrize(("word", "message"), WORDS.items())
def test_each_word_of_actions_log_brings_its_message_and_no_other(word: LogClass, message: SslProxyMessage) -> None:
    assert set(said_under(word)) == {message.value}
    assert set(said_under("all")) == {one.value for one in SslProxyMessage}


def said_under(word: LogClass) -> Iterator[str]:
    """The messages of one session of each kind, under a profile that logs this alone."""
    profile = replace(PROFILE, log=frozenset({word}))
    plan, forgiving = structs.replace(DECRYPT, profile=profile), replace(profile, ignore_server_auth_failure=True)
    hello_to_done = (on.Opened(), on.Peeked(HELLO13), on.ServerConnected(), on.InitiationDone(CHAIN, AGREED),
                     on.Judged(ACCEPTED), on.TerminationDone(AGREED))
    plain = on.Opened(), on.Peeked(HTTP), on.ServerConnected(), on.Plaintext(Direction.C2S, HTTP, 9)
    for beginning, events in (
            (plan, (*hello_to_done[:4], on.Judged(EXPIRED))), (structs.replace(plan, profile=forgiving), (*hello_to_done[:4],
            on.Judged(EXPIRED))), (structs.replace(plan, threshold=NonSslThreshold(1, 1)), plain),
            (structs.replace(plan, bypass=Reason.WHITELISTED), (on.Opened(),)),
            (plan, (*hello_to_done[:5], on.InterdictionFailed("no CA"))), (plan, (*plain, ENDED)),
            (plan, (*hello_to_done, on.Plaintext(Direction.C2S, HTTP)))):
        play = Playbook(beginning, (Namer(FACTS, "HTTP", "GET / HTTP/1.1"),))
        for event in events:
            for command in play.machine.receive(event):
                if isinstance(command, do.Log) and command.record.name.startswith("SSL_PROXY"):
                    yield command.record.name


@pytest.mark.parametrize("state", [state for state in State if state not in (State.NEW, State.DROPPED, State.CLOSED)])
def test_updates_come_in_every_state_of_a_living_session_and_change_none(state: State) -> None:
    assert TABLE[state][on.Updated] == (state,)
    play = Playbook(services=(tracked(),))
    play.machine.state = state
    play.machine._inspection.mark_encrypted(True)
    volume = structs.replace(VOLUME, elapsed_seconds=60)
    answered = play.machine.receive(on.Updated(volume))
    updated = apptrack_volume_update(FACTS, play.inspection.application, volume)
    assert answered[1:] == [do.Log(updated), do.Report(300.0)]
    play.at(state)


def test_a_session_asks_for_its_first_update_when_it_begins() -> None:
    Playbook(services=(tracked(),)).tell(on.Opened(), do.Report(60.0), SILENCE, do.PeekMore(1))
    bypassed = Playbook(structs.replace(BYPASS, profile=None), services=(tracked(),)).machine.receive(on.Opened())
    assert bypassed[0] == do.Report(60.0)
    assert not any(isinstance(command, do.Report) for command in Playbook().machine.receive(on.Opened()))


def tracked() -> AppTrack:
    service = Tracker().attach(attachment(options=AppTracking()))
    assert service is not None
    return service
