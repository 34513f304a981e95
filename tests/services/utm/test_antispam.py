import dns.message
import dns.rcode
import dns.rrset
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.services.utm.sessions import C2S, CUSTOM, DEFAULT, FEATURE, S2C, UTM, Box, Session
from tests.tls.hello_bytes import pieces

PROFILE = f"{UTM}utm-policy u anti-spam smtp-profile s\n{FEATURE}anti-spam sbl profile s "
SBL = f"""{DEFAULT}anti-spam sbl apply-macro srxnf sbl-zone sbl.test
{DEFAULT}anti-spam sbl apply-macro srxnf resolver 192.0.2.53
"""
LISTS = f"""{CUSTOM}url-pattern black value [ spam.test 198.51.100.* ]
{CUSTOM}url-pattern white value [ friend.test 192.0.2.10 ]
"""
MAIL = b"From: a\r\nSubject: Hello\r\nTo: b\r\n\r\nSubject: not this\r\n.\r\n"


def dns_answer(question: bytes, *addresses: str, rcode: dns.rcode.Rcode = dns.rcode.NOERROR) -> bytes:
    asked = dns.message.from_wire(question)
    message = dns.message.make_response(asked)
    message.set_rcode(rcode)
    if addresses:
        message.answer.append(dns.rrset.from_text(asked.question[0].name, 60, "IN", "A", *addresses))
    return message.to_wire()


def greeted(lines: str) -> Session:
    return Box(lines).session().server(b"220 mail.test ESMTP\r\n").client(b"EHLO c\r\n").server(b"250 mail.test\r\n")


def sent(session: Session, sender: str = "a@ok.test", mail: bytes = MAIL) -> Session:
    session.client(b"MAIL FROM:<%s>\r\n" % sender.encode()).server(b"250 ok\r\n").client(b"RCPT TO:<b@x.test>\r\n")
    return session.server(b"250 ok\r\n").client(b"DATA\r\n").server(b"354 go on\r\n").client(mail).server(b"250 taken\r\n")


def listed(session: Session) -> Session:
    return session.answer(dns_answer(session.seen.asks[0].data, "127.0.0.2"))


def test_the_client_is_looked_up_and_a_listed_one_is_refused() -> None:
    session = listed(greeted(f"{PROFILE}spam-action block\n{SBL}"))
    asked = session.seen.asks[0]
    assert (asked.peer.transport, asked.peer.host, asked.peer.port) == ("udp", "192.0.2.53", 53)
    assert str(dns.message.from_wire(asked.data).question[0].name) == "10.2.0.192.sbl.test."
    seen = sent(session).seen
    assert seen.block is not None
    assert seen.page.startswith(b"554 5.7.1 Mail refused: Match SBL\r\n")
    assert b"MAIL" not in seen.passed[C2S]
    (name, fields), = seen.log()
    assert (name, fields["source-name"], fields["source-address"], fields["action"], fields["reason"]) == (
        "ANTISPAM_SPAM_DETECTED_MT", "a@ok.test", "192.0.2.10", "drop", "Match SBL")


def test_a_mail_waits_for_the_name_server() -> None:
    session = greeted(f"{PROFILE}spam-action block\n{SBL}").client(b"MAIL FROM:<a@ok.test>\r\n")
    assert b"MAIL" not in session.seen.passed[C2S]
    session.answer(dns_answer(session.seen.asks[0].data))
    assert session.seen.passed[C2S].endswith(b"MAIL FROM:<a@ok.test>\r\n")


@pytest.mark.parametrize("fault", ["timeout", "not-ready"])
def test_a_name_server_that_says_nothing_is_asked_twice_and_mail_goes_on(fault: str) -> None:
    session = greeted(f"{PROFILE}spam-action block\n{SBL}").answer(fault=fault)
    assert len(session.seen.asks) == 2
    seen = sent(session.answer(fault=fault)).seen
    assert (seen.block, seen.passed[C2S][-len(MAIL):]) == (None, MAIL)


def test_an_answer_that_somebody_made_up_is_no_answer() -> None:
    session = greeted(f"{PROFILE}spam-action block\n{SBL}").client(b"MAIL FROM:<a@ok.test>\r\n").answer(b"\0" * 20)
    assert b"MAIL" not in session.seen.passed[C2S]


@pytest.mark.parametrize(("action", "before", "after"), [
    ("tag-subject", b"Subject: Hello", b"Subject: ***SPAM*** Hello"),
    ("tag-header", b"From: a", b"X-Spam: ***SPAM***\r\nFrom: a")])
def test_listed_mail_may_be_tagged(action: str, before: bytes, after: bytes) -> None:
    seen = sent(listed(greeted(f"{PROFILE}spam-action {action}\n{SBL}"))).seen
    assert seen.passed[C2S].endswith(MAIL.replace(before, after, 1))
    assert [fields["action"] for _, fields in seen.log()] == [action]


def test_each_mail_of_a_session_is_tagged_and_one_without_subject_gets_one() -> None:
    session = sent(sent(listed(greeted(f"{PROFILE}spam-action tag-subject\n{SBL}"))), mail=b"From: a\r\n\r\nx\r\n.\r\n")
    assert session.seen.passed[C2S].count(b"Subject: ***SPAM***") == 2


@pytest.mark.parametrize(("lists", "sender", "asks", "blocked"), [
    ("address-blacklist black", "x@spam.test", 1, True), ("address-blacklist black", "x@ok.test", 1, False),
    ("address-whitelist white", "x@friend.test", 1, False)])
def test_lists_of_senders(lists: str, sender: str, asks: int, blocked: bool) -> None:
    session = greeted(f"{PROFILE}spam-action block\n{FEATURE}anti-spam sbl profile s {lists}\n{LISTS}{SBL}")
    session.answer(dns_answer(session.seen.asks[0].data))
    seen = sent(session, sender).seen
    assert (len([ask for ask in seen.asks if not ask.over]), seen.block is not None) == (asks, blocked)
    assert [fields["reason"] for _, fields in seen.log()] == ["Match local blacklist"] * blocked


def test_the_clients_own_address_may_be_on_a_list() -> None:
    session = greeted(f"{PROFILE}spam-action block\n{DEFAULT}anti-spam address-whitelist white\n{LISTS}{SBL}")
    assert sent(listed(session)).seen.block is None


def test_a_mail_in_chunks_cannot_be_tagged_and_is_refused() -> None:
    session = listed(greeted(f"{PROFILE}spam-action tag-subject\n{SBL}"))
    session.client(b"MAIL FROM:<a@ok.test>\r\n").server(b"250 ok\r\n")
    seen = session.client(b"BDAT 30 LAST\r\n").seen
    assert seen.page.startswith(b"554 5.7.1 Mail refused")


@settings(max_examples=40)
@given(cuts=st.lists(st.integers(0, 300), max_size=10), action=st.sampled_from(["tag-subject", "tag-header", "block"]))
def test_no_cut_changes_what_arrives(cuts: list[int], action: str) -> None:
    stream = b"MAIL FROM:<a@ok.test>\r\nRCPT TO:<b@x.test>\r\nDATA\r\n" + MAIL

    def life(parts: list[bytes]) -> tuple[object, ...]:
        seen = listed(greeted(f"{PROFILE}spam-action {action}\n{SBL}")).client(*parts).seen
        return seen.block, seen.records, None if seen.block else seen.passed

    assert life(pieces(stream, cuts)) == life([stream])


def test_other_protocols_ask_nobody() -> None:
    session = Box(f"{PROFILE}spam-action block\n{SBL}").session().client(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
    assert not session.server(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").seen.asks
    assert session.seen.passed[S2C]
