import base64
import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwmodel.session import Direction
from tests.services.utm.sessions import C2S, CUSTOM, DEFAULT, FEATURE, S2C, UTM, Box, Session, request, response
from tests.tls.hello_bytes import pieces

PROFILE = f"{UTM}utm-policy u anti-virus http-profile v\n{FEATURE}anti-virus profile v fallback-options default block\n"
HOLD = f"{PROFILE}{DEFAULT}anti-virus forwarding-mode hold\n"
TAP = f"{PROFILE}{DEFAULT}anti-virus forwarding-mode inline-tap\n"
CLEAN, FOUND = b"stream: OK\0", b"stream: Eicar-Test FOUND\0"
FILE = b"0123456789" * 10
ANSWER = response(FILE)


def asked(lines: str) -> Session:
    return Box(lines).session().client(request("/file", "a.test"))


def test_a_file_streams_to_clamd_and_its_last_piece_waits() -> None:
    session = asked(PROFILE).server(ANSWER[:-20], ANSWER[-20:])
    assert session.seen.passed[S2C] == ANSWER[:-20]
    head = ANSWER.index(b"\r\n\r\n") + 4
    first = len(ANSWER) - head - 20
    chunks = first.to_bytes(4) + FILE[:first] + (20).to_bytes(4) + FILE[-20:]
    assert session.seen.asked() == b"zINSTREAM\0" + chunks + bytes(4)
    assert session.answer(CLEAN).seen.passed[S2C] == ANSWER
    assert session.seen.asks[-1].over
    assert (session.seen.block, session.seen.records) == (None, [])


def test_a_virus_ends_the_session_and_is_logged() -> None:
    seen = asked(PROFILE).server(ANSWER).answer(FOUND[:9]).answer(FOUND[9:]).seen
    assert seen.block is not None
    assert (seen.passed[S2C], seen.page[:13]) == (b"", b"HTTP/1.1 403 ")
    (name, fields), = seen.log()
    assert name == "AV_VIRUS_DETECTED_MT"
    assert (fields["source-address"], fields["filename"], fields["name"]) == ("203.0.113.5", "a.test/file", "Eicar-Test")


def test_what_the_operator_wants_clients_told() -> None:
    told = f"{PROFILE}{DEFAULT}anti-virus notification-options virus-detection "
    lines = f"{told}type message\n{told}custom-message Sorry".replace(PROFILE + DEFAULT, DEFAULT)
    assert b"Sorry" in asked(PROFILE + lines).server(ANSWER).answer(FOUND).seen.page


def test_a_head_waits_for_the_first_piece_but_not_for_long() -> None:
    head, body = ANSWER[:-len(FILE)], ANSWER[-len(FILE):]
    assert asked(PROFILE).server(head, body).answer(FOUND).seen.page.startswith(b"HTTP/1.1 403 ")
    slow = asked(PROFILE).server(head)
    assert slow.seen.passed[S2C] == b""
    assert slow.wait(0.6).seen.passed[S2C] == head
    assert slow.server(body).answer(CLEAN).seen.passed[S2C] == ANSWER


def test_hold_keeps_the_whole_file_and_its_head() -> None:
    session = asked(HOLD).server(*(ANSWER[at:at + 7] for at in range(0, len(ANSWER), 7)))
    assert len(session.seen.passed[S2C]) < ANSWER.index(b"\r\n\r\n")
    assert session.answer(CLEAN).seen.passed[S2C] == ANSWER


def test_hold_may_let_drops_trickle() -> None:
    big = response(bytes(5000))
    session = asked(f"{HOLD}{DEFAULT}anti-virus trickling timeout 10").server(big)
    assert session.seen.passed[S2C] == b""
    assert session.wait(10.1).seen.passed[S2C] == big[:500]
    assert session.wait(10.1).seen.passed[S2C] == big[:1000]
    assert session.answer(CLEAN).seen.passed[S2C] == big


def test_inline_tap_holds_nothing_and_ends_what_is_found() -> None:
    session = asked(TAP).server(ANSWER)
    assert session.seen.passed[S2C] == ANSWER
    assert session.answer(FOUND).seen.block is not None


def test_files_of_unknown_length_lag_by_a_piece_but_not_for_long() -> None:
    head = b"HTTP/1.0 200 OK\r\n\r\n"
    session = asked(PROFILE).server(head + b"one", b"two")
    assert session.seen.passed[S2C] == head + b"one"
    assert session.wait(0.6).seen.passed[S2C] == head + b"onetwo"
    session.server(b"three").end(S2C)
    assert session.seen.passed[S2C] == head + b"onetwo"
    assert session.answer(CLEAN).seen.passed[S2C] == head + b"onetwothree"


def test_uploads_are_scanned_too() -> None:
    session = Box(PROFILE).session().client(request("/up", "a.test", "POST", FILE))
    assert session.seen.asked().endswith(FILE + bytes(4))
    (_, fields), = session.answer(FOUND).seen.log()
    assert fields["source-address"] == "192.0.2.10"


@pytest.mark.parametrize("mode", [PROFILE, HOLD])
def test_who_is_answered_before_all_was_sent_still_reads_of_the_virus(mode: str) -> None:
    interim, early = b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 405 Not Allowed\r\nContent-Length: 2\r\n\r\nno"
    session = Box(mode).session().client(request("/up", "a.test", "POST", FILE)).server(interim + early[:-1], early[-1:])
    assert session.seen.passed[S2C] == interim
    assert session.answer(FOUND).seen.page.startswith(b"HTTP/1.1 403 ")


@pytest.mark.parametrize("mode", [PROFILE, HOLD])
def test_the_head_of_an_upload_goes_on_at_once(mode: str) -> None:
    asks = request("/up", "a.test", "POST", FILE, expect="100-continue")
    session = Box(mode).session().client(asks[:-len(FILE)])
    assert session.seen.passed[C2S] == asks[:-len(FILE)]
    session.server(b"HTTP/1.1 100 Continue\r\n\r\n").client(FILE)
    assert session.seen.passed[C2S] == asks[:-len(FILE)]
    assert session.answer(CLEAN).seen.passed[C2S] == asks


def test_content_is_scanned_without_its_coding() -> None:
    session = asked(PROFILE).server(response(gzip.compress(FILE), content_encoding="gzip"))
    assert FILE in session.seen.asked()


def test_each_file_of_a_session_has_an_exchange_of_its_own() -> None:
    session = Box(PROFILE).session()
    for number in (1, 2):
        session.client(request()).server(ANSWER).answer(CLEAN)
        assert {ask.number for ask in session.seen.asks} == set(range(1, number + 1))
    assert session.seen.passed[S2C] == 2 * ANSWER


TRUSTED = f"{CUSTOM}url-pattern t value a.test\n{CUSTOM}custom-url-category Trusted value t\n"


@pytest.mark.parametrize(("lines", "kind"), [
    (f"{DEFAULT}anti-virus mime-whitelist list m\n{CUSTOM}mime-pattern m value video/", "video/mp4"),
    (f"{TRUSTED}{DEFAULT}anti-virus url-whitelist Trusted", "a/b")])
def test_what_is_whitelisted_is_not_scanned(lines: str, kind: str) -> None:
    seen = asked(f"{PROFILE}{lines}").server(response(FILE, content_type=kind)).seen
    assert (seen.asks, seen.passed[S2C][-len(FILE):]) == ([], FILE)


SIZE = f"{DEFAULT}anti-virus scan-options content-size-limit 1\n"
CASES = {
    "content-size": lambda session: session.server(response(bytes(3000))),
    "content-size chunked": lambda session: session.server(
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"1000\r\n" + bytes(4096) + b"\r\n0\r\n\r\n"),
    "engine-not-ready": lambda session: session.server(ANSWER).answer(fault="not-ready"),
    "engine-not-ready killed": lambda session: session.server(ANSWER).answer(b"stream:").answer(fault="closed"),
    "timeout": lambda session: session.server(ANSWER).answer(fault="timeout"),
    "timeout of ours": lambda session: session.server(ANSWER).wait(200),
    "too-many-requests": lambda session: session.server(ANSWER).answer(fault="busy"),
    "out-of-resources": lambda session: session.server(ANSWER).answer(b"INSTREAM size limit exceeded. ERROR\0"),
    "decompress-err": lambda session: session.server(response(b"\x1f\x8b\x08nonsense" * 10, content_encoding="gzip")),
    "default": lambda session: session.server(ANSWER).answer(b"stream: Can't allocate memory ERROR\0")}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("action", "name"), [
    ("block", "AV_FILE_NOT_SCANNED_DROPPED_MT"), ("log-and-permit", "AV_FILE_NOT_SCANNED_PASSED_MT"), ("permit", None)])
def test_each_reason_has_its_fallback(case: str, action: str, name: str | None) -> None:
    reason = case.partition(" ")[0]
    lines = f"{SIZE}{FEATURE}anti-virus profile v fallback-options {reason} {action}\n"
    other = "permit" if action == "block" else "block"
    session = Box(PROFILE.replace("default block", f"default {other if reason != 'default' else action}") + lines).session()
    CASES[case](session.client(request()))  # type: ignore[no-untyped-call]
    assert (session.seen.block is not None) is (action == "block")
    assert [record.name for record in session.seen.records] == [name] * (name is not None)
    assert bool(session.seen.passed[S2C].strip(b"\0")) is (action != "block")


def test_without_a_word_on_it_what_is_not_scanned_is_blocked() -> None:
    lines = PROFILE.replace("fallback-options default block", "mime-whitelist list m") + f"{CUSTOM}mime-pattern m value x/"
    (_, fields), = asked(lines).server(ANSWER).answer(fault="not-ready").seen.log()
    assert (fields["action"], fields["reason"], fields["error-code"]) == ("BLOCKED", "scan engine is not ready", "14")


@pytest.mark.parametrize("fault", ["not-ready", "closed"])
def test_a_clamd_at_an_address_that_is_lost_is_a_server_without_connection(fault: str) -> None:
    lines = (f"{DEFAULT}anti-virus apply-macro srxnf clamd tcp:192.0.2.7:3310\n"
             f"{FEATURE}anti-virus profile v fallback-options server-connection-err log-and-permit\n")
    (name, fields), = asked(PROFILE + lines).server(ANSWER).answer(fault=fault).seen.log()
    assert (name, fields["reason"]) == ("AV_FILE_NOT_SCANNED_PASSED_MT", "no connection to the scan engine")


@settings(max_examples=60)
@given(cuts=st.lists(st.integers(0, 2000), max_size=12), mode=st.sampled_from([PROFILE, HOLD, TAP]),
       verdict=st.sampled_from([CLEAN, FOUND, b"x ERROR\0"]))
def test_no_cut_changes_the_verdict(cuts: list[int], mode: str, verdict: bytes) -> None:
    def life(stream: list[bytes]) -> tuple[object, ...]:
        seen = asked(mode).server(*stream).answer(verdict).seen
        scanned = seen.asked().removeprefix(b"zINSTREAM\0")
        content = b""
        while scanned[:4] != bytes(4):
            size = int.from_bytes(scanned[:4])
            content, scanned = content + scanned[4:4 + size], scanned[4 + size:]
        return seen.block, seen.records, content, None if seen.block else seen.passed[S2C]

    gzipped = response(gzip.compress(FILE), content_encoding="gzip")
    assert life(pieces(gzipped, cuts)) == life([gzipped])


def test_a_session_that_ends_in_mid_file_waits_for_nobody() -> None:
    session = asked(PROFILE).server(ANSWER[:-20]).end(S2C)
    assert session.seen.asks[-1].data == bytes(4)
    assert session.answer(CLEAN).finish().seen.block is None
    assert session.seen.passed[C2S]


MAIL = f"{UTM}utm-policy u anti-virus smtp-profile v\n{FEATURE}anti-virus profile v fallback-options default block\n"


def test_what_is_attached_to_a_mail_is_scanned_unwrapped_and_refused() -> None:
    attached = base64.b64encode(FILE)
    mail = (b"From: a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/x; name=f.bin\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n" + attached + b"\r\n--b--\r\n.\r\n")
    session = Box(MAIL).session().server(b"220 mail ESMTP\r\n").client(b"EHLO c\r\n").server(b"250 ok\r\n")
    session.client(b"MAIL FROM:<a@x.test>\r\n").server(b"250 ok\r\n").client(b"RCPT TO:<b@x.test>\r\n").server(b"250 ok\r\n")
    session.client(b"DATA\r\n").server(b"354 go\r\n").client(mail)
    assert FILE in session.seen.asked()
    assert not session.seen.passed[C2S].endswith(b".\r\n")
    seen = session.answer(FOUND).seen
    assert seen.page.startswith(b"554 5.7.1 Virus found")
    assert seen.log()[0][1]["filename"] == "f.bin"


@pytest.mark.parametrize(("protocol", "talk", "told"), [
    ("pop3", [(S2C, b"+OK ready\r\n"), (C2S, b"USER a\r\n"), (S2C, b"+OK\r\n"), (C2S, b"PASS b\r\n"), (S2C, b"+OK\r\n"),
              (C2S, b"RETR 1\r\n")], b"+OK 120 octets\r\nFrom: a\r\n\r\n%s\r\n.\r\n"),
    ("imap", [(S2C, b"* OK IMAP4rev1 ready\r\n"), (C2S, b"a1 LOGIN x y\r\n"), (S2C, b"a1 OK\r\n"),
              (C2S, b"a2 FETCH 1 BODY[]\r\n")],
     b"* 1 FETCH (BODY[] {113}\r\nFrom: a\r\n\r\n%s\r\n)\r\na2 OK done\r\n")])
def test_mails_that_are_fetched_do_not_arrive_whole(protocol: str, talk: list[tuple[Direction, bytes]], told: bytes) -> None:
    session = Box(MAIL.replace("smtp", protocol)).session().pass_on(talk).server(told % FILE)
    assert FILE in session.seen.asked()
    seen = session.answer(FOUND).seen
    assert (seen.block is not None, FILE in seen.passed[S2C]) == (True, False)
