"""Sessions that go over to TLS, in the words of each protocol; and what must not cross."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.protocols.starttls import LONGEST_LINE, Step, Upgrade

C, S = "client", "server"
SMTP = ((S, b"220-mail.test\r\n220 ESMTP\r\n"), (C, b"EHLO a.test\r\n"), (S, b"250-mail.test\r\n250-STARTTLS\r\n250 HELP\r\n"),
        (C, b"STARTTLS\r\n"), (S, b"220 2.0.0 Ready to start TLS\r\n"))
FTP = ((S, b"220 ftp.test\r\n"), (C, b"FEAT\r\n"), (S, b"211-Features:\r\n AUTH TLS\r\n211 End\r\n"), (C, b"AUTH TLS\r\n"),
       (S, b"234 Proceed with negotiation.\r\n"))
POP3 = ((S, b"+OK POP3 ready\r\n"), (C, b"CAPA\r\n"), (S, b"+OK\r\nSTLS\r\n+OK is no answer here\r\n.\r\n"), (C, b"STLS\r\n"),
        (S, b"+OK Begin TLS\r\n"))
IMAP = ((S, b"* OK [CAPABILITY IMAP4rev2 STARTTLS] ready\r\n"), (C, b"a1 CAPABILITY\r\n"),
        (S, b"* CAPABILITY IMAP4rev2 STARTTLS\r\na1 OK done\r\n"), (C, b"a2 STARTTLS\r\n"), (S, b"a2 OK Begin TLS\r\n"))
WAYS = [SMTP, FTP, POP3, IMAP]
NAMES = ["smtp", "ftp", "pop3", "imap"]


def play(*said: tuple[str, bytes]) -> list[Step]:
    upgrade = Upgrade()
    return [getattr(upgrade, who)(data) for who, data in said]


@pytest.mark.parametrize("way", WAYS, ids=NAMES)
def test_each_protocol_goes_over_to_tls(way: tuple[tuple[str, bytes], ...]) -> None:
    assert play(*way) == [Step.WAITING] * (len(way) - 1) + [Step.UPGRADED]


@pytest.mark.parametrize("way", WAYS, ids=NAMES)
def test_so_it_does_byte_by_byte_and_in_other_letters(way: tuple[tuple[str, bytes], ...]) -> None:
    single = [(who, data[at:at + 1]) for who, whole in way for data in [whole.lower()] for at in range(len(data))]
    steps = play(*single)
    assert steps[-1] is Step.UPGRADED
    assert set(steps[:-1]) == {Step.WAITING}


@pytest.mark.parametrize("way", WAYS, ids=NAMES)
@pytest.mark.parametrize("behind", [b"RSET\r\n", b"x", b"\x16\x03\x01"])
def test_bytes_behind_the_request_are_an_injection(way: tuple[tuple[str, bytes], ...], behind: bytes) -> None:
    request = way[-2][1]
    assert play(*way[:-2], (C, request + behind))[-1] is Step.INJECTED
    assert play(*way[:-1], (C, behind))[-1] is Step.INJECTED


@pytest.mark.parametrize("way", WAYS, ids=NAMES)
def test_bytes_behind_the_answer_are_an_injection(way: tuple[tuple[str, bytes], ...]) -> None:
    assert play(*way[:-1], (S, way[-1][1] + b"250 more\r\n"))[-1] is Step.INJECTED


@pytest.mark.parametrize(("way", "no"), [
    (SMTP, b"454 not now\r\n"), (FTP, b"504 unknown\r\n"), (POP3, b"-ERR no\r\n"), (IMAP, b"a2 BAD no\r\n")], ids=NAMES)
def test_a_refusal_lets_the_session_go_on_and_ask_again(way: tuple[tuple[str, bytes], ...], no: bytes) -> None:
    steps = play(*way[:-1], (S, no), *way[-2:])
    assert steps[:-1] == [Step.WAITING] * (len(way) + 1)
    assert steps[-1] is Step.UPGRADED


@pytest.mark.parametrize("said", [
    ((S, b"SSH-2.0-OpenSSH_9.2\r\n"),), ((S, b"* BYE\r\n"),), ((S, b"* PREAUTH in\r\n"),),
    (SMTP[0], (C, b"DATA\r\n")), (SMTP[0], (C, b"AUTH PLAIN\r\n")), (FTP[0], (C, b"USER a\r\n")), (POP3[0], (C, b"USER a\r\n")),
    (IMAP[0], (C, b"a1 LOGIN a b\r\n")), (IMAP[0], (C, b"a1 ID {3}\r\n")), ((C, b"x" * (LONGEST_LINE + 1)),),
    ((S, b"x" * (LONGEST_LINE + 1)),), (SMTP[0], (C, b"NOOP\r\n" * 65))])
def test_what_asks_for_tls_no_more_is_over(said: tuple[tuple[str, bytes], ...]) -> None:
    assert play(*said)[-1] is Step.OVER


def test_an_answer_to_another_command_is_not_the_answer() -> None:
    early = (SMTP[0], (C, b"EHLO a\r\n"), (C, b"STARTTLS\r\n"), (S, b"250-a\r\n250 b\r\n"))
    assert play(*early) == [Step.WAITING] * 4
    assert play(*early, (S, b"220 go\r\n"))[-1] is Step.UPGRADED
    assert play(POP3[0], (C, b"NOOP\r\n"), (C, b"STLS\r\n"), (S, b"-ERR what\r\n"), (S, b"+OK go\r\n"))[-1] is Step.UPGRADED


def test_a_client_that_speaks_before_the_greeting_is_followed_too() -> None:
    assert play((C, b"EHLO a\r\n"), SMTP[0], (S, b"250 a\r\n"), SMTP[3], SMTP[4])[-1] is Step.UPGRADED
    assert play((C, b"STARTTLS\r\nRSET\r\n"), SMTP[0])[-1] is Step.INJECTED


@given(st.lists(st.tuples(st.sampled_from([C, S]), st.sampled_from(
    [b"220 a\r\n", b"STARTTLS\r\n", b"AUTH TLS\n", b"234 go\r\n", b"+OK\r\n", b"STLS", b"\r\n", b"* OK\r\n", b"a STARTTLS\r\n",
     b"a OK\r\n", b"CAPA\r\n", b".\r\n", b"\x00\xff", b"EHLO b\r\n", b"250-"]) | st.binary(max_size=40)), max_size=30))
def test_only_an_asked_server_upgrades_and_nothing_raises(said: list[tuple[str, bytes]]) -> None:
    upgrade, asked = Upgrade(), False
    for who, data in said:
        step = getattr(upgrade, who)(data)
        asked = asked or (who == C and b"T" in data.upper())
        if step is Step.UPGRADED:
            assert who == S
            assert asked
            assert data.endswith(b"\n")
        if step is not Step.WAITING:
            return
        assert len(upgrade._commands) <= LONGEST_LINE
        assert len(upgrade._answers) <= LONGEST_LINE
