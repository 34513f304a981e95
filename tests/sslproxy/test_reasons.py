"""Every way to be dropped: the reason, the alert and the words of the log."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from msgspec import structs

from hwmodel.session import Direction
from nf.inspection.panel import PATIENCE
from nf.log.records import SslProxyMessage
from nf.pki import AuthFailure
from nf.pki.verdict import Fault, rejected
from nf.sslproxy import commands as do
from nf.sslproxy import events as on
from nf.sslproxy.events import Event, Timer
from nf.sslproxy.reasons import Caution, Reason, alert_for
from nf.sslproxy.states import State
from nf.tls.failure import FailureKind, TlsFailure
from tests.inspection.services import LineGuard
from tests.sslproxy.playbook import DECRYPT, ENDED, HELLO11, HELLO13, PROFILE, Playbook, dropped, failed, logged

ALERT = TlsFailure(FailureKind.ALERT, "tlsv1 alert unknown ca")
EXPIRED = rejected(Fault(AuthFailure.EXPIRED, 0))
SSLV2 = b"\x80\x1c\x01\x00\x02\x00\x03\x00\x00\x00\x10" + b"\x07\x00\xc0" + bytes(16)
MALFORMED = b"\x16\x03\x01\x00\x05\x02"
OLD = "system: client offers no supported protocol version"
MALFORMED_TEXT = "openssl error: handshake type 2 where a ClientHello was expected"

DROPS: list[tuple[Callable[[Playbook], Playbook], Event, Reason, str, int | None]] = [
    (Playbook.until_hello, on.Peeked(SSLV2), Reason.SSL_V2, "system: SSLv2 client hello", None),
    (Playbook.until_hello, on.Peeked(HELLO11), Reason.UNSUPPORTED_VERSION, OLD, 70),
    (Playbook.until_hello, on.Peeked(MALFORMED), Reason.MALFORMED_HELLO, MALFORMED_TEXT, 10),
    (Playbook.until_undecided, on.Peeked(SSLV2), Reason.SSL_V2, "system: SSLv2 client hello", None),
    (Playbook.until_undecided, on.Peeked(HELLO11), Reason.UNSUPPORTED_VERSION, OLD, 70),
    (Playbook.until_undecided, on.Peeked(MALFORMED), Reason.MALFORMED_HELLO, MALFORMED_TEXT, 10),
    (Playbook.until_connecting, on.ServerUnreachable("connection refused"), Reason.SERVER_UNREACHABLE,
     "system: server unreachable: connection refused", None),
    (Playbook.until_connecting, on.TimedOut(Timer.CONNECT), Reason.CONNECT_TIMEOUT,
     "system: server did not answer in time", None),
    (Playbook.until_initiating, on.InitiationFailed(ALERT), Reason.SERVER_HANDSHAKE,
     "openssl error: server handshake: tlsv1 alert unknown ca", 40),
    (Playbook.until_judging, on.Judged(EXPIRED), Reason.SERVER_AUTHENTICATION,
     "certificate error: certificate has expired", 45),
    (Playbook.until_terminating, on.TerminationFailed(ALERT), Reason.CLIENT_HANDSHAKE,
     "openssl error: client handshake: tlsv1 alert unknown ca", None),
    (Playbook.until_judging, on.Judged(rejected(Fault(AuthFailure.NO_SERVER_KEY, 0))), Reason.NO_SERVER_KEY,
     "certificate error: no server certificate of the profile has the server's key", 40),
    (Playbook.until_upgraded, on.Peeked(b"RSET\r\n"), Reason.NO_TLS, "system: no TLS where the client has asked for it", None),
    (Playbook.until_upgraded, on.Peeked(SSLV2), Reason.SSL_V2, "system: SSLv2 client hello", None),
    (Playbook.until_upgraded, on.TimedOut(Timer.HANDSHAKE), Reason.HANDSHAKE_TIMEOUT,
     "system: handshake not finished in time", None),
    (Playbook.until_inspecting, on.Violated(Direction.S2C, ALERT), Reason.VIOLATION,
     "openssl error: server: tlsv1 alert unknown ca", None),
    *((until, on.Stormed(way), Reason.STORM, "policy violation: too many TLS messages without data", None)
      for until in (Playbook.until_inspecting, Playbook.until_relaying) for way in Direction),
    *((until, on.TimedOut(Timer.HANDSHAKE), Reason.HANDSHAKE_TIMEOUT, "system: handshake not finished in time", None)
      for until in (Playbook.until_initiating, Playbook.until_judging, Playbook.until_terminating)),
]


@pytest.mark.parametrize(("until", "event", "reason", "message", "alert"), DROPS,
                         ids=[f"{until.__name__}-{reason.value}" for until, _, reason, _, _ in DROPS])
def test_drop_tells_client_and_log_why(until: Callable[[Playbook], Playbook], event: Event, reason: Reason,
                                       message: str, alert: int | None) -> None:
    play = until(Playbook(services=() if until is Playbook.until_relaying else None))
    play.tell(event, *dropped(reason, message, alert))
    play.at(State.DROPPED)
    play.tell(ENDED)
    play.at(State.CLOSED)


@pytest.mark.parametrize(("until", "reason"), [
    (Playbook.until_hello, Reason.UNDETERMINED), (Playbook.until_undecided, Reason.UNDETERMINED),
    (Playbook.until_plain, Reason.UNDETERMINED), (Playbook.until_connecting, Reason.UNFINISHED),
    (Playbook.until_initiating, Reason.UNFINISHED), (Playbook.until_judging, Reason.UNFINISHED),
    (Playbook.until_terminating, Reason.UNFINISHED), (Playbook.until_upgraded, Reason.UNFINISHED)])
def test_a_session_that_is_over_before_it_was_decrypted_has_a_reason_too(until: Callable[[Playbook], Playbook],
                                                                         reason: Reason) -> None:
    cautions = [] if reason is Reason.UNDETERMINED else [logged(SslProxyMessage.WARNING, Caution.UNFINISHED)]
    until(Playbook()).tell(ENDED, do.Note(reason), *cautions)


@pytest.mark.parametrize("until", [Playbook.until_inspecting, Playbook.until_relaying])
def test_a_decrypted_session_needs_none(until: Callable[[Playbook], Playbook]) -> None:
    until(Playbook(services=() if until is Playbook.until_relaying else None)).tell(ENDED)


def test_a_failed_interdiction_is_an_error_of_the_proxy_too() -> None:
    play = Playbook().until_terminating()
    play.tell(on.InterdictionFailed("the CA has expired"),
              *failed(Reason.INTERDICTION, "certificate error: the CA has expired", 80))
    play.at(State.DROPPED)


@pytest.mark.parametrize("lacking", [Reason.NO_DESCRIPTORS, Reason.EXHAUSTED])
def test_what_has_run_out_here_is_not_the_servers_fault(lacking: Reason) -> None:
    play = Playbook().until_connecting()
    play.tell(on.ServerUnreachable("too many open files", lacking),
              *failed(lacking, "system: server unreachable: too many open files"))


@pytest.mark.parametrize("until", [Playbook.until_hello, Playbook.until_judging, Playbook.until_inspecting])
def test_a_bug_is_an_error_of_the_proxy_wherever_it_strikes(until: Callable[[Playbook], Playbook]) -> None:
    play = until(Playbook())
    assert play.machine.fail() == list(failed(Reason.INTERNAL, "system: internal error"))
    play.at(State.DROPPED)
    play.tell(ENDED)


@pytest.mark.parametrize("until", [Playbook.until_undecided, Playbook.until_inspecting, Playbook.until_plain])
def test_idle_sessions_go_without_a_word_of_the_ssl_proxy(until: Callable[[Playbook], Playbook]) -> None:
    play = until(Playbook())
    play.tell(on.TimedOut(Timer.IDLE), do.Drop(Reason.IDLE_TIMEOUT))
    play.at(State.DROPPED)


@pytest.mark.parametrize("until", [Playbook.until_inspecting, Playbook.until_plain])
def test_a_blocked_session_delivers_nothing_of_what_was_held(until: Callable[[Playbook], Playbook]) -> None:
    play = until(Playbook(services=(LineGuard(),)))
    play.tell(on.Plaintext(Direction.C2S, b"forbid", 1), do.Wake(PATIENCE))
    play.tell(on.Plaintext(Direction.C2S, b"den\n", 2),
              *dropped(Reason.BLOCKED, "system: session blocked by a security service: blocked by guard"))


def test_a_half_hello_after_the_silence_ends_with_the_handshake_deadline() -> None:
    play = Playbook().until_undecided()
    play.machine.receive(on.Peeked(HELLO13[:9]))
    play.tell(on.TimedOut(Timer.HANDSHAKE),
              *dropped(Reason.HANDSHAKE_TIMEOUT, "system: handshake not finished in time"))


def test_a_profile_without_sessions_dropped_logs_no_drop() -> None:
    quiet = structs.replace(DECRYPT, profile=replace(PROFILE, log=frozenset({"sessions-whitelisted", "errors"})))
    play = Playbook(quiet).until_connecting()
    play.tell(on.TimedOut(Timer.CONNECT), do.Drop(Reason.CONNECT_TIMEOUT))


def test_codes_are_distinct_and_printable() -> None:
    codes = [reason.value for reason in Reason]
    assert len(set(codes)) == len(codes)
    assert all(code.replace("-", "").isalnum() and code == code.lower() for code in codes)


@pytest.mark.parametrize(("failure", "alert"), [
    (AuthFailure.UNKNOWN_CA, 48), (AuthFailure.SELF_SIGNED, 48), (AuthFailure.EXPIRED, 45),
    (AuthFailure.NOT_YET_VALID, 45), (AuthFailure.REVOKED, 44), (AuthFailure.NAME_MISMATCH, 46),
    (AuthFailure.BAD_SIGNATURE, 42), (AuthFailure.NO_SERVER_KEY, 40), (None, 42)])
def test_alerts_tell_what_was_wrong_with_the_server(failure: AuthFailure | None, alert: int) -> None:
    assert alert_for(failure) == alert


@pytest.mark.parametrize("failure", [failure for failure in AuthFailure if failure is not AuthFailure.NO_SERVER_KEY])
def test_every_authentication_failure_has_an_alert_about_certificates(failure: AuthFailure) -> None:
    assert 42 <= alert_for(failure) <= 48
