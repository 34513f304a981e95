"""One answer of an HTTP server, bounded in size, redirections and time whatever the server does."""

import signal
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from types import FrameType
from typing import Final
from urllib.parse import urljoin, urlsplit

REDIRECTIONS: Final = 3
CONNECT: Final = 10.0  # seconds that a server may be silent
_HEADERS: Final = {"User-Agent": "srxnf", "Accept": "*/*", "Connection": "close"}


class DownloadError(Exception):
    """Nothing that could be used has come; the message says why."""


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """End what is done inside as a DownloadError after so many seconds; for the main thread of a process of its own."""
    signal.signal(signal.SIGALRM, _too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def download(url: str, most: int, context: ssl.SSLContext) -> bytes:
    """The body of what http or https has there, `most` bytes at the most; DownloadError where there is none."""
    try:
        for _ in range(REDIRECTIONS + 1):
            with closing(_connection(url, context)) as connection:
                parts = urlsplit(url)
                connection.request("GET", f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", headers=_HEADERS)
                answer = connection.getresponse()
                if answer.status == 200:
                    return _body(answer, most)
                url = _elsewhere(answer, url)
    except (OSError, HTTPException, ValueError) as error:
        raise DownloadError(_words(error)) from error
    raise DownloadError(f"more than {REDIRECTIONS} redirections")


def _connection(url: str, context: ssl.SSLContext) -> HTTPConnection:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise DownloadError(f"redirection to {parts.scheme or 'nowhere'}, expected http or https")
    if parts.scheme == "https":
        return HTTPSConnection(parts.hostname, parts.port, timeout=CONNECT, context=context)
    return HTTPConnection(parts.hostname, parts.port, timeout=CONNECT)


def _body(answer: HTTPResponse, most: int) -> bytes:
    body = answer.read(most + 1)
    if len(body) > most:
        raise DownloadError(f"more than {most} bytes")
    if answer.length:
        raise DownloadError(f"ended {answer.length} bytes too early")
    return body


def _elsewhere(answer: HTTPResponse, url: str) -> str:
    location = answer.getheader("Location")
    if answer.status not in {301, 302, 303, 307, 308} or location is None:
        raise DownloadError(f"HTTP status {answer.status}")
    return urljoin(url, location)


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate of the server: {error.verify_message}"
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(words).encode("unicode_escape").decode()  # some of them may be the server's


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise DownloadError("took too long")
