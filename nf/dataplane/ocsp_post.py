"""One answer of an OCSP responder over HTTP (RFC 6960 §A.1), bounded in size and time whatever the responder does."""

import io
import socket
import time
from http.client import HTTPException, HTTPResponse
from typing import Final
from urllib.parse import urlsplit

LARGEST: Final = 1 << 16  # bytes of an answer with its head


class NoAnswerError(Exception):
    """Nothing that could be an OCSP response has come; the message says why."""


def posted(url: str, request: bytes, seconds: float) -> bytes:
    """What the responder at an http URL answers to a request (DER); NoAnswerError after so many seconds at the latest."""
    deadline = time.monotonic() + seconds
    try:
        parts = urlsplit(url)
        with socket.create_connection((parts.hostname or "", parts.port or 80), seconds) as sock:
            sock.sendall(_request(parts.path or "/", parts.query, parts.netloc, request))
            return _content(_heard(sock, deadline))
    except (OSError, HTTPException, ValueError) as error:
        raise NoAnswerError(str(error) or type(error).__name__) from error


def _request(path: str, query: str, host: str, body: bytes) -> bytes:
    where = f"{path}?{query}" if query else path
    return (f"POST {where} HTTP/1.0\r\nHost: {host}\r\nUser-Agent: srxnf\r\nContent-Type: application/ocsp-request\r\n"
            f"Accept: application/ocsp-response\r\nContent-Length: {len(body)}\r\n\r\n").encode("ascii") + body


def _heard(sock: socket.socket, deadline: float) -> bytes:
    """Everything until the responder is done: HTTP/1.0 says so by closing."""
    heard = b""
    while len(heard) <= LARGEST:
        sock.settimeout(max(0.001, deadline - time.monotonic()))
        data = sock.recv(LARGEST)
        if not data:
            return heard
        heard += data
    raise NoAnswerError(f"more than {LARGEST} bytes")


def _content(heard: bytes) -> bytes:
    with HTTPResponse(_Heard(heard)) as answer:  # type: ignore[arg-type]  # it asks a socket for a file, and no more
        answer.begin()
        if answer.status != 200:
            raise NoAnswerError(f"HTTP status {answer.status}")
        return answer.read()


class _Heard:
    """What has come, in place of the socket that it came from."""

    def __init__(self, heard: bytes) -> None:
        self._heard = heard

    def makefile(self, _mode: str) -> io.BytesIO:
        """To be read."""
        return io.BytesIO(self._heard)
