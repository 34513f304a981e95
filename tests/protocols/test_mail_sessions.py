"""SMTP, POP3, IMAP and FTP: commands with their replies, the mails that they carry, and the end of it all at STARTTLS."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.session import Direction
from nf.protocols.conversation import Conversation
from nf.protocols.dialogue import LONGEST_LINE, MOST_PENDING
from nf.protocols.items import Broken, Command, Complete, Mail, Part, Reply
from tests.protocols.reading import C2S, S2C, Said, content, cuts_of, found, kinds, merged, of

MAIL = b"Subject: x\r\nContent-Type: text/plain; name=a.txt\r\n\r\n.dot\r\n..\r\nend\r\n"
STUFFED = MAIL.replace(b"\n.", b"\n..")
SMTP: Said = (
    (S2C, b"220-mail.test\r\n220 ready\r\n"), (C2S, b"EHLO c.test\r\n"), (S2C, b"250-mail.test\r\n250 PIPELINING\r\n"),
    (C2S, b"AUTH LOGIN\r\n"), (S2C, b"334 VXNlcg==\r\n"), (C2S, b"REFUQQ==\r\n"), (S2C, b"235 ok\r\n"),
    (C2S, b"MAIL FROM:<a@a.test> SIZE=5\r\nRCPT TO: <@x:b@b.test>\r\nRCPT TO:<c@b.test>\r\nDATA\r\n"),
    (S2C, b"250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"), (C2S, STUFFED + b".\r\n"), (S2C, b"250 taken\r\n"),
    (C2S, b"MAIL FROM:<>\r\nRCPT TO:<d@b.test>\r\nBDAT 9\r\nSubject: BDAT %d LAST\r\n" % (len(MAIL) - 9) + MAIL[9:]),
    (S2C, b"250 ok\r\n" * 4), (C2S, b"QUIT\r\n"), (S2C, b"221 bye\r\n"))
POP3: Said = (
    (S2C, b"+OK ready\r\n"), (C2S, b"CAPA\r\n"), (S2C, b"+OK\r\nUSER\r\n.\r\n"),
    (C2S, b"LIST\r\n"), (S2C, b"+OK\r\n1 5\r\n.\r\n"), (C2S, b"RETR 1\r\n"), (S2C, b"+OK\r\n" + STUFFED + b".\r\n"),
    (C2S, b"LIST 1\r\nRETR 9\r\n"), (S2C, b"+OK 1 5\r\n-ERR no\r\n"))
IMAP: Said = (
    (S2C, b"* OK IMAP4rev2 ready\r\n"),
    (C2S, b"a LOGIN {4}\r\n"), (S2C, b"+ go\r\n"), (C2S, b"user pass\r\n"), (S2C, b"a OK in\r\n"),
    (C2S, b"b FETCH 1 BODY.PEEK[]\r\n"), (S2C, b"* 1 FETCH (UID 7 BODY[] {%d}\r\n" % len(MAIL) + MAIL + b")\r\nb OK done\r\n"),
    (C2S, b"c APPEND Drafts (\\Seen) {%d+}\r\n" % len(MAIL) + MAIL + b"\r\n"), (S2C, b"c OK done\r\n"),
    (C2S, b"d APPEND x {10}\r\n"), (S2C, b"d NO never\r\n"), (C2S, b"e NOOP\r\n"), (S2C, b"e OK\r\n"))
FTP: Said = (
    (S2C, b"220 ready\r\n"), (C2S, b"USER a\r\n"), (S2C, b"331 who\r\n"), (C2S, b"PASS b\r\n"),
    (S2C, b"230-in\r\n 230 not yet\r\n230 in\r\n"), (C2S, b"RETR dir/evil.exe\r\n"),
    (S2C, b"150 comes\r\n"), (S2C, b"226 done\r\n"))
ALL = [SMTP, POP3, IMAP, FTP]
NAMES = ["SMTP", "POP3", "IMAP", "FTP"]


@pytest.mark.parametrize(("said", "name"), list(zip(ALL, NAMES, strict=True)), ids=NAMES)
def test_commands_find_their_replies(said: Said, name: str) -> None:
    items = found(said)
    commands = {one.exchange: one for one in of(Command, items)}
    assert {one.protocol for one in commands.values()} == {name}
    assert {one.exchange for one in of(Reply, items)} <= {0, *commands}
    assert set(commands) <= {one.exchange for one in of(Reply, items)}
    assert not kinds(items)


@pytest.mark.parametrize("said", ALL, ids=NAMES)
@given(data=st.data())
def test_no_cut_changes_what_is_found(said: Said, data: st.DataObject) -> None:
    cuts = data.draw(cuts_of(said))
    assert merged(found(said, cuts)) == merged(found(said))


LINES = st.lists(st.sampled_from([b"..\r\n", b"..a\r\n", b".\rb\r\n", b"c\n", b"..\n", b".\n", b"...\r\n", b"\r\n", b"--b\r\n",
                                  b"..--b\r\n"]), max_size=9).map(b"".join)


@given(LINES, st.sampled_from([b"text/plain", b"multipart/mixed; boundary=b"]), st.data())
def test_no_cut_changes_what_dots_stand_for(lines: bytes, mime: bytes, data: st.DataObject) -> None:
    mail = b"Content-Type: " + mime + b"\r\n\r\n" + lines + b".\r\n"
    said = [(S2C, b"220 ready\r\n"), (C2S, b"EHLO a\r\nMAIL FROM:<a@a>\r\nDATA\r\n"), (C2S, mail + b"QUIT\r\n")]
    cuts = data.draw(cuts_of(said))
    assert merged(found(said, cuts)) == merged(found(said, range(1, 400)))


def test_a_mail_has_its_envelope_and_what_is_in_it() -> None:
    items = found(SMTP)
    first, second = of(Mail, items)
    assert (first.sender, first.recipients) == ("a@a.test", ("b@b.test", "c@b.test"))
    assert (second.sender, second.recipients) == ("", ("d@b.test",))
    parts = of(Part, items)
    assert [(part.of, part.name, content(items, part.exchange, C2S)) for part in parts] == [
        (mail.exchange, "a.txt", b".dot\r\n..\r\nend\r\n") for mail in (first, second)]
    verbs = [one.verb for one in of(Command, items)]
    assert verbs == ["EHLO", "AUTH", "MAIL", "RCPT", "RCPT", "DATA", "MAIL", "RCPT", "BDAT", "BDAT", "QUIT"]
    assert {mail.exchange for mail in (first, second)} <= {one.exchange for one in of(Complete, items)}


@pytest.mark.parametrize(("said", "direction", "verbs"), [
    (POP3, S2C, ["CAPA", "LIST", "RETR", "LIST", "RETR"]),
    (IMAP, S2C, ["LOGIN", "FETCH", "APPEND", "APPEND", "NOOP"])], ids=["POP3", "IMAP"])
def test_mails_that_are_fetched(said: Said, direction: object, verbs: list[str]) -> None:
    items = found(said)
    assert [one.verb for one in of(Command, items)] == verbs
    part = next(one for one in of(Part, items) if one.direction is direction)
    assert content(items, part.exchange, S2C) == b".dot\r\n..\r\nend\r\n"


def test_a_mail_that_is_put_into_a_mailbox() -> None:
    items = found(IMAP)
    assert [(one.direction, one.protocol) for one in of(Mail, items)] == [(S2C, "IMAP"), (C2S, "IMAP")]


@pytest.mark.parametrize("size", [20, len(MAIL)])
def test_a_mail_that_is_fetched_in_pieces_is_put_together(size: int) -> None:
    said: list[tuple[Direction, bytes]] = list(IMAP[:5])
    for number, at in enumerate(range(0, len(MAIL) + size, size)):
        piece = MAIL[at:at + size]
        said += [(C2S, b"f%d FETCH 1 BODY.PEEK[]<%d.%d>\r\n" % (number, at, size)),
                 (S2C, b"* 1 FETCH (BODY[]<%d> {%d}\r\n" % (at, len(piece)) + piece + b")\r\nf%d OK\r\n" % number)]
    items = found(said, range(0, 999, 7))
    (part,) = of(Part, items)
    assert content(items, part.exchange, S2C) == b".dot\r\n..\r\nend\r\n"
    assert [one.exchange for one in of(Complete, items)] == [part.exchange, part.of]
    assert [type(one) for one in found(said[:7])[-2:]] == [Broken] * 2


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r\n.\rx"])
def test_ends_that_only_some_servers_see(end: bytes) -> None:
    said = [*SMTP[:9], (C2S, b"A: b\r\n\r\ntext" + end + b"MAIL FROM:<evil@a.test>\r\nDATA\r\n.\r\n")]
    items = found(said)
    assert kinds(items) == ["smuggling"]
    assert len(of(Mail, items)) == 1


def test_a_refused_mail_is_none_and_a_mail_given_up_is_broken_off() -> None:
    refused = found([*SMTP[:3], (C2S, b"DATA\r\n"), (S2C, b"503 no\r\n"), (C2S, b"QUIT\r\n")])
    assert [one.verb for one in of(Command, refused)] == ["EHLO", "DATA", "QUIT"]
    assert not of(Mail, refused)
    given_up = found([*SMTP[:3], (C2S, b"BDAT 7\r\nA: b\r\n\r"), (S2C, b"250 ok\r\n"), (C2S, b"RSET\r\n")])
    assert [one.exchange for one in of(Broken, given_up)][-1:] == [2]


@pytest.mark.parametrize(("ask", "answer", "greeting"), [
    (b"STARTTLS\r\n", b"220 go\r\n", b"220 a ESMTP\r\n"), (b"AUTH TLS\r\n", b"234 go\r\n", b"220 FTP\r\n"),
    (b"STLS\r\n", b"+OK go\r\n", b"+OK\r\n"), (b"a STARTTLS\r\n", b"a OK go\r\n", b"* OK\r\n")])
def test_behind_starttls_what_was_decrypted_is_read_on_and_tls_is_not(ask: bytes, answer: bytes, greeting: bytes) -> None:
    for said, reads in [(b"NOOP\r\n", True), (b"\x16\x03\x01\2\0\1\n", False)]:
        conversation = Conversation()
        for direction, data in [(S2C, greeting), (C2S, ask), (S2C, answer)]:
            assert conversation.read(direction, data)
        assert bool(conversation.read(C2S, said)) is conversation.reads is reads
    assert kinds(found([(S2C, greeting), (C2S, ask + b"NOOP\r\n"), (S2C, answer)])) == ["injection"]


@pytest.mark.parametrize(("said", "exchange", "refusal"), [
    (SMTP[:8], 3, b"554 5.7.1 no\r\n"),  # MAIL FROM, the first that waits
    (SMTP[:8], 4, None),  # RCPT TO, behind it
    (SMTP[:10], 6, b"554 5.7.1 no\r\n"),  # all of the mail but the server's word
    ([*SMTP[:11], (C2S, b"BDAT 2\r\nA:"), (S2C, b"250 ok\r\n"), (C2S, b"BDAT 5 LAST\r\n b\r\n")], 7, b"554 5.7.1 no\r\n"),
    (POP3[:6], 3, b"-ERR no\r\n"), (IMAP[:6], 2, b"b NO no\r\n"), (FTP[:6], 3, b"550 no\r\n")])
def test_a_refusal_comes_where_the_reply_would(said: Said, exchange: int, refusal: bytes | None) -> None:
    conversation = Conversation()
    for direction, data in said:
        conversation.read(direction, data)
    assert conversation.page(exchange, "no", passed=conversation.boundary(S2C)) == refusal


@pytest.mark.parametrize(("said", "exchange", "refusal"), [(POP3[:7], 3, b"-ERR no\r\n"), (IMAP[:7], 2, b"b NO no\r\n")])
def test_a_mail_that_is_held_back_whole_is_refused(said: Said, exchange: int, refusal: bytes) -> None:
    conversation, passed = Conversation(), 0
    for direction, data in said:
        passed = conversation.boundary(S2C)
        conversation.read(direction, data)
    assert conversation.page(exchange, "no", passed=passed) == refusal
    assert conversation.page(exchange, "no", passed=passed + 5) is None


def test_what_is_endless_is_bounded() -> None:
    assert kinds(found([*SMTP[:3], (C2S, b"x" * (LONGEST_LINE + 1))])) == ["oversized"]
    assert kinds(found([*SMTP[:3], (C2S, b"NOOP\r\n" * (MOST_PENDING + 1))])) == ["flood"]
    assert kinds(found([*SMTP[:3], (C2S, b"BDAT -1\r\n")])) == ["smuggling"]
