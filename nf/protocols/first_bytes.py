"""Which application protocol a client's first bytes speak (RFC 9112 §3, RFC 9113 §3.4), and to which host (RFC 9110 §7.2)."""

import re

from msgspec import Struct

from hwmodel.session import C2S
from nf.protocols.items import Request

UNKNOWN = "UNKNOWN"
HTTP = "HTTP"
HTTP2 = "HTTP/2"

LONGEST_REQUEST_LINE = 8192  # bytes; RFC 9112 §3 asks for at least 8,000

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_EMPTY_LINE = b"\r\n"  # servers overlook one before a request, RFC 9112 §2.2
_METHOD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}(?: |\Z)")
_HOST = re.compile(rb"\nhost:[ \t]*([A-Za-z0-9.\-_]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{0,5})?[ \t]*\r?\n", re.IGNORECASE)
_END_OF_HEADER = re.compile(rb"\n\r?\n")
_REQUEST_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) ([!-~]+) HTTP/(1\.[01])\r?\Z")


class Identified(Struct, frozen=True, gc=False):
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


def first_request(data: bytes) -> Request | None:
    """The head of the HTTP/1 request that these bytes begin with, once it is whole, or as much as is ever looked at.

    >>> first_request(b"GET /a HTTP/1.1\\r\\nHost: a.test\\r\\n\\r\\n").host
    'a.test'

    Its host is in lower case, without port and last dot; "" where there is none that can be read.
    """
    start = data[:LONGEST_REQUEST_LINE].removeprefix(_EMPTY_LINE)
    end = _END_OF_HEADER.search(start)
    if end is None and len(data) < LONGEST_REQUEST_LINE:
        return None
    line, _, rest = start[:end.start() if end else len(start)].decode("latin-1").partition("\n")
    match = _REQUEST_LINE.match(line)
    if match is None:
        return None
    method, target, version = match.groups()
    headers = []
    if rest:
        for field in rest.split("\n"):
            name, _, value = field.partition(":")
            headers.append((name.lower(), value.strip()))
    whole = end.end() if end else len(start)
    found = _HOST.search(start, 0, whole)
    host = found[1].decode("ascii").lower().rstrip(".").strip("[]") if found else ""
    return Request(C2S, 0, whole, 1, version, method, target, host, tuple(headers))


def _request(line: bytes) -> Identified:
    match = _REQUEST_LINE.match(line.decode("latin-1"))
    if match is None:
        return Identified(UNKNOWN)
    method, target, version = match.groups()
    return Identified(HTTP, f"{method} {target.split('?', 1)[0]} HTTP/{version}")
