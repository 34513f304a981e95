"""Which application protocol a client's first bytes speak (RFC 9112 §3, RFC 9113 §3.4)."""

import re
from dataclasses import dataclass

UNKNOWN = "UNKNOWN"
HTTP = "HTTP"
HTTP2 = "HTTP/2"

LONGEST_REQUEST_LINE = 8192  # bytes; RFC 9112 §3 asks for at least 8,000

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_EMPTY_LINE = b"\r\n"  # servers overlook one before a request, RFC 9112 §2.2
_METHOD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}(?: |\Z)")
_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) ([!-~]+) (HTTP/1\.[01])\r?\Z")


@dataclass(frozen=True, slots=True)
class Identified:
    """The protocol's name, and for HTTP/1 the request line without its query, which may hold secrets."""

    name: str
    request: str | None = None


def identify(data: bytes) -> Identified | None:
    """The protocol of a client's stream that begins with these bytes, or None while they do not tell.

    >>> identify(b"GET /a?key=secret HTTP/1.1\\r\\n")
    Identified(name='HTTP', request='GET /a HTTP/1.1')
    """
    if data.startswith(_PREFACE):
        return Identified(HTTP2)
    if _PREFACE.startswith(data) or data == _EMPTY_LINE[:1]:
        return None
    start = data[:LONGEST_REQUEST_LINE].removeprefix(_EMPTY_LINE)
    line, newline, _ = start.partition(b"\n")
    if newline:
        return _request(line)
    may_still_be_http = not start or _METHOD.match(start) is not None
    return None if may_still_be_http and len(data) < LONGEST_REQUEST_LINE else Identified(UNKNOWN)


def _request(line: bytes) -> Identified:
    match = _REQUEST_LINE.match(line)
    if match is None:
        return Identified(UNKNOWN)
    method, target, version = (part.decode("ascii") for part in match.groups())
    return Identified(HTTP, f"{method} {target.split('?', 1)[0]} {version}")
