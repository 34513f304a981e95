"""Client certificates that a server requires, forged ones that a client refuses: what is dropped, learned and recalled."""

from dataclasses import replace

import pytest
from msgspec import structs

from nf.log.records import SslProxyMessage
from nf.pki import AuthFailure
from nf.pki.verdict import Fault, rejected
from nf.policy.profile import LearnedBypass
from nf.sslproxy import commands as do
from nf.sslproxy import events as on
from nf.sslproxy.reasons import Reason
from nf.sslproxy.refusals import alert_after, misses_certificate, refuses_certificate
from nf.sslproxy.states import State
from nf.tls.failure import FailureKind, TlsFailure
from tests.sslproxy.playbook import (
    AGREED,
    CHAIN,
    CONNECT,
    DECRYPT,
    HELLO13,
    INITIATE,
    INSPECT,
    JUDGE,
    PROFILE,
    Playbook,
    dropped,
    logged,
)

REQUIRED = "system: server requires a client certificate"
LEARNS = structs.replace(DECRYPT, profile=replace(PROFILE, client_certificate_bypass=True, learned_bypass=LearnedBypass()))


def alert(description: int | None) -> TlsFailure:
    return TlsFailure(FailureKind.ALERT, "tls alert words", description)


@pytest.mark.parametrize(("description", "asked", "missing"), [
    (116, False, True), (116, True, True), (40, True, True), (40, False, False), (42, True, True), (80, True, False),
    (None, True, False)])
def test_servers_say_in_several_ways_that_a_certificate_is_missing(description: int | None, asked: bool,
                                                                   missing: bool) -> None:
    assert misses_certificate(alert(description), asked=asked) is missing


def test_clients_refuse_with_the_alerts_about_certificates() -> None:
    assert {code for code in range(256) if refuses_certificate(alert(code))} == {42, 46, 48}


@pytest.mark.parametrize(("description", "handed"), [(120, 120), (70, 70), (112, 112), (40, 40), (80, 40), (None, 40)])
def test_the_client_hears_the_servers_word_where_it_concerns_it(description: int | None, handed: int) -> None:
    assert alert_after(alert(description)) == handed


def test_a_handshake_that_fails_for_want_of_a_certificate() -> None:
    play = Playbook().until_initiating()
    play.tell(on.InitiationFailed(alert(40), asked=True), *dropped(Reason.CLIENT_AUTHENTICATION, REQUIRED, 40))


def test_an_optional_one_is_done_without() -> None:
    play = Playbook().until_initiating()
    play.tell(on.InitiationDone(CHAIN, AGREED, asked=True), JUDGE)


def test_tls13_says_it_after_the_handshake() -> None:
    play = Playbook().until_inspecting()
    play.tell(on.ServerAlerted(alert(116)), *dropped(Reason.CLIENT_AUTHENTICATION, REQUIRED))
    other = Playbook().until_inspecting()
    other.tell(on.ServerAlerted(alert(80)))
    other.at(State.INSPECTING)


def test_such_a_server_is_learned_where_the_profile_wants_that() -> None:
    play = Playbook(LEARNS)
    play.machine.receive(on.Opened())
    play.tell(on.Peeked(HELLO13), do.Recall("a.test"))
    play.tell(on.Recalled(None), *CONNECT)
    play.tell(on.ServerConnected(), *INITIATE)
    play.tell(on.InitiationFailed(alert(116), asked=True), do.Learn(Reason.CLIENT_CERTIFICATE, "a.test"),
              *dropped(Reason.CLIENT_AUTHENTICATION, REQUIRED, 40))


@pytest.mark.parametrize(("reason", "words"), [
    (Reason.LEARNED, "system: session passed on, its client has refused the proxy's certificate for this server"),
    (Reason.CLIENT_CERTIFICATE, "system: session passed on, its server requires a client certificate")])
def test_what_is_known_lets_the_next_session_pass(reason: Reason, words: str) -> None:
    play = Playbook(LEARNS)
    play.machine.receive(on.Opened())
    play.machine.receive(on.Peeked(HELLO13))
    play.tell(on.Recalled(reason), do.Note(reason), logged(SslProxyMessage.WHITELIST, words), *CONNECT)
    play.tell(on.ServerConnected(), *INSPECT)


def until_terminating(*, ok: bool) -> Playbook:
    assert LEARNS.profile is not None
    forgiving = structs.replace(LEARNS, profile=replace(LEARNS.profile, ignore_server_auth_failure=True))
    play = Playbook(forgiving)
    for event in (on.Opened(), on.Peeked(HELLO13), on.Recalled(None), on.ServerConnected(), on.InitiationDone(CHAIN, AGREED)):
        play.machine.receive(event)
    verdict = rejected(Fault(AuthFailure.EXPIRED))
    play.machine.receive(on.Judged(replace(verdict, ok=True, reason=None) if ok else verdict))
    return play


def test_a_client_that_refuses_a_good_servers_certificate_is_learned_of() -> None:
    play = until_terminating(ok=True)
    answers = play.machine.receive(on.TerminationFailed(alert(48)))
    assert answers[0] == do.Learn(Reason.LEARNED, "a.test")
    assert answers[-1] == do.Drop(Reason.CLIENT_HANDSHAKE)


@pytest.mark.parametrize(("ok", "failure"), [(False, alert(48)), (True, alert(80)),
                                             (True, TlsFailure(FailureKind.TRUNCATED, "connection closed"))])
def test_other_failures_and_refusals_of_bad_servers_teach_nothing(ok: bool, failure: TlsFailure) -> None:
    answers = until_terminating(ok=ok).machine.receive(on.TerminationFailed(failure))
    assert not any(isinstance(command, do.Learn) for command in answers)


def test_http2_is_not_offered_where_the_policy_forbids_it() -> None:
    play = Playbook(structs.replace(DECRYPT, disable_http2=True)).until_connecting()
    play.tell(on.ServerConnected(), INITIATE[0], do.Initiate("a.test", (b"http/1.1",), True))


def test_a_rejected_session_ends_once_its_client_can_be_told() -> None:
    play = Playbook(structs.replace(DECRYPT, rejects=True)).until_terminating()
    play.tell(on.TerminationDone(AGREED), *dropped(Reason.REJECTED, "system: session rejected by policy"))
