"""Sessions that are decrypted, passed on or found to be no TLS, event by event."""

from dataclasses import replace

import pytest
from msgspec import structs

from hwmodel.session import Direction
from nf.inspection.panel import PATIENCE
from nf.log.apptrack_records import apptrack_close, apptrack_create
from nf.log.records import SslProxyMessage
from nf.pki import AuthFailure
from nf.pki.verdict import Fault, rejected
from nf.policy.profile import NonSslThreshold
from nf.policy.url_categories import UrlCategory
from nf.services import Service
from nf.sslproxy import commands as do
from nf.sslproxy import events as on
from nf.sslproxy.plan import Plan
from nf.sslproxy.reasons import Reason, alert_for
from nf.sslproxy.states import State
from nf.tls.client_hello import ClientHello, parse
from nf.tls.grade import end_grade
from nf.tls.parameters import TlsParameters
from tests.inspection.services import LineGuard, Namer, Reader
from tests.services.attachments import FACTS, VOLUME
from tests.sslproxy.playbook import (
    ACCEPTED,
    AGREED,
    BYPASS,
    CHAIN,
    CONNECT,
    DECRYPT,
    ENDED,
    HANDSHAKE,
    HELLO12,
    HELLO13,
    HTTP,
    IDLE,
    INITIATE,
    INSPECT,
    PROFILE,
    RELAY,
    SILENCE,
    TERMINATE,
    Playbook,
    dropped,
    logged,
)

C2S, S2C = Direction.C2S, Direction.S2C
IGNORED = (do.Note(Reason.NON_SSL), logged(SslProxyMessage.IGNORE, "system: non-SSL session ignored"))


def test_from_the_first_byte_to_the_relay() -> None:
    play = Playbook(services=(Namer(FACTS, "HTTP", "GET / HTTP/1.1"),)).until_inspecting()
    play.tell(on.Plaintext(C2S, HTTP), do.Log(apptrack_create(FACTS)),
              logged(SslProxyMessage.INFO, "system: HTTP request GET / HTTP/1.1"), do.Deliver(C2S, HTTP), do.Relay())
    assert (play.inspection.application.application, play.inspection.application.encrypted) == ("HTTP", "Yes")
    play.tell(ENDED, do.Log(apptrack_close(FACTS, play.inspection.application, ENDED.reason, VOLUME)))
    play.at(State.CLOSED)


@pytest.mark.parametrize(("host", "told"), [(None, ()), ("a.test", ()), ("hidden.test", (logged(
    SslProxyMessage.WARNING, "system: HTTP request for host hidden.test, not for SNI a.test"),))])
def test_a_request_for_another_host_than_the_clienthello_named_is_told(host: str | None, told: tuple[do.Log, ...]) -> None:
    play = Playbook(services=(Namer(FACTS, "HTTP", "GET / HTTP/1.1", host),)).until_inspecting()
    play.tell(on.Plaintext(C2S, HTTP), do.Log(apptrack_create(FACTS)),
              logged(SslProxyMessage.INFO, "system: HTTP request GET / HTTP/1.1"), *told, do.Deliver(C2S, HTTP), do.Relay())


def test_a_profile_may_have_it_dropped_before_the_request_goes_on() -> None:
    plan = structs.replace(DECRYPT, profile=replace(PROFILE, drops_other_hosts=True))
    play = Playbook(plan, services=(Namer(FACTS, "HTTP", "GET / HTTP/1.1", "hidden.test"),)).until_inspecting()
    play.tell(on.Plaintext(C2S, HTTP), do.Log(apptrack_create(FACTS)),
              logged(SslProxyMessage.INFO, "system: HTTP request GET / HTTP/1.1"),
              *dropped(Reason.OTHER_HOST, "policy violation: HTTP request for host hidden.test, not for SNI a.test"))
    play.at(State.DROPPED)


def test_while_a_service_reads_everything_is_shown_to_it() -> None:
    reader = Reader()
    play = Playbook(services=(reader,)).until_inspecting()
    play.tell(on.Plaintext(C2S, b"a"), do.Deliver(C2S, b"a"))
    play.tell(on.Plaintext(S2C, b"b"), do.Deliver(S2C, b"b"))
    assert reader.seen == [(C2S, b"a", True), (S2C, b"b", True)]
    play.at(State.INSPECTING)


def test_what_a_service_holds_is_not_delivered() -> None:
    play = Playbook(services=(LineGuard(),)).until_inspecting()
    play.tell(on.Plaintext(C2S, b"good"), do.Wake(PATIENCE))
    play.tell(on.Plaintext(C2S, b"\n"), do.Deliver(C2S, b"good\n"), do.Relay())


def test_a_hello_that_is_there_already_is_not_waited_for() -> None:
    play = Playbook()
    play.tell(on.Opened(0.0, HELLO13), *CONNECT)
    play.tell(on.ServerConnected(), *INITIATE)
    half = Playbook()
    half.tell(on.Opened(0.0, HELLO13[:-1]), SILENCE, do.PeekMore(len(HELLO13)))
    half.tell(on.Peeked(HELLO13), *CONNECT)


def test_hello_in_parts_is_waited_for_with_the_first_deadline() -> None:
    play = Playbook().until_hello()
    play.tell(on.Peeked(HELLO13[:3]), do.PeekMore(9))
    play.tell(on.Peeked(HELLO13[:9]), do.PeekMore(len(HELLO13)))
    play.tell(on.Peeked(HELLO13), *CONNECT)


def test_without_extensions_there_is_no_name_no_alpn_and_no_tls13() -> None:
    play, hello = Playbook().until_connecting(HELLO12), parse(HELLO12)
    assert isinstance(hello, ClientHello)
    play.tell(on.ServerConnected(), HANDSHAKE, do.Initiate("a.test", (), False))
    agreed = TlsParameters("TLSv1.2", "x")
    play.tell(on.InitiationDone(CHAIN, agreed), do.Judge(CHAIN, "a.test"))
    play.tell(on.Judged(ACCEPTED), do.Terminate(hello, CHAIN, agreed))


def test_after_a_silence_the_client_may_still_speak_tls() -> None:
    play = Playbook().until_undecided()
    play.tell(on.Peeked(HELLO13[:9]), HANDSHAKE, do.PeekMore(len(HELLO13)))
    play.tell(on.Peeked(HELLO13[:19]), do.PeekMore(len(HELLO13)))  # one deadline for all of it
    play.tell(on.Peeked(HELLO13), *INITIATE)
    play.tell(on.InitiationDone(CHAIN, AGREED), do.Judge(CHAIN, "a.test"))


def test_after_a_silence_the_server_may_speak_first() -> None:
    play = Playbook().until_undecided()
    play.tell(on.ServerSpoke(), *INSPECT)
    play.tell(on.Plaintext(S2C, b"220 mail.test\r\n"), do.Deliver(S2C, b"220 mail.test\r\n"))
    play.tell(on.Plaintext(C2S, b"EHLO a\r\n", 1), do.Deliver(C2S, b"EHLO a\r\n"))
    assert play.inspection.application.encrypted == "No"


def test_after_a_silence_the_client_may_speak_something_else() -> None:
    play = Playbook().until_undecided()
    play.tell(on.Peeked(HTTP), *INSPECT)
    play.at(State.PLAIN)


def test_five_segments_and_two_hundred_bytes_make_a_session_non_ssl() -> None:
    play = Playbook().until_plain()
    play.tell(on.Plaintext(C2S, HTTP, 1), do.Deliver(C2S, HTTP))
    play.tell(on.Plaintext(C2S, b"x" * 300, 4), do.Deliver(C2S, b"x" * 300))
    play.tell(on.Plaintext(S2C, b"y" * 999, 9), do.Deliver(S2C, b"y" * 999))
    play.tell(on.Plaintext(C2S, b"z", 5), *IGNORED, do.Deliver(C2S, b"z"))
    play.tell(on.Plaintext(C2S, b"z" * 300, 6), do.Deliver(C2S, b"z" * 300))
    play.at(State.PLAIN)


def test_five_segments_of_too_few_bytes_do_not() -> None:
    play = Playbook().until_plain()
    play.tell(on.Plaintext(C2S, b"x" * 199, 7), do.Deliver(C2S, b"x" * 199))
    play.tell(on.Plaintext(C2S, b"x", 8), *IGNORED, do.Deliver(C2S, b"x"))


@pytest.mark.parametrize(("sizes", "segments"), [((500,), 5), ((100, 100, 300), 5), ((1,) * 500, 5), ((250, 250), 5)])
def test_how_the_client_bytes_are_cut_into_events_does_not_matter(sizes: tuple[int, ...], segments: int) -> None:
    """The same bytes in as many segments, read in one turn or in several."""
    play = Playbook().until_plain()
    answers = [command for size in sizes for command in play.machine.receive(on.Plaintext(C2S, b"x" * size, segments))]
    assert [command for command in answers if not isinstance(command, do.Deliver)] == list(IGNORED)
    assert b"".join(command.data for command in answers if isinstance(command, do.Deliver)) == b"x" * 500


def test_the_configuration_sets_the_thresholds() -> None:
    play = Playbook(structs.replace(DECRYPT, threshold=NonSslThreshold(packets=1, bytes=1))).until_plain()
    play.tell(on.Plaintext(C2S, b"x", 1), *IGNORED, do.Deliver(C2S, b"x"))


def test_non_ssl_is_relayed_only_once_it_is_counted_and_no_service_reads() -> None:
    play = Playbook(services=(LineGuard(),)).until_plain()
    play.tell(on.Plaintext(C2S, b"x\n", 1), do.Deliver(C2S, b"x\n"))
    play.at(State.PLAIN)
    play.tell(on.Plaintext(C2S, b"x" * 200, 5), *IGNORED, do.Deliver(C2S, b"x" * 200), do.Relay())
    play.at(State.RELAYING)


def test_an_http_request_in_the_clear_is_no_business_of_the_ssl_proxy() -> None:
    play = Playbook(services=(Namer(FACTS, "HTTP", "GET / HTTP/1.1"), Reader())).until_plain()
    play.tell(on.Plaintext(C2S, HTTP, 1), do.Log(apptrack_create(FACTS)), do.Deliver(C2S, HTTP))


@pytest.mark.parametrize(("plan", "reason"), [
    (Plan(FACTS), Reason.NO_PROFILE), (Plan(FACTS, None, Reason.NO_PROFILE), Reason.NO_PROFILE),
    (Plan(FACTS, PROFILE, Reason.NO_SERVICE), Reason.NO_SERVICE)])
def test_bypassed_sessions_say_why(plan: Plan, reason: Reason) -> None:
    Playbook(plan).tell(on.Opened(), do.Note(reason), *CONNECT)


def test_whitelisted_sessions_are_logged_too() -> None:
    message = logged(SslProxyMessage.WHITELIST, "System: session whitelisted")
    Playbook(BYPASS).tell(on.Opened(), do.Note(Reason.WHITELISTED), message, *CONNECT)


def test_a_profile_without_that_log_class_stays_silent() -> None:
    quiet = structs.replace(BYPASS, profile=replace(PROFILE, log=frozenset({"sessions-dropped", "info"})))
    Playbook(quiet).tell(on.Opened(), do.Note(Reason.WHITELISTED), *CONNECT)


@pytest.mark.parametrize(("services", "expected"), [((Reader(),), INSPECT), ((), RELAY)])
def test_bypassed_sessions_are_shown_only_to_services(services: tuple[Service, ...],
                                                      expected: tuple[do.Command, ...]) -> None:
    play = Playbook(BYPASS, services)
    play.machine.receive(on.Opened())
    play.tell(on.ServerConnected(), *expected)


@pytest.mark.parametrize("plan", [BYPASS, Plan(FACTS)])
@pytest.mark.parametrize(("first", "encrypted"), [(HELLO13, "Yes"), (HELLO13[:40], "Yes"), (HTTP, "No")])
def test_bypassed_tls_is_known_as_encrypted(plan: Plan, first: bytes, encrypted: str) -> None:
    reader = Reader()
    play = Playbook(plan, (reader,))
    play.machine.receive(on.Opened())
    play.machine.receive(on.ServerConnected())
    play.tell(on.Plaintext(C2S, first, 1), do.Deliver(C2S, first))
    play.tell(on.Plaintext(C2S, b"x" * 999, 9), do.Deliver(C2S, b"x" * 999))  # never counted as non-SSL
    assert play.inspection.application.encrypted == encrypted
    assert reader.seen[0][2] is (encrypted == "Yes")


def test_an_application_without_inactivity_timeout_is_never_idle() -> None:
    play = Playbook(structs.replace(DECRYPT, timeouts=replace(DECRYPT.timeouts, idle=float("inf"))))
    play.until_terminating().tell(on.TerminationDone(AGREED), structs.replace(IDLE, seconds=float("inf")), do.Inspect())


BANKS = UrlCategory("banks", ("bank-list",), ("http://*.bank.test/", "a.test"))


@pytest.mark.parametrize("before", ["until_hello", "until_undecided"])
def test_a_server_name_of_an_exempt_category_is_not_decrypted(before: str) -> None:
    play = Playbook(structs.replace(DECRYPT, exempt=(BANKS,)))
    getattr(play, before)()
    message = logged(SslProxyMessage.WHITELIST, "session whitelisted url category match SNI a.test URL_CATEGORY banks")
    goes_on = CONNECT if before == "until_hello" else INSPECT
    play.tell(on.Peeked(HELLO13), do.Note(Reason.WHITELISTED), message, *goes_on)
    if before == "until_hello":
        play.tell(on.ServerConnected(), *INSPECT)
    play.tell(on.Plaintext(C2S, HELLO13, 9), do.Deliver(C2S, HELLO13))
    assert play.inspection.application.encrypted == "Yes"


def test_other_names_are_decrypted_all_the_same() -> None:
    other = structs.replace(DECRYPT, exempt=(UrlCategory("banks", patterns=("*.bank.test",)),))
    Playbook(other).until_initiating()


def test_a_server_that_failed_is_let_through_only_where_that_is_to_be_ignored() -> None:
    forgiving = structs.replace(DECRYPT, profile=replace(PROFILE, ignore_server_auth_failure=True))
    expired = rejected(Fault(AuthFailure.EXPIRED))
    message = logged(SslProxyMessage.ALLOW, "certificate error: certificate has expired")
    terminate = structs.replace(TERMINATE, failure=AuthFailure.EXPIRED)
    Playbook(forgiving).until_judging().tell(on.Judged(expired), message, terminate)


@pytest.mark.parametrize("failure", [AuthFailure.EMPTY_CHAIN, AuthFailure.MALFORMED])
def test_some_failures_are_never_ignored(failure: AuthFailure) -> None:
    play = Playbook(structs.replace(DECRYPT, profile=replace(PROFILE, ignore_server_auth_failure=True))).until_judging()
    verdict = rejected(Fault(failure))
    play.tell(on.Judged(verdict), *dropped(Reason.SERVER_AUTHENTICATION, verdict.message, alert_for(failure)))


def test_the_proxys_own_ca_in_foreign_hands_is_an_alarm() -> None:
    play = Playbook(structs.replace(DECRYPT, profile=replace(PROFILE, ignore_server_auth_failure=True))).until_judging()
    verdict = rejected(Fault(AuthFailure.OWN_CA))
    alarm = logged(SslProxyMessage.ERROR, verdict.message)
    play.tell(on.Judged(verdict), alarm, *dropped(Reason.OWN_CA, verdict.message, alert_for(AuthFailure.OWN_CA)))


def test_a_server_whose_end_is_worse_than_the_clients_is_warned_of() -> None:
    play, weak = Playbook().until_initiating(), TlsParameters("TLSv1", "ECDHE-RSA-AES128-SHA")
    play.tell(on.InitiationDone(CHAIN, weak), do.Judge(CHAIN, "a.test"))
    play.tell(on.Judged(ACCEPTED), structs.replace(TERMINATE, server=weak))
    message = f"system: server side is TLSv1 ECDHE-RSA-AES128-SHA, grade {end_grade(weak).value}"
    play.tell(on.TerminationDone(AGREED), logged(SslProxyMessage.WARNING, message), *INSPECT)
