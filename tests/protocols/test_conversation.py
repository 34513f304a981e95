"""Finding a session's protocol; reading what is none; and that nothing makes reading fail."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.protocols.conversation import Conversation
from nf.protocols.first_words import MOST
from nf.protocols.http2_frames import PREFACE, Kind, write
from tests.protocols.reading import C2S, S2C, Said, found
from tests.protocols.test_http1 import SESSION as HTTP
from tests.protocols.test_http2 import SESSION as HTTP2
from tests.protocols.test_mail_sessions import FTP, IMAP, POP3, SMTP

SESSIONS = [HTTP, HTTP2, SMTP, POP3, IMAP, FTP]


@pytest.mark.parametrize(("said", "name"), [
    ([(C2S, b"GET / HTTP/1.1\r\n")], "HTTP"), ([(C2S, b"\r\nGET /\xe4 b HTTP/1.1\r\n")], "HTTP"), ([(C2S, PREFACE)], "HTTP/2"),
    ([(C2S, PREFACE[:-1])], ""), ([(C2S, b"GET / HTT")], ""), ([(C2S, b"EHLO a\r\n")], "SMTP"),
    ([(C2S, b"a LOGIN b c\r\n")], "IMAP"),
    ([(S2C, b"220 a ESMTP\r\n")], "SMTP"), ([(S2C, b"220 ready\r\n")], ""),
    ([(S2C, b"220 ready\r\n"), (C2S, b"USER a\r\n")], "FTP"),
    ([(S2C, b"220 ready\r\n"), (C2S, b"ehlo a\r\n")], "SMTP"), ([(S2C, b"220 (vsFTPd 3)\r\n")], "FTP"),
    ([(S2C, b"+OK hi\r\n")], "POP3"),
    ([(S2C, b"* OK hi\r\n")], "IMAP"), ([(S2C, b"SSH-2.0-x\r\n")], "UNKNOWN"), ([(C2S, b"\x16\x03\x01")], "UNKNOWN"),
    ([(C2S, b"x" * 40)], "UNKNOWN"), ([(C2S, b"GET " + b"x" * MOST)], "UNKNOWN"), ([(S2C, b"2" * MOST)], "UNKNOWN")])
def test_first_words_tell_the_protocol(said: Said, name: str) -> None:
    conversation = Conversation()
    for direction, data in said:
        conversation.read(direction, data)
    assert conversation.protocol == name
    assert conversation.reads is (name != "UNKNOWN")


def test_what_is_no_known_protocol_is_whole_wherever_it_is() -> None:
    conversation = Conversation()
    assert conversation.boundary(C2S) == 0
    assert conversation.read(C2S, b"\x16\x03\x01") == conversation.end(C2S) == ()
    assert conversation.boundary(C2S) == 3
    assert conversation.page(1, "no", passed=0) is None


@given(st.sampled_from(SESSIONS), st.data())
def test_no_bytes_make_it_fail(said: Said, data: st.DataObject) -> None:
    """A session with a piece left out, and one put in."""
    whole = list(said)
    number = data.draw(st.integers(0, len(whole) - 1))
    direction, piece = whole[number]
    at = data.draw(st.integers(0, len(piece)))
    whole[number] = (direction, piece[:at] + data.draw(st.binary(max_size=6)) + piece[at + data.draw(st.integers(0, 20)):])
    for item in found(whole):
        assert 0 <= item.start <= item.end <= sum(len(piece) for way, piece in whole if way is item.direction)


@given(st.lists(st.tuples(st.sampled_from([C2S, S2C]), st.binary(max_size=60)), max_size=8))
def test_nor_does_noise(said: Said) -> None:
    found(said)


@pytest.mark.parametrize("said", [
    [(C2S, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 8000)],
    [(C2S, (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"a:b\r\n" * 1900 + b"\r\n") * 20)],
    [(C2S, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), (S2C, b"HTTP/1.1 200 OK\r\n\r\n" + bytes(8 << 20))],
    [(S2C, b"220 ESMTP\r\n"), (C2S, b"MAIL FROM:<a>\r\n" + b"RCPT TO:<%s>\r\n" % (b"x" * 400) * 900)],
    [(S2C, b"220 ESMTP\r\n"), (C2S, b"DATA\r\n" + b"A: b\r\n\r\n" + b"x" * (8 << 20))],
    [(C2S, PREFACE + write(Kind.HEADERS, 1, 1, bytes(60000))), (S2C, write(Kind.HEADERS, 1, 1, bytes(60000)))],
    [(S2C, b"* OK\r\n" + b"* 1 FETCH (BODY[] {%d}\r\n" % (8 << 20) + bytes(8 << 20))]],
    ids=["pipelined", "many fields", "content", "recipients", "mail", "header blocks", "literal"])
def test_little_is_kept_of_much(said: Said) -> None:
    conversation = Conversation()
    tracemalloc.start()
    for direction, data in said:
        for at in range(0, len(data), 16384):
            conversation.read(direction, data[at:at + 16384])
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 512 << 10
