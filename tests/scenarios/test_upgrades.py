"""Servers whose TLS begins in mid-talk, or turns to something else, on memory in place of a connection."""

import io

import pytest

from scenarios.upgrades import DIALECTS, half_an_answer, reverse_lines, upgraded, web_socket


class Talk:
    """What a client says, and what it hears."""

    def __init__(self, said: bytes) -> None:
        self._said, self.heard = io.BytesIO(said), b""

    def write(self, data: bytes) -> None:
        self.heard += data

    def flush(self) -> None:
        pass

    def __iter__(self):
        return iter(self._said)


@pytest.mark.parametrize(("program", "said", "last"), [
    ("smtp", b"EHLO me\r\nSTARTTLS\r\n", b"220 go ahead\r\n"), ("imap", b". CAPABILITY\r\n. STARTTLS\r\n", b". OK begin\r\n"),
    ("pop3", b"CAPA\r\nSTLS\r\n", b"+OK begin\r\n"), ("ftp", b"FEAT\r\nAUTH TLS\r\n", b"234 begin\r\n")])
def test_tls_begins_when_it_is_asked_for(program: str, said: bytes, last: bytes) -> None:
    talk = Talk(said)
    assert upgraded(DIALECTS[program], talk)
    assert talk.heard.startswith(DIALECTS[program].greeting)
    assert talk.heard.endswith(last)


def test_a_client_that_leaves_gets_none() -> None:
    assert not upgraded(DIALECTS["smtp"], Talk(b"EHLO me\r\nNOOP\r\n"))


def test_lines_come_back_reversed_until_the_goodbye() -> None:
    talk = Talk(b"abc\nde\nCLOSE\nfg\n")
    reverse_lines(talk)
    assert talk.heard == b"cba\ned\n"


def test_the_example_of_the_websocket_standard() -> None:
    talk = Talk(b"GET /chat HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
    web_socket(talk)
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in talk.heard
    assert talk.heard.endswith(b"\r\n\r\n\x81\x05frame\x88\x00")


def test_an_answer_that_promises_more_than_it_is() -> None:
    talk = Talk(b"GET / HTTP/1.1\r\n\r\n")
    half_an_answer(talk)
    head, _, body = talk.heard.partition(b"\r\n\r\n")
    assert b"Content-Length: 100" in head
    assert body == b"half of it"
