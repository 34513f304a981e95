"""Half-close: a client that ends its own direction behind its request, and a server that answers only then.

`python -m scenarios.half_close serve PORT DIRECTORY [CERTIFICATE KEY]` or `… ask ADDRESS NAME PORT PATH OUTPUT SECONDS
[ANCHORS]`, in the clear without a certificate or anchors; the client's facts are JSON. A FIN alone is no end within TLS.
"""

import contextlib
import json
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from cryptography import x509

_T = TypeVar("_T")


def _strict(context: ssl.SSLContext) -> ssl.SSLContext:
    """Some builds of Python take a FIN alone for an end unless told otherwise."""
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    return context


class TlsEnd:
    """A client's TLS on memory, so that nothing of the answer is read while its close_notify is written."""

    def __init__(self, sock: socket.socket, name: str, anchors: str) -> None:
        self._sock, self._come, self._go = sock, ssl.MemoryBIO(), ssl.MemoryBIO()
        context = _strict(ssl.create_default_context(cafile=anchors))
        self.tls = context.wrap_bio(self._come, self._go, server_hostname=name)
        self._carry(self.tls.do_handshake)

    def sendall(self, data: bytes) -> None:
        """As a socket does."""
        self._carry(lambda: self.tls.write(data))

    def recv(self, size: int) -> bytes:
        """As a socket does; SSLEOFError for an end without close_notify."""
        return self._carry(lambda: self.tls.read(size))

    def say_that_was_all(self) -> None:
        """Send close_notify alone."""
        with contextlib.suppress(ssl.SSLWantReadError):  # the other side's is not there yet
            self.tls.unwrap()
        self._sock.sendall(self._go.read())

    def _carry(self, step: Callable[[], _T]) -> _T:
        """Carry bytes from and to the socket until a step is done."""
        while True:
            try:
                done = step()
            except ssl.SSLWantReadError:
                self._sock.sendall(self._go.read())
                data = self._sock.recv(1 << 16)
                self._come.write(data) if data else self._come.write_eof()
            else:
                self._sock.sendall(self._go.read())
                return done


def hear_to_the_end(end: socket.socket | TlsEnd) -> bytes:
    """Everything until the other side has ended its direction; SSLEOFError where it ended without close_notify."""
    heard = b""
    with contextlib.suppress(ssl.SSLZeroReturnError):
        while data := end.recv(1 << 16):
            heard += data
    return heard


def attend(client: socket.socket, directory: Path) -> None:
    """Answer a GET with a file, once the client has said that this was all."""
    path = hear_to_the_end(client).split(b" ")[1].decode()
    body = (directory / path.lstrip("/")).read_bytes()
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
    if isinstance(client, ssl.SSLSocket):
        client.unwrap()


def serve(port: int, directory: Path, context: ssl.SSLContext | None) -> None:
    """For ever, each client in a thread of its own."""
    with socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True) as listener:
        print("serving", flush=True)  # noqa: T201 - for whoever has started us
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_attend, args=(client, directory, context), daemon=True).start()


def _attend(client: socket.socket, directory: Path, context: ssl.SSLContext | None) -> None:
    with contextlib.suppress(OSError), client:
        if context is None:
            return attend(client, directory)
        with _strict(context).wrap_socket(client, server_side=True, suppress_ragged_eofs=False) as tls:
            return attend(tls, directory)


def ask(end: socket.socket | TlsEnd, name: str, path: str) -> tuple[bytes, dict[str, str]]:
    """Fetch a path with the sending side ended; the content, and what the session was."""
    end.sendall(f"GET {path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
    end.say_that_was_all() if isinstance(end, TlsEnd) else end.shutdown(socket.SHUT_WR)
    head, _, body = hear_to_the_end(end).partition(b"\r\n\r\n")
    facts = {"text": head.partition(b"\r\n")[0].decode("latin-1")}
    if isinstance(end, TlsEnd):
        issuer = x509.load_der_x509_certificate(end.tls.getpeercert(binary_form=True) or b"").issuer.rfc4514_string()
        facts |= {"issuer": issuer, "tls": end.tls.version() or "", "cipher": (end.tls.cipher() or ("",))[0]}
    return body, facts


def fetch(address: str, name: str, port: str, path: str, output: str, seconds: str, *anchors: str) -> int:
    """Ask once and write the content to a file; 1 where it did not come to that."""
    try:
        with socket.create_connection((address, int(port)), float(seconds)) as sock:
            body, facts = ask(TlsEnd(sock, name, *anchors) if anchors else sock, name, path)
        Path(output).write_bytes(body)
    except OSError as error:
        facts = {"error": str(error)}
    print(json.dumps(facts))  # noqa: T201 - read by the lab
    return int("error" in facts)


def main(word: str, *words: str) -> int:
    """Serve or ask."""
    if word == "serve":
        port, directory, *files = words
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if files else None
        if context is not None:
            context.load_cert_chain(*files)
        serve(int(port), Path(directory), context)
    return fetch(*words)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
