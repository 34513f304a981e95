"""Servers whose TLS begins in mid-talk (SMTP, IMAP, POP3, FTP), one that turns to WebSocket, and one that breaks off.

Within TLS the first four send each line back reversed, as `openssl s_server -rev` does; the fifth sends one frame; the
last sends half of its answer and then ends the connection without a word.
`python -m scenarios.upgrades PROGRAM PORT CERTIFICATE KEY`.
"""

import contextlib
import socket
import ssl
import sys
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha1
from typing import Any, Final, Protocol

GOODBYE: Final = b"CLOSE"
_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 §1.3


class Talk(Protocol):
    """A connection as a file, of either kind that sockets give."""

    def write(self, data: bytes, /) -> Any: ...
    def flush(self) -> None: ...
    def __iter__(self) -> Iterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a server says: at first, to each command by its beginning, and to the one that asks for TLS."""

    greeting: bytes
    answers: Mapping[bytes, bytes]
    begin: bytes  # the command that asks for TLS
    go_ahead: bytes


DIALECTS: Final[Mapping[str, Dialect]] = {
    "smtp": Dialect(b"220 mail.example.test ESMTP\r\n", {b"EHLO": b"250-mail.example.test\r\n250-STARTTLS\r\n250 8BITMIME\r\n"},
                    b"STARTTLS", b"220 go ahead\r\n"),
    "imap": Dialect(b"* OK IMAP4rev1\r\n", {b"CAPABILITY": b"* CAPABILITY IMAP4rev1 STARTTLS\r\n%s OK done\r\n"},
                    b"STARTTLS", b"%s OK begin\r\n"),
    "pop3": Dialect(b"+OK POP3\r\n", {b"CAPA": b"+OK\r\nSTLS\r\n.\r\n"}, b"STLS", b"+OK begin\r\n"),
    "ftp": Dialect(b"220 FTP\r\n", {b"FEAT": b"211-Features\r\n AUTH TLS\r\n211 end\r\n"}, b"AUTH", b"234 begin\r\n"),
}


def upgraded(dialect: Dialect, talk: Talk) -> bool:
    """Talk in the clear until TLS is asked for; False where the client leaves before."""
    talk.write(dialect.greeting)
    talk.flush()
    for line in talk:
        words = line.split()
        tag, command = (words[0], words[1]) if dialect is DIALECTS["imap"] and len(words) > 1 else (b"", (words or [b""])[0])
        wanted = command.upper() == dialect.begin
        said = dialect.go_ahead if wanted else dialect.answers.get(command.upper(), b"500 what\r\n")
        talk.write(said.replace(b"%s", tag))
        talk.flush()
        if wanted:
            return True
    return False


def reverse_lines(talk: Talk) -> None:
    """Until the client says CLOSE, or leaves."""
    for line in talk:
        if line.strip() == GOODBYE:
            return
        talk.write(line.strip()[::-1] + b"\n")
        talk.flush()


def web_socket(talk: Talk) -> None:
    """Switch protocols (RFC 6455 §4.2.2), then send one text frame and end."""
    key = b""
    for line in talk:
        name, _, value = line.partition(b":")
        key = value.strip() if name.lower() == b"sec-websocket-key" else key
        if not line.strip():
            break
    accept = b64encode(sha1(key + _GUID, usedforsecurity=False).digest())
    talk.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n" + b"\x81\x05frame" + b"\x88\x00")
    talk.flush()


def half_an_answer(talk: Talk) -> None:
    """Promise more than is sent."""
    for line in talk:
        if not line.strip():
            break
    talk.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it")
    talk.flush()


WITHIN: Final[Mapping[str, Callable[[Talk], None]]] = {"websocket": web_socket, "cut-off": half_an_answer}


def serve(program: str, port: int, context: ssl.SSLContext) -> None:
    """For ever, each client in a thread of its own."""
    with socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True) as listener:
        print("serving", flush=True)  # noqa: T201 - for whoever has started us
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_attend, args=(program, client, context), daemon=True).start()


def _attend(program: str, client: socket.socket, context: ssl.SSLContext) -> None:
    within = WITHIN.get(program, reverse_lines)
    with contextlib.suppress(OSError), client:
        if program in DIALECTS:
            with client.makefile("rwb", buffering=0) as talk:
                if not upgraded(DIALECTS[program], talk):  # raw: no byte of TLS is taken along
                    return
        with context.wrap_socket(client, server_side=True) as tls:
            with tls.makefile("rwb") as talk:
                within(talk)
            if program != "cut-off":
                tls.unwrap()  # says that this was all


def main(program: str, port: str, certificate: str, key: str) -> None:
    """Serve with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    serve(program, int(port), context)


if __name__ == "__main__":
    main(*sys.argv[1:])
