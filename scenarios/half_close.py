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
from pathlib import Path

from cryptography import x509


def say_that_was_all(end: socket.socket) -> None:
    """Send close_notify, or without TLS a FIN, and leave the other direction open."""
    if not isinstance(end, ssl.SSLSocket):
        return end.shutdown(socket.SHUT_WR)
    patience = end.gettimeout()
    end.setblocking(False)
    with contextlib.suppress(ssl.SSLWantReadError):  # the other side's close_notify is not there yet
        end.unwrap()
    return end.settimeout(patience)


def hear_to_the_end(end: socket.socket) -> bytes:
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
    say_that_was_all(client)
    hear_to_the_end(client)


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
        with context.wrap_socket(client, server_side=True, suppress_ragged_eofs=False) as tls:
            return attend(tls, directory)


def ask(end: socket.socket, name: str, path: str) -> tuple[bytes, dict[str, str]]:
    """Fetch a path with the sending side ended; the content, and what the session was."""
    end.sendall(f"GET {path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
    say_that_was_all(end)
    head, _, body = hear_to_the_end(end).partition(b"\r\n\r\n")
    facts = {"text": head.partition(b"\r\n")[0].decode("latin-1")}
    if isinstance(end, ssl.SSLSocket):
        issuer = x509.load_der_x509_certificate(end.getpeercert(binary_form=True) or b"").issuer.rfc4514_string()
        facts |= {"issuer": issuer, "tls": end.version() or "", "cipher": (end.cipher() or ("",))[0]}
    return body, facts


def fetch(address: str, name: str, port: str, path: str, output: str, seconds: str, *anchors: str) -> int:
    """Ask once and write the content to a file; 1 where it did not come to that."""
    try:
        with socket.create_connection((address, int(port)), float(seconds)) as plain, contextlib.ExitStack() as last:
            end = plain if not anchors else last.enter_context(ssl.create_default_context(cafile=anchors[0]).wrap_socket(
                plain, server_hostname=name, suppress_ragged_eofs=False))
            body, facts = ask(end, name, path)
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
